import { describe, expect, it } from "vitest";
import { X86Cpu } from "../src/index.js";
import { Guest } from "./guest.js";
import { SimpleBus } from "./simple-bus.js";

const NE = 0x20;
const FLAT = 0x60000011;

/** A flat guest whose code begins at 1000h; CR0 has NE unless said. */
function flat(code: readonly number[], cr0 = FLAT | NE): Guest {
  const guest = new Guest(code).flat();
  guest.cpu.setState({ cr0 });
  return guest;
}
const word = (guest: Guest, at: number): number => guest.memory.view.getUint16(at, true);
const dword = (guest: Guest, at: number): number => guest.memory.view.getUint32(at, true);
/** The vector whose handler the guest reached: handlers lie at c00h, 4 bytes apart. */
const vectorAt = (guest: Guest): number => (guest.cpu.state().eip - 0xc00) >> 2;

describe("x87 exceptions", () => {
  // fninit; fldcw [2000h] with ZM clear; fld1; fldz; fdivp; fld1.
  const divides = [
    0xdb, 0xe3, 0xd9, 0x2d, 0, 0x20, 0, 0, 0xd9, 0xe8, 0xd9, 0xee, 0xde, 0xf9, 0xd9, 0xe8, 0xf4,
  ];

  it("wait for the next instruction of the unit, which is #MF", () => {
    const guest = flat(divides);
    guest.memory.view.setUint16(0x2000, 0x37b, true);
    guest.cpu.run(5);
    expect(guest.cpu.state().eip).toBe(0x100e);
    guest.cpu.run(1);
    expect(vectorAt(guest)).toBe(16);
    // The faulting instruction is the one that was to come.
    expect(dword(guest, guest.cpu.state().esp)).toBe(0x100e);
  });

  it("do not hold up FNSTSW, FNSTCW, FNCLEX and FNINIT, but WAIT", () => {
    const guest = flat([...divides.slice(0, 14), 0xdf, 0xe0, 0xdb, 0xe2, 0x9b, 0xf4]);
    guest.memory.view.setUint16(0x2000, 0x37b, true);
    guest.cpu.run(6);
    expect(guest.cpu.state().eax & 0xffff).toBe(0xb084);
    guest.cpu.run(2);
    expect(guest.cpu.state().eip).toBe(0x1013);

    const waits = flat([...divides.slice(0, 14), 0x9b]);
    waits.memory.view.setUint16(0x2000, 0x37b, true);
    waits.cpu.run(6);
    expect(vectorAt(waits)).toBe(16);
  });

  it("are the board's without CR0.NE: the instruction waits until it says so", () => {
    const memory = new SimpleBus();
    let asked = 0;
    let ignored = false;
    let ended = 0;
    const cpu = new X86Cpu({
      memory,
      io: new SimpleBus(0),
      acknowledgeInterrupt: () => 0x75,
      coprocessorError: () => {
        asked++;
        return ignored;
      },
      coprocessorErrorEnded: () => ended++,
    });
    memory.bytes.set(divides, 0x1000);
    memory.view.setUint16(0x2000, 0x37b, true);
    const data = { selector: 0, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
    cpu.setState({ cr0: FLAT, cs: { ...data, flags: 0xcf9b00 }, ds: data, ss: data, eip: 0x1000 });
    cpu.run(9);
    expect([cpu.state().eip, asked]).toEqual([0x100e, 4]);
    ignored = true;
    cpu.run(2);
    expect([cpu.state().eip, cpu.halted]).toEqual([0x1011, true]);
    expect(ended).toBe(0);
    // fnclex.
    memory.bytes.set([0xdb, 0xe2], 0x1010);
    cpu.setState({ eip: 0x1010, halted: false });
    cpu.run(1);
    expect(ended).toBe(1);
  });

  it.each([
    ["an x87 instruction with CR0.EM", FLAT | 4, [0xd9, 0xe8], 7],
    ["an x87 instruction with CR0.TS", FLAT | 8, [0xd9, 0xe8], 7],
    ["WAIT with CR0.TS and MP", FLAT | 10, [0x9b], 7],
    ["an MMX instruction with CR0.EM", FLAT | 4, [0x0f, 0xfc, 0xc1], 6],
    ["EMMS with CR0.TS", FLAT | 8, [0x0f, 0x77], 7],
    ["FXSAVE with CR0.TS", FLAT | 8, [0x0f, 0xae, 0x05, 0, 0x20, 0, 0], 7],
    ["FXSAVE at an odd address", FLAT, [0x0f, 0xae, 0x05, 1, 0x20, 0, 0], 13],
  ])("%s faults", (_name, cr0, code, vector) => {
    const guest = flat(code, cr0);
    guest.cpu.run(1);
    expect(vectorAt(guest)).toBe(vector);
  });
  it("WAIT with CR0.TS alone goes on", () => {
    const guest = flat([0x9b], FLAT | 8);
    guest.cpu.run(1);
    expect(guest.cpu.state().eip).toBe(0x1001);
  });
  it("a store that faults changes nothing", () => {
    // fninit; fld1; fstp qword [fff00000h], where a page is missing.
    const guest = new Guest([0xdb, 0xe3, 0xd9, 0xe8, 0xdd, 0x1d, 0, 0, 0xf0, 0xff]).flat().paged();
    guest.cpu.setState({ cr0: guest.cpu.state().cr0 | NE });
    guest.cpu.run(3);
    expect(vectorAt(guest)).toBe(14);
    guest.cpu.setState({ eip: 0x1010 });
    guest.put(0x1010, [0xdf, 0xe0]);
    guest.cpu.run(1);
    expect(guest.cpu.state().eax & 0xffff).toBe(0x3800);
  });
});

describe("the unit's state in memory", () => {
  // fninit; fldpi; fild word [2000h]; then an instruction.
  const begin = [0xdb, 0xe3, 0xd9, 0xeb, 0xdf, 0x05, 0, 0x20, 0, 0];

  it("FNSTENV in protected mode with 32 bits: where the last instruction and its operand were", () => {
    const guest = flat([...begin, 0xd9, 0x35, 0, 0x30, 0, 0]);
    guest.cpu.run(4);
    const words = Array.from({ length: 7 }, (_, k) => dword(guest, 0x3000 + 4 * k).toString(16));
    expect(words).toEqual([
      "ffff037f",
      "ffff3000",
      "ffff1fff",
      "1004",
      "7050008",
      "2000",
      "ffff0010",
    ]);
  });
  it("FNSTENV with 16 bits, in protected and in real mode", () => {
    const guest = flat([...begin, 0x66, 0xd9, 0x35, 0, 0x30, 0, 0]);
    guest.cpu.run(4);
    expect(Array.from({ length: 7 }, (_, k) => word(guest, 0x3000 + 2 * k))).toEqual([
      0x37f, 0x3000, 0x1fff, 0x1004, 8, 0x2000, 0x10,
    ]);
    // fninit; fild word [2000h]; fnstenv [3000h].
    const real = new Guest([0xdb, 0xe3, 0xdf, 0x06, 0, 0x20, 0xd9, 0x36, 0, 0x30]);
    real.cpu.run(3);
    expect(Array.from({ length: 7 }, (_, k) => word(real, 0x3000 + 2 * k))).toEqual([
      0x37f, 0x3800, 0x7fff, 0x1002, 0x706, 0x2000, 0,
    ]);
  });
  it.each([
    ["FNSAVE and FRSTOR with 32 bits", [], 108],
    ["FNSAVE and FRSTOR with 16 bits", [0x66], 94],
  ])("%s bring back what they stored", (_name, prefix, bytes) => {
    const guest = flat([
      ...begin,
      ...[...prefix, 0xdd, 0x35, 0, 0x30, 0, 0],
      ...[0xdf, 0xe0, 0x89, 0xc3],
      ...[...prefix, 0xdd, 0x25, 0, 0x30, 0, 0],
      ...[0xdf, 0xe0, 0xdb, 0x3d, 0, 0x40, 0, 0, 0xdb, 0x3d, 0x10, 0x40, 0, 0],
    ]);
    guest.memory.view.setInt16(0x2000, -3, true);
    guest.memory.bytes.fill(0xcc, 0x3000, 0x3100);
    guest.cpu.run(10);
    expect(guest.memory.bytes[0x3000 + bytes - 1]).not.toBe(0xcc);
    expect(guest.memory.bytes[0x3000 + bytes]).toBe(0xcc);
    expect(guest.cpu.state().ebx & 0xffff).toBe(0);
    expect(guest.cpu.state().eax & 0xffff).toBe(0x3000);
    expect(guest.memory.view.getBigUint64(0x4000, true)).toBe(0xc000000000000000n);
    expect(word(guest, 0x4008)).toBe(0xc000);
    expect(guest.memory.view.getBigUint64(0x4010, true)).toBe(0xc90fdaa22168c235n);
    expect(word(guest, 0x4018)).toBe(0x4000);
  });
  it("FXSAVE and FXRSTOR: tags abridged, MXCSR's mask, XMM registers with CR4.OSFXSR", () => {
    const guest = flat([
      ...begin,
      ...[0x0f, 0xae, 0x05, 0, 0x30, 0, 0],
      ...[0xdb, 0xe3, 0x0f, 0xae, 0x0d, 0, 0x30, 0, 0, 0xdf, 0xe0],
    ]);
    guest.cpu.setState({ cr4: 0x200 });
    guest.cpu.run(4);
    expect(dword(guest, 0x3000)).toBe(0x3000037f);
    expect(dword(guest, 0x3004)).toBe(0x070500c0);
    expect(dword(guest, 0x3008)).toBe(0x1004);
    expect(dword(guest, 0x3018)).toBe(0x1f80);
    expect(dword(guest, 0x301c)).toBe(0xffff);
    expect(guest.memory.view.getBigUint64(0x3030, true)).toBe(0xc90fdaa22168c235n);
    guest.cpu.run(3);
    expect(guest.cpu.state().eax & 0xffff).toBe(0x3000);
    guest.memory.view.setUint32(0x3018, 0x10000, true);
    guest.cpu.setState({ eip: 0x1013 });
    guest.cpu.run(1);
    expect(vectorAt(guest)).toBe(13);
  });
});

describe("a processor without WebAssembly's memory", () => {
  it("has no unit, as CPUID says, and a probe finds what it left", () => {
    const memory = new SimpleBus();
    const cpu = new X86Cpu({
      memory,
      io: new SimpleBus(0),
      acknowledgeInterrupt: () => 0,
      storage: { buffer: new ArrayBuffer(4096), offset: 0 },
    });
    // fninit; fnstsw [2000h]; mov eax, 1; cpuid.
    memory.bytes.set([0xdb, 0xe3, 0xdd, 0x3d, 0, 0x20, 0, 0, 0xb8, 1, 0, 0, 0, 0x0f, 0xa2], 0x1000);
    memory.view.setUint16(0x2000, 0x5a5a, true);
    const data = { selector: 0, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
    cpu.setState({ cr0: FLAT, cs: { ...data, flags: 0xcf9b00 }, ds: data, ss: data, eip: 0x1000 });
    cpu.run(4);
    expect(memory.view.getUint16(0x2000, true)).toBe(0x5a5a);
    expect(cpu.state().edx & 0x01800001).toBe(0);
  });
});
