import { describe, expect, it } from "vitest";
import type { CpuState } from "../src/index.js";
import { Guest, vectorOf } from "./guest.js";
import { CODE, LongModeGuest, STACKS, Selector, imm32, imm64, movImm } from "./long-guest.js";

const DB = 1;
const BP = 3;
const NOP = 0x90;
const HLT = 0xf4;
const INT1 = 0xf1;
const STI = 0xfb;
/** MOV SS, AX; and MOV SS, [8000h]. */
const MOV_SS_AX = [0x8e, 0xd0];
const MOV_SS_MEMORY = [0x8e, 0x15, ...imm32(0x8000)];
const TF = 0x102;
/** DR6 with nothing to tell, and DR6.BS. */
const CALM = 0xffff0ff0;
const STEP = 0x4000;
/** DR6 with these bits. */
const told = (bits: number): number => (CALM | bits) >>> 0;
/** DR7: breakpoint 1 is on reads and writes of 4 bytes, breakpoint 2 on execution. */
const WATCH_1 = 0x00f00408;
const EXECUTE_2 = 0x420;

type Registers = Parameters<Guest["cpu"]["setState"]>[0];

/** A guest at the handler of the first exception that its code ran into. */
function trapped(code: readonly number[], registers: Registers, cpl = 0): Guest {
  const guest = new Guest([...code, NOP, HLT]).flat(cpl);
  guest.memory.view.setUint32(0x8000, 0x10, true);
  guest.cpu.setState({ eax: 0x10, dr6: CALM, esp: 0x9000, ...registers });
  guest.run();
  return guest;
}
/** Its vector, where it returns to (counted from the code), and DR6. */
function trap(guest: Guest): readonly [vector: number, at: number, dr6: number] {
  const state: CpuState = guest.cpu.state();
  return [vectorOf(state), guest.memory.view.getUint32(state.esp, true) - 0x1000, state.dr6];
}

describe("debug traps", () => {
  it("come behind STI, which holds off interrupts alone", () => {
    expect(trap(trapped([STI, NOP], { eflags: TF }))).toEqual([DB, 1, told(STEP)]);
  });
  it("wait for one more instruction behind a load of SS", () => {
    const stepped = trapped([...MOV_SS_AX, NOP], { eflags: TF });
    expect(trap(stepped)).toEqual([DB, 3, told(STEP)]);
    const watched = trapped([...MOV_SS_MEMORY, NOP], { dr1: 0x8000, dr7: WATCH_1 });
    expect(trap(watched)).toEqual([DB, 7, told(2)]);
  });
  it("that wait are told with the trap of INT1, and come after an INT has entered its handler", () => {
    const watch = { dr1: 0x8000, dr7: WATCH_1 };
    const once = trapped([...MOV_SS_MEMORY, INT1], watch);
    expect(trap(once)).toEqual([DB, 7, told(2)]);
    const twice = trapped([...MOV_SS_MEMORY, 0xcc], watch);
    const [vector, at] = trap(twice);
    expect([vector, at]).toEqual([DB, 0xc00 + 4 * BP - 0x1000]);
  });
  it("end a HLT", () => {
    const guest = trapped([HLT], { eflags: TF });
    expect(trap(guest)).toEqual([DB, 1, told(STEP)]);
  });
  it("take the place of the breakpoints told before, and leave the rest", () => {
    const met = trapped([NOP], { dr2: 0x1000, dr6: told(STEP | 2), dr7: EXECUTE_2 });
    expect(trap(met)).toEqual([DB, 0, told(STEP | 4)]);
    const stepped = trapped([NOP], { eflags: TF, dr6: told(2) });
    expect(trap(stepped)).toEqual([DB, 1, told(STEP | 2)]);
  });
});

describe("INT1", () => {
  it("asks for no level of the gate, and is no single step", () => {
    const guest = new Guest([INT1, NOP, HLT]).flat(3);
    guest.memory.view.setUint32(0x604 + 8 * DB, 0x00008e00, true);
    guest.cpu.setState({ eflags: TF, dr6: CALM });
    guest.run();
    expect(trap(guest)).toEqual([DB, 1, CALM]);
    const long = new LongModeGuest([INT1, NOP, HLT], { user: true });
    expect(long.fault()).toMatchObject({ vector: DB, rip: CODE + 1, cs: Selector.USER_CODE });
  });
});

describe("SYSCALL and SYSRET with TF", () => {
  const KERNEL = CODE + 0x200;
  const USER = CODE + 0x100;
  const wrmsr = (index: number, value: bigint): number[] => [
    ...[0xb9, ...imm32(index), 0x48, 0xb8, ...imm64(value)],
    ...[0x48, 0x89, 0xc2, 0x48, 0xc1, 0xea, 0x20, 0x0f, 0x30],
  ];
  /** Goes to level 3 by SYSRET with these flags; there code sets TF and comes back by SYSCALL. */
  const journey = (flags: number, mask: number): LongModeGuest => {
    const star = (BigInt(Selector.USER_DATA - 8) << 48n) | (BigInt(Selector.CODE) << 32n);
    const guest = new LongModeGuest([
      ...wrmsr(0xc0000081, star),
      ...wrmsr(0xc0000082, BigInt(KERNEL)),
      ...wrmsr(0xc0000084, BigInt(mask)),
      ...movImm(1, BigInt(USER)),
      ...[0x41, 0xbb, ...imm32(flags), 0x48, 0x0f, 0x07],
    ]);
    // PUSHF; OR DWORD [RSP], 100h; POPF; SYSCALL
    const user = [0x9c, 0x81, 0x0c, 0x24, ...imm32(0x100), 0x9d, 0x0f, 0x05];
    guest.memory.bytes.set(user, USER);
    guest.memory.bytes.set([NOP, HLT], KERNEL);
    guest.cpu.setState({ efer: 0x901, esp: STACKS.first });
    return guest;
  };
  it("trap by the flags that they end with", () => {
    const masked = journey(2, 0x100);
    expect(masked.fault()).toBeNull();
    expect(Number(masked.cpu.state().long.rip)).toBe(KERNEL + 2);
    expect(journey(2, 0).fault()).toMatchObject({ vector: DB, rip: KERNEL, cs: Selector.CODE });
    const returned = journey(TF, 0x100);
    expect(returned.fault()).toMatchObject({ vector: DB, rip: USER, cs: Selector.USER_CODE });
    expect(returned.cpu.state().dr6 & STEP).toBe(STEP);
  });
});
