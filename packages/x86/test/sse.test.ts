import { describe, expect, it } from "vitest";
import { STATE_BYTES } from "../src/index.js";
import { Guest, vectorOf } from "./guest.js";

/** CR0 with PE and NE, CR4 with OSFXSR and OSXMMEXCPT. */
const USABLE = { cr0: 0x60000031, cr4: 0x600 };

/** The exception that an instruction raises, in flat protected mode; -1: none. */
function vectorFor(
  code: readonly number[],
  state: Parameters<Guest["cpu"]["setState"]>[0],
): number {
  const guest = new Guest([...code, 0xf4]).flat();
  guest.cpu.setState({ ...USABLE, ...state });
  return vectorOf(guest.run(10));
}

/** CPUID leaf 1: EBX, ECX, EDX. */
function leaf1(storage?: { buffer: ArrayBuffer; offset: number }): number[] {
  const guest = new Guest([0x0f, 0xa2, 0xf4], storage === undefined ? {} : { storage });
  guest.cpu.setState({ eax: 1 });
  const { ebx, ecx, edx } = guest.run(3);
  return [ebx, ecx, edx];
}

const ADDPS = [0x0f, 0x58, 0xc1];
const PXOR = [0x66, 0x0f, 0xef, 0xc0];

describe("where SSE may not be used", () => {
  it("is #UD without CR4.OSFXSR or with CR0.EM, before #NM with CR0.TS", () => {
    for (const code of [ADDPS, PXOR, [0x0f, 0xae, 0x15, 0, 0x20, 0, 0]]) {
      expect(vectorFor(code, {})).toBe(-1);
      expect(vectorFor(code, { cr4: 0 })).toBe(6);
      expect(vectorFor(code, { cr0: 0x60000035 })).toBe(6);
      expect(vectorFor(code, { cr0: 0x6000003d })).toBe(6);
      expect(vectorFor(code, { cr0: 0x60000039 })).toBe(7);
    }
  });

  it("lets fences, MOVNTI, CRC32, POPCNT and MOVBE be used all the same", () => {
    const memory = [0x05, 0, 0x20, 0, 0];
    for (const code of [
      [0x0f, 0xae, 0xf0],
      [0x0f, 0xc3, ...memory],
      [0xf2, 0x0f, 0x38, 0xf1, 0xc1],
      [0xf3, 0x0f, 0xb8, 0xc1],
      [0x0f, 0x38, 0xf0, ...memory],
    ]) {
      expect(vectorFor(code, { cr4: 0, cr0: 0x6000003d })).toBe(-1);
      expect(vectorFor([0xf0, ...code], {})).toBe(6);
    }
  });

  it("is #UD with LOCK, and for forms that do not exist", () => {
    expect(vectorFor([0xf0, ...ADDPS], {})).toBe(6);
    // LDDQU of a register, MOVHLPS with 66, an empty opcode of each map, F3 before PADDB.
    for (const code of [
      [0xf2, 0x0f, 0xf0, 0xc0],
      [0x66, 0x0f, 0x12, 0xc0],
      [0x66, 0x0f, 0x38, 0x18, 0xc0],
      [0x66, 0x0f, 0x3a, 0x00, 0xc0, 0],
      [0xf3, 0x0f, 0xfc, 0xc0],
      [0x66, 0x0f, 0x71, 0xc0, 1],
    ]) {
      expect(vectorFor(code, {})).toBe(6);
    }
  });
});

describe("CPUID", () => {
  it("claims what there is", () => {
    const [ebx = 0, ecx, edx = 0] = leaf1();
    expect(ebx & 0xff00).toBe(0x800);
    // SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, MOVBE, POPCNT, and who makes the machine.
    expect(ecx).toBe(0x80d82201);
    // CLFLUSH, MMX, FXSR, SSE, SSE2.
    expect(edx & 0x07880000).toBe(0x07880000);
  });

  it("claims none of it without WebAssembly, and then it is #UD", () => {
    const storage = { buffer: new ArrayBuffer(STATE_BYTES), offset: 0 };
    const [, ecx, edx = 0] = leaf1(storage);
    expect(ecx).toBe(0x80002000);
    expect(edx & 0x07880001).toBe(0);
    const guest = new Guest([...ADDPS, 0xf4], { storage }).flat();
    guest.cpu.setState(USABLE);
    expect(vectorOf(guest.run(5))).toBe(6);
  });
});

describe("exceptions of SSE", () => {
  it("is #XM, or #UD where the system does not say that it knows #XM", () => {
    // divps xmm0, xmm1 with all exceptions unmasked: 0 / 0.
    const code = [0x0f, 0xae, 0x15, 0, 0x20, 0, 0, 0x0f, 0x5e, 0xc1];
    expect(vectorFor(code, {})).toBe(19);
    expect(vectorFor(code, { cr4: 0x200 })).toBe(6);
  });

  it("refuses bits of MXCSR that do not exist", () => {
    const guest = new Guest([0x0f, 0xae, 0x15, 0, 0x20, 0, 0, 0xf4]).flat();
    guest.cpu.setState(USABLE);
    guest.put(0x2000, [0, 0, 1, 0]);
    expect(vectorOf(guest.run(10))).toBe(13);
  });

  it("wants addresses that are multiples of 16, but for what says otherwise", () => {
    expect(vectorFor([0x0f, 0x28, 0x05, 8, 0x20, 0, 0], {})).toBe(13);
    expect(vectorFor([0x0f, 0x10, 0x05, 8, 0x20, 0, 0], {})).toBe(-1);
  });

  it("stores nothing of an operand of which one page is absent", () => {
    const guest = new Guest([0x0f, 0x11, 0x05, 0xf8, 0x2f, 0, 0, 0xf4]).flat().paged();
    guest.cpu.setState({ cr4: 0x600 });
    guest.memory.view.setUint32(0x11000 + 3 * 4, 0, true);
    guest.put(0x2ff8, [1, 2, 3, 4, 5, 6, 7, 8]);
    const state = guest.run(10);
    expect(vectorOf(state)).toBe(14);
    expect(state.cr2).toBe(0x3000);
    expect([...guest.memory.bytes.subarray(0x2ff8, 0x3000)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("faults where an operand goes beyond its segment", () => {
    const guest = new Guest([0x0f, 0x10, 0x05, 0xf4, 0xff, 0, 0, 0xf4]).flat();
    const ds = { selector: 0x10, base: 0, limit: 0xffff, flags: 0x409300 };
    guest.cpu.setState({ ...USABLE, ds });
    expect(vectorOf(guest.run(10))).toBe(13);
  });
});
