import { DeliveryMode, DestinationMode, X86Cpu } from "@mem/x86";
import { describe, expect, it } from "vitest";

import { PcOptionsError } from "../src/board/errors.js";
import type { PcOptions } from "../src/board/options/options.js";
import { PcMachine } from "../src/board/pc-machine.js";
import { InstructionClock } from "../src/host/instruction-clock.js";
import { ProcessorGroup } from "../src/processors/processor-group.js";
import { MIB } from "./support/board-rig.js";

const REAL = { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 };
const START = 0x8000;

/** A machine whose firmware loops, and its processors. */
function machine(options: Partial<PcOptions> = {}): { pc: PcMachine; cpus: X86Cpu[] } {
  const bios = new Uint8Array(64 * 1024).fill(0x90);
  // The reset vector: JMP to itself.
  bios.set([0xeb, 0xfe], 0xfff0);
  const clock = new InstructionClock();
  const pc = new PcMachine({ ramSize: 16 * MIB, bios, clock, vga: false, cpus: 4, ...options });
  const { cpu } = pc;
  const all = cpu instanceof ProcessorGroup ? cpu.all : [cpu];
  return { pc, cpus: all.filter((each) => each instanceof X86Cpu) };
}
function put(pc: PcMachine, address: number, bytes: readonly number[]): void {
  pc.memory.write(address, Uint8Array.from(bytes));
}
function get(pc: PcMachine, address: number, count: number): number[] {
  const bytes = new Uint8Array(count);
  pc.memory.read(address, bytes);
  return [...bytes];
}
function start(pc: PcMachine, id: number, vector = START >> 12): void {
  const { apics } = pc.board.processors;
  apics.deliver(id, DestinationMode.PHYSICAL, DeliveryMode.START_UP, vector, 0);
}

describe("several processors", () => {
  it("wait for a start-up, but for the first", () => {
    const { pc, cpus } = machine();
    pc.step(20_000);
    expect(cpus.map((cpu) => cpu.halted)).toEqual([false, true, true, true]);
    // LOCK INC WORD [600h]; CLI; HLT
    put(pc, START, [0xf0, 0xff, 0x06, 0x00, 0x06, 0xfa, 0xf4]);
    start(pc, 2);
    pc.step(20_000);
    expect(get(pc, 0x600, 1)).toEqual([1]);
    start(pc, 0xff);
    pc.step(20_000);
    expect(get(pc, 0x600, 1)).toEqual([3]);
    pc.reset();
    start(pc, 3);
    pc.step(20_000);
    expect(get(pc, 0x600, 1)).toEqual([4]);
  });

  it("find the registers of their own APIC in the same place", () => {
    const { pc, cpus } = machine();
    // MOV EAX, [20h]; MOV ES:[600h], EAX; CLI; HLT
    put(pc, START, [0x66, 0xa1, 0x20, 0x00, 0x26, 0x66, 0xa3, 0x00, 0x06, 0xfa, 0xf4]);
    cpus.forEach((cpu, n) => {
      if (n === 0) return;
      start(pc, n);
      cpu.run(0);
      const ds = { ...REAL, base: 0xfee00000, flags: 0x9300 };
      cpu.setState({ ds, es: { ...REAL, base: n * 16, flags: 0x9300 } });
    });
    // Where they would begin without the state above: the start-up came first.
    pc.step(40_000);
    for (const n of [1, 2, 3]) expect(get(pc, 0x600 + n * 16, 4)).toEqual([0, 0, 0, n]);
  });

  it("are told of messages that are stored above FEE00000h", () => {
    const { pc, cpus } = machine();
    const { apics } = pc.board.processors;
    for (const apic of apics.all) apic.write(0x0f, 0x1ff);
    put(pc, 0xfee02000, [0x41, 0x40, 0, 0]);
    expect(apics.all.map((apic) => apic.acknowledge())).toEqual([-1, -1, 0x41, -1]);
    // Nobody runs: registers are nobody's.
    expect(get(pc, 0xfee00030, 4)).toEqual([0, 0, 0, 0]);
    expect(cpus).toHaveLength(4);
  });

  it("do the same in every run", () => {
    const run = (): readonly unknown[] => {
      const { pc, cpus } = machine();
      // INC WORD [600h]; JMP back
      put(pc, START, [0xff, 0x06, 0x00, 0x06, 0xeb, 0xfa]);
      start(pc, 0xff);
      for (let k = 0; k < 20; k++) pc.step(7_777);
      return [get(pc, 0x600, 2), cpus.map((cpu) => cpu.instructionCount), pc.clock.nowNs()];
    };
    expect(run()).toEqual(run());
  });

  it("keep their turn over a run that ends early, and come first when they are interrupted", () => {
    const { pc, cpus } = machine();
    put(pc, START, [0xeb, 0xfe]);
    start(pc, 0xff);
    const ran = (instructions: number): number[] => {
      const before = cpus.map((cpu) => cpu.instructionCount);
      pc.cpu.run(instructions);
      return cpus.map((cpu, n) => cpu.instructionCount - (before[n] ?? 0));
    };
    // The last one that was started came first.
    expect(ran(1000)).toEqual([0, 0, 0, 1000]);
    expect([ran(1500), ran(1500), ran(1500)]).toEqual([
      [1500, 0, 0, 0],
      [1500, 0, 0, 0],
      [1000, 500, 0, 0],
    ]);
    const { apics } = pc.board.processors;
    for (const apic of apics.all) apic.write(0x0f, 0x1ff);
    apics.deliver(3, DestinationMode.PHYSICAL, DeliveryMode.FIXED, 0x40, 0);
    // The turn of the second one goes on afterwards.
    expect(ran(2000)).toEqual([0, 1000, 0, 1000]);
  });

  it.each(["interp", "jit"] as const)("make way by PAUSE for one that does not: %s", (accel) => {
    const { pc, cpus } = machine({ accel, cpus: 3 });
    // PAUSE; JMP back
    put(pc, START, [0xf3, 0x90, 0xeb, 0xfc]);
    start(pc, 1);
    pc.cpu.run(10_000);
    // The turns of the first one are 4000, and the other's one instruction or two.
    expect(cpus.map((cpu) => cpu.instructionCount)).toEqual([9_995, 5, 0]);
    pc.cpu.run(100_000);
    expect(cpus[1]?.instructionCount).toBeLessThan(60);
  });

  it.each(["interp", "jit"] as const)("keep their turns where all wait: %s", (accel) => {
    const run = (): readonly number[] => {
      const { pc, cpus } = machine({ accel, cpus: 4 });
      put(pc, START, [0xf3, 0x90, 0xeb, 0xfc]);
      start(pc, 2);
      cpus[0]?.setState({ cs: REAL, eip: START });
      pc.cpu.run(40_000);
      return cpus.map((cpu) => cpu.instructionCount);
    };
    const counts = run();
    expect(counts.reduce((sum, count) => sum + count)).toBe(40_000);
    expect(counts.filter((count) => count > 10_000)).toHaveLength(2);
    expect(run()).toEqual(counts);
  });

  it("have longer turns while all others halt", () => {
    const { pc, cpus } = machine({ cpus: 2 });
    let runs = 0;
    const [first] = cpus;
    if (first === undefined) throw new Error("there is a first one");
    const { run } = first;
    first.run = (count) => (runs++, run.call(first, count));
    pc.cpu.run(250_000);
    expect([runs, first.instructionCount]).toEqual([3, 250_000]);
  });

  it.each(["interp", "jit"] as const)("see each other's changes of code: %s", (accel) => {
    const { pc, cpus } = machine({ accel });
    // CALL 9000h; MOV [700h], AX; JMP back. At 9000h: MOV AX, 1111h; RET
    put(pc, 0x8800, [0xe8, 0xfd, 0x07, 0xa3, 0x00, 0x07, 0xeb, 0xf8]);
    put(pc, 0x9000, [0xb8, 0x11, 0x11, 0xc3]);
    cpus[0]?.setState({ cs: REAL, eip: 0x8800, esp: 0x7000 });
    pc.step(200_000);
    expect(get(pc, 0x700, 2)).toEqual([0x11, 0x11]);
    // Another one stores 2222h there: MOV WORD DS:[9001h], 2222h; CLI; HLT
    put(pc, START, [0xc7, 0x06, 0x01, 0x90, 0x22, 0x22, 0xfa, 0xf4]);
    start(pc, 1);
    pc.step(50_000);
    expect(get(pc, 0x700, 2)).toEqual([0x22, 0x22]);
  });

  it("reset the machine, or end it, when one that is not the first shuts down", () => {
    // LIDT CS:[10h], which is zero; INT3
    const tripleFault = [0x2e, 0x0f, 0x01, 0x1e, 0x10, 0x00, 0xcc];
    const ending = machine({ noReboot: true });
    put(ending.pc, START, tripleFault);
    start(ending.pc, 2);
    expect(ending.pc.step(40_000)).toEqual({ kind: "ended", end: { kind: "shutdown" } });

    const { pc, cpus } = machine();
    put(pc, START, tripleFault);
    start(pc, 3);
    expect(pc.step(100_000)).toEqual({ kind: "ran" });
    expect(cpus.map((cpu) => [cpu.halted, cpu.shutdown])).toEqual([
      [false, false],
      [true, false],
      [true, false],
      [true, false],
    ]);
  });

  it("are 1 to 8, and need local APICs", () => {
    expect(() => machine({ cpus: 9 })).toThrow(PcOptionsError);
    expect(() => machine({ cpus: 0 })).toThrow("0 is not 1 to 8 processors");
    expect(machine({ cpus: 8 }).cpus).toHaveLength(8);
    expect(machine({ cpus: 1 }).pc.cpu).toBeInstanceOf(X86Cpu);
  });
});

describe("the interrupts of the 8259", () => {
  it("reach a processor through LINT0, until it is masked", () => {
    const { pc, cpus } = machine({ cpus: 1 });
    const [apic] = pc.board.processors.apics.all;
    pc.board.processors.setExternalInterrupt(true);
    expect(apic?.acknowledge()).toBe(pc.board.isa.interrupts.acknowledge());
    apic?.write(0x0f, 0x1ff);
    apic?.write(0x35, 0x10700);
    expect(apic?.acknowledge()).toBe(-1);
    expect(cpus).toHaveLength(1);
  });
});
