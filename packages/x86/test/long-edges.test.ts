import { describe, expect, it } from "vitest";
import type { CpuState } from "../src/index.js";
import {
  CODE,
  LongModeGuest,
  PAGE_TABLE,
  STACKS,
  Selector,
  imm32,
  imm64,
  movImm,
} from "./long-guest.js";
import type { Frame } from "./long-guest.js";

const [DB, UD, GP, SS, PF] = [1, 6, 13, 12, 14];
const HLT = 0xf4;
const NOP = 0x90;
const RAX = 0;
const RCX = 1;
const RSP = 4;
const RBP = 5;
/** The first address that is not canonical. */
const BEYOND = 0x8000_0000_0000n;

/** Vector, error code and instruction of the fault that code runs into. */
function faultOf(
  code: readonly number[],
  options: ConstructorParameters<typeof LongModeGuest>[1] = {},
): readonly [vector: number, error: number, at: number] | null {
  const frame = new LongModeGuest([...code, HLT], options).fault();
  return frame === null ? null : [frame.vector, frame.error, frame.rip - CODE];
}

describe("64-bit code, instructions that memory operands alone have", () => {
  it("loads far pointers with offsets of each size into SS, FS and GS", () => {
    // lss ecx, [0x50000]; lfs cx, [..]; lgs rcx, [..]
    const forms = [
      [[0x0f, 0xb2], "ss", 0x89ab_cdefn, 4],
      [[0x66, 0x0f, 0xb4], "fs", 0xffff_ffff_ffff_cdefn, 2],
      [[0x48, 0x0f, 0xb5], "gs", 0x0123_4567_89ab_cdefn, 8],
    ] as const;
    for (const [code, segment, offset, size] of forms) {
      const load = [...code, 0x0c, 0x25, ...imm32(0x50000)];
      const guest = new LongModeGuest([...movImm(RCX, -1n & (2n ** 64n - 1n)), ...load, HLT]);
      guest.memory.view.setBigUint64(0x50000, 0x0123_4567_89ab_cdefn, true);
      guest.memory.view.setUint16(0x50000 + size, Selector.DATA, true);
      const state = guest.run();
      expect(state.long.registers[RCX]).toBe(offset);
      expect(state[segment].selector).toBe(Selector.DATA);
    }
    // A selector that is none leaves the register; a register is no operand.
    expect(faultOf([0x0f, 0xb4, 0x0c, 0x25, ...imm32(0x50000)])).toBeNull();
    expect(faultOf([0x0f, 0xb5, 0xc8])).toEqual([UD, -1, 0]);
  });
  it("has no PREFETCHW of a register, and says so of x87 opcodes before it looks at addresses", () => {
    expect(faultOf([0x0f, 0x0d, 0xc8])).toEqual([UD, -1, 0]);
    expect(faultOf([0x0f, 0x0d, 0x08])).toBeNull();
    const absent = [
      [0xd9, 0x08],
      [0xdb, 0x20],
      [0xdb, 0x30],
      [0xdd, 0x28],
    ];
    for (const code of absent)
      expect(faultOf([...movImm(RAX, BEYOND), ...code])).toEqual([UD, -1, 10]);
  });
  it("has SYSENTER and SYSEXIT with models of Intel's alone", () => {
    for (const op of [0x34, 0x35]) {
      expect(faultOf([0x0f, op])).toEqual([UD, -1, 0]);
      expect(faultOf([0x0f, op], { model: "Nehalem" })).toEqual([GP, 0, 0]);
    }
  });
  it("looks at the permission for a port although the instruction is repeated no times", () => {
    for (const code of [
      [0xf3, 0x6c],
      [0xf3, 0x6f],
      [0xf2, 0x6d],
    ]) {
      const fault = faultOf([...movImm(RCX, 0n), ...code], { user: true });
      expect(fault).toEqual([GP, 0, 10]);
    }
  });
});

describe("64-bit code, addresses", () => {
  it("raises #SS for addresses by RSP and RBP that are not canonical, and #GP for others", () => {
    expect(faultOf([...movImm(RBP, BEYOND), 0x48, 0x8b, 0x45, 0x00])).toEqual([SS, 0, 10]);
    expect(faultOf([...movImm(RAX, BEYOND), 0x48, 0x8b, 0x00])).toEqual([GP, 0, 10]);
    // An index does not choose the segment, nor does a base by R12 or R13; a prefix does.
    expect(faultOf([...movImm(RBP, BEYOND), 0x48, 0x8b, 0x04, 0x28])).toEqual([GP, 0, 10]);
    expect(faultOf([0x49, 0xbd, ...imm64(BEYOND), 0x49, 0x8b, 0x45, 0])).toEqual([GP, 0, 10]);
    expect(faultOf([...movImm(RBP, BEYOND), 0x64, 0x8b, 0x45, 0x00])).toEqual([GP, 0, 10]);
  });
  it("raises #SS for pushes and pops where RSP is not canonical", () => {
    for (const code of [[0x50], [0x58], [0xc3], [0xe8, 0, 0, 0, 0], [0x9c], [0xc9]]) {
      const n = code[0] === 0xc9 ? RBP : RSP;
      const guest = new LongModeGuest([...movImm(n, BEYOND + 0x10n), ...code, HLT]);
      guest.gate(SS, 0x8e01);
      expect(guest.fault(), String(code)).toMatchObject({ vector: SS, error: 0, rip: CODE + 10 });
    }
  });
  it("tells of reserved bits of a page table with the present bit", () => {
    const guest = new LongModeGuest([0x8b, 0x04, 0x25, ...imm32(0x50000), HLT]);
    guest.memory.view.setUint32(PAGE_TABLE + 8 * 0x50 + 4, 0x80000, true);
    expect(guest.fault()).toMatchObject({ vector: PF, error: 9, rip: CODE });
    expect(guest.cpu.state().long.cr2).toBe(0x50000n);
  });
  it("faults at a jump, call or return to an address that is not canonical, with the stack as it was", () => {
    const stack = STACKS.first;
    expect(faultOf([...movImm(RAX, BEYOND), 0xff, 0xe0])).toEqual([GP, 0, 10]);
    const call = new LongModeGuest([...movImm(RAX, BEYOND), 0xff, 0xd0, HLT]);
    expect(call.fault()).toMatchObject({ vector: GP, error: 0, rip: CODE + 10, rsp: stack });
    const back = new LongModeGuest([...movImm(RAX, BEYOND), 0x50, 0xc3, HLT]);
    expect(back.fault()).toMatchObject({ vector: GP, error: 0, rip: CODE + 11, rsp: stack - 8 });
  });
});

describe("64-bit code, a return to level 3", () => {
  const base = 0x1_2345_6000n;
  /** RETF or IRETQ to user code, with FS and GS of level 0 whose bases were loaded alone. */
  const returned = (isInterrupt: boolean): CpuState => {
    const push = (v: number): number[] => [0x68, ...imm32(v)];
    const guest = new LongModeGuest([
      ...push(Selector.USER_DATA),
      ...push(STACKS.first),
      ...(isInterrupt ? push(2) : []),
      ...push(Selector.USER_CODE),
      ...push(CODE + 0x100),
      ...(isInterrupt ? [0x48, 0xcf] : [0x48, 0xcb]),
    ]);
    const level0 = { selector: Selector.DATA, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
    guest.cpu.setState({ fs: level0, gs: level0 });
    const { long } = guest.cpu.state();
    const bases = long.bases.map((v, seg) => (seg === 4 ? base : seg === 5 ? base + 1n : v));
    guest.cpu.setState({ long: { ...long, bases } });
    guest.memory.bytes.set([0xcc], CODE + 0x100);
    guest.cpu.run(isInterrupt ? 6 : 5);
    return guest.cpu.state();
  };
  it("nulls the selectors that it may not use, and keeps the bases of FS and GS", () => {
    for (const isInterrupt of [true, false]) {
      const state = returned(isInterrupt);
      expect(state.cpl).toBe(3);
      for (const register of [state.ds, state.es, state.fs, state.gs]) {
        expect(register).toMatchObject({ selector: 0, flags: 0 });
      }
      expect([state.long.bases[4], state.long.bases[5]]).toEqual([base, base + 1n]);
      expect([state.long.bases[0], state.long.bases[3]]).toEqual([0n, 0n]);
    }
  });
});

describe("64-bit code, the TLB", () => {
  /** Reads a page, takes it out of the page table, loads CR3 (or does INVLPG), and reads it again. */
  const reread = (flags: number, forget: readonly number[]): Frame | null => {
    const read = [0x8b, 0x04, 0x25, ...imm32(0x50000)];
    const entry = PAGE_TABLE + 8 * 0x50;
    const clear = [0xc7, 0x04, 0x25, ...imm32(entry), ...imm32(0)];
    const guest = new LongModeGuest([...read, ...clear, ...read, ...forget, ...read, HLT]);
    guest.cpu.setState({ cr4: 0x6a0 });
    guest.memory.view.setUint32(entry, 0x50000 | flags, true);
    return guest.fault();
  };
  const loadCr3 = [0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8];
  it("keeps a page until CR3 is loaded, and a global one until INVLPG", () => {
    expect(reread(7, [])).toBeNull();
    expect(reread(7, loadCr3)).toMatchObject({ vector: PF, error: 0 });
    expect(reread(0x107, loadCr3)).toBeNull();
    expect(reread(0x107, [0x0f, 0x01, 0x3c, 0x25, ...imm32(0x50000)])).toMatchObject({
      vector: PF,
    });
  });
  it("follows code that is written, in its own page and by another mapping", () => {
    // mov byte [rip+1], 0f4h: the NOP behind it becomes HLT.
    expect(new LongModeGuest([0xc6, 0x05, 0, 0, 0, 0, HLT, NOP, 0x0f, 0x0b]).fault()).toBeNull();
    const alias = new LongModeGuest([
      ...[NOP, 0xc6, 0x04, 0x25, ...imm32(0x60000 + 9), HLT, NOP, 0x0f, 0x0b],
    ]);
    alias.memory.view.setUint32(PAGE_TABLE + 8 * 0x60, CODE | 7, true);
    expect(alias.fault()).toBeNull();
  });
});

describe("64-bit code, control registers", () => {
  const movCr = (n: number): number[] => [0x0f, 0x22, 0xc0 | (n << 3)];
  it("raises #GP for what would end long mode, and for bits that there are not", () => {
    expect(faultOf([...movImm(RAX, 0x31n), ...movCr(0)])).toEqual([GP, 0, 10]);
    expect(faultOf([...movImm(RAX, 0x600n), ...movCr(4)])).toEqual([GP, 0, 10]);
    for (const n of [0, 4]) {
      const value = n === 0 ? 0x1_8000_0031n : 0x1_0000_0620n;
      expect(faultOf([...movImm(RAX, value), ...movCr(n)])).toEqual([GP, 0, 10]);
    }
    expect(faultOf([...movImm(RAX, 0x8000_0620n), ...movCr(4)])).toEqual([GP, 0, 10]);
    expect(faultOf([...movImm(RAX, 0x100_0000_1000n), ...movCr(3)])).toEqual([GP, 0, 10]);
    expect(faultOf([...movImm(RAX, 0x1000n), ...movCr(3)])).toBeNull();
    expect(faultOf([...movImm(RAX, 16n), 0x44, 0x0f, 0x22, 0xc0])).toEqual([GP, 0, 10]);
    // EFER.LME cannot change while paging is on; what else is there can.
    const wrmsr = (low: number): number[] => [
      ...movImm(RCX, 0xc000_0080n),
      ...movImm(RAX, BigInt(low)),
      0x31,
      0xd2,
      0x0f,
      0x30,
    ];
    expect(faultOf(wrmsr(0x800))).toEqual([GP, 0, 22]);
    expect(faultOf(wrmsr(0xd01))).toBeNull();
  });
});

describe("64-bit code, interrupts", () => {
  it("hold off for one instruction after STI and MOV SS, and traps after MOV SS", () => {
    const sti = new LongModeGuest([0xfb, NOP, NOP, HLT]);
    sti.cpu.setIntr(true);
    expect(sti.fault()).toMatchObject({ vector: 0x20, rip: CODE + 2 });
    const load = new LongModeGuest([0x8e, 0xd0, NOP, NOP, HLT]);
    load.cpu.setState({ eax: Selector.DATA, eflags: 0x202 });
    load.cpu.setIntr(true);
    // One that comes before it is taken before it.
    expect(load.fault()).toMatchObject({ vector: 0x20, rip: CODE });
    // push 302h; popf; mov ss, eax; nop: the trap of MOV SS does not come.
    const trap = new LongModeGuest([0x68, ...imm32(0x302), 0x9d, 0x8e, 0xd0, NOP, NOP, HLT]);
    trap.cpu.setState({ eax: Selector.DATA });
    expect(trap.fault()).toMatchObject({ vector: DB, rip: CODE + 9 });
  });
  it("take the stack of their IST, at a multiple of 16, and keep SS at the same level", () => {
    const guest = new LongModeGuest([0x0f, 0x0b, HLT]);
    guest.gate(UD, 0x8e01);
    expect(guest.fault()).toMatchObject({ vector: UD, rip: CODE, top: STACKS.ist1, ss: 0x10 });
    const odd = new LongModeGuest([...movImm(RSP, 0x20005n), 0x0f, 0x0b]);
    expect(odd.fault()).toMatchObject({ vector: UD, top: 0x20000, rsp: 0x20005 });
  });
  it("come from level 3 by RSP0 with a null SS, and gates of tasks are #GP", () => {
    const guest = new LongModeGuest([0x0f, 0x0b], { user: true });
    const frame = guest.fault();
    expect(frame).toMatchObject({ vector: UD, top: STACKS.level0, cs: Selector.USER_CODE });
    expect(frame?.ss).toBe(Selector.USER_DATA);
    expect(guest.cpu.state().ss.selector).toBe(0);
    const task = new LongModeGuest([0xcd, 0x21]);
    task.gate(0x21, 0x8500, Selector.TSS);
    expect(task.fault()).toMatchObject({ vector: GP, error: 8 * 0x21 + 2, rip: CODE });
  });
  it("do not switch tasks: a jump to a TSS is #GP, and LTR of a busy one too", () => {
    const far = [...imm32(0), Selector.TSS, 0];
    const jump = new LongModeGuest([0xff, 0x2c, 0x25, ...imm32(0x40000), HLT]);
    jump.memory.bytes.set(far, 0x40000);
    expect(jump.fault()).toMatchObject({ vector: GP, error: Selector.TSS });
    const ltr = [0x0f, 0x00, 0xd8];
    expect(faultOf([0xb8, ...imm32(Selector.TSS), ...ltr, ...ltr])).toEqual([GP, Selector.TSS, 8]);
  });
});

describe("IRETQ", () => {
  /** Pushes SS, RSP, RFLAGS, CS and RIP, and returns. */
  const iretq = (ss: number, rsp: number, flags: number, cs: number, rip: bigint): number[] => [
    ...[0x68, ...imm32(ss), 0x68, ...imm32(rsp), 0x68, ...imm32(flags), 0x68, ...imm32(cs)],
    ...[...movImm(RAX, rip), 0x50, 0x48, 0xcf],
  ];
  const LENGTH = 33;
  const AT = BigInt(CODE + LENGTH);

  it("reaches 64-bit and compatibility code of both levels", () => {
    for (const [cs, ss] of [
      [Selector.CODE, Selector.DATA],
      [Selector.CODE, 0],
      [Selector.USER_CODE, Selector.USER_DATA],
      [Selector.USER_CODE32, Selector.USER_DATA],
      [Selector.CODE32, Selector.DATA],
    ] as const) {
      const guest = new LongModeGuest([...iretq(ss, 0x28000, 2, cs, AT), 0x0f, 0x0b]);
      const frame = guest.fault();
      expect(frame, hex(cs)).toMatchObject({
        vector: UD,
        rip: CODE + LENGTH,
        cs,
        rsp: 0x28000,
        ss,
      });
    }
  });
  it("faults for what it may not reach", () => {
    const fails = (...args: Parameters<typeof iretq>): unknown => {
      const frame = new LongModeGuest([...iretq(...args), HLT]).fault();
      return frame && [frame.vector, frame.error, frame.rip - CODE];
    };
    const at = LENGTH - 2;
    expect(fails(Selector.DATA, 0x28000, 2, Selector.CODE, BEYOND)).toEqual([GP, 0, at]);
    expect(fails(Selector.DATA, 0x28000, 2, 0, AT)).toEqual([GP, 0, at]);
    expect(fails(0, 0x28000, 2, Selector.USER_CODE, AT)).toEqual([GP, 0, at]);
    expect(fails(0, 0x28000, 2, Selector.CODE32, AT)).toEqual([GP, 0, at]);
    expect(fails(Selector.DATA, 0x28000, 2, Selector.USER_CODE, AT)).toEqual([GP, 0x10, at]);
    expect(fails(Selector.DATA, 0x28000, 2, Selector.DATA, AT)).toEqual([GP, 0x10, at]);
    // NT is of no use in long mode.
    expect(fails(Selector.DATA, 0x28000, 0x4002, Selector.CODE, AT)).toBeNull();
    expect(faultOf([0x68, ...imm32(0x4002), 0x9d, 0x48, 0xcf])).toEqual([GP, 0, 6]);
  });
});

describe("compatibility code", () => {
  it("has the instructions and limits of 32-bit code, and its faults enter 64-bit handlers", () => {
    // AAA; INC EAX, which is REX in 64-bit code; UD2.
    const guest = new LongModeGuest([0x37, 0x40, 0x0f, 0x0b], { user: true, code32: true });
    expect(guest.fault()).toMatchObject({
      vector: UD,
      rip: CODE + 2,
      cs: Selector.USER_CODE32,
      top: STACKS.level0,
      rsp: STACKS.first,
      ss: Selector.USER_DATA,
    });
    expect(guest.cpu.state().long.code64).toBe(true);
    const page = new LongModeGuest([0xa1, ...imm32(0x300000)], { user: true, code32: true });
    expect(page.fault()).toMatchObject({ vector: PF, error: 4, rip: CODE });
    const far = new LongModeGuest([0xea, ...imm32(0), Selector.TSS, 0], { code32: true });
    expect(far.fault()).toMatchObject({ vector: GP, error: Selector.TSS, rip: CODE });
  });
});

describe("a transfer from compatibility code to 64-bit code", () => {
  /** A selector that no descriptor is at. */
  const FREE = 0x38;
  const TARGET = CODE + 0x100;
  const target = [...imm32(TARGET), FREE, 0];
  const pushes = [0x6a, FREE, 0x68, ...imm32(TARGET)];
  it.each([
    ["JMP", [0xea, ...target]],
    ["CALL", [0x9a, ...target]],
    ["RETF", [...pushes, 0xcb]],
    ["IRETD", [0x9c, ...pushes, 0xcf]],
  ])("does not look at the limit, which there is not: %s", (_name, code) => {
    const guest = new LongModeGuest([...code], { code32: true });
    const { base } = guest.cpu.state().gdtr;
    guest.memory.view.setUint32(base + FREE, 0, true);
    guest.memory.view.setUint32(base + FREE + 4, 0x00209a00, true);
    guest.memory.bytes[TARGET] = HLT;
    const { cs, long, halted } = guest.run();
    expect([cs.selector, cs.limit, long.code64, halted]).toEqual([FREE, 0, true, true]);
    expect(long.rip).toBe(BigInt(TARGET + 1));
  });
});

describe("breakpoints of 64-bit code", () => {
  const movDr = (n: number, value: bigint): number[] => [
    ...movImm(RAX, value),
    0x0f,
    0x23,
    0xc0 | (n << 3),
  ];
  it("compare all bits of addresses", () => {
    const high = 0xffff_8000_0000_0000n;
    const code = [...movDr(0, high + 0x40000n), ...movDr(7, 0xf0001n), 0x8b, 0x04, 0x25];
    code.push(...imm32(0x40000), NOP, HLT);
    expect(faultOf(code)).toBeNull();
    const right = [...movDr(0, 0x40000n), ...movDr(7, 0xf0001n), 0x8b, 0x04, 0x25];
    right.push(...imm32(0x40000), NOP, HLT);
    expect(faultOf(right)).toEqual([DB, -1, 33]);
  });
  it("stop before an instruction", () => {
    expect(faultOf([...movDr(0, BigInt(CODE + 27)), ...movDr(7, 1n), NOP, NOP, HLT])).toEqual([
      DB,
      -1,
      27,
    ]);
  });
});

describe("the state of long mode", () => {
  it("goes to JSON, and back", () => {
    const guest = new LongModeGuest([...movImm(RAX, 0x1234_5678_9abc_def0n), HLT]);
    const state = guest.run();
    const text = JSON.stringify(state);
    expect(text).toContain('"0x123456789abcdef0"');
    expect(structuredClone(state)).toEqual(state);
    const other = new LongModeGuest([HLT]);
    other.cpu.setState(JSON.parse(text) as typeof state);
    expect(other.cpu.state()).toEqual(state);
  });
});

function hex(value: number): string {
  return value.toString(16);
}
