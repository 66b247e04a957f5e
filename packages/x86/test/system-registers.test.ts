import { describe, expect, it } from "vitest";
import { CpuModel, LocalApics, X86Cpu } from "../src/index.js";
import { Guest, vectorOf } from "./guest.js";
import { SimpleBus } from "./simple-bus.js";

const GP = 13;
const imm32 = (v: number): number[] => [v & 255, (v >>> 8) & 255, (v >>> 16) & 255, v >>> 24];
const HLT = [0xf4];
const wrmsr = (index: number, low: number, high = 0): number[] => [
  ...[0xb9, ...imm32(index), 0xba, ...imm32(high), 0xb8, ...imm32(low), 0x0f, 0x30],
];
const rdmsr = (index: number): number[] => [0xb9, ...imm32(index), 0x0f, 0x32];

/** EDX and EAX after some code; null if it raised #GP. */
function after(code: readonly number[], model = "max"): readonly [number, number] | null {
  const state = new Guest([...code, ...HLT], { model }).flat().run();
  return vectorOf(state) === GP ? null : [state.edx, state.eax];
}

describe("model specific registers", () => {
  it("have what they have after a reset", () => {
    expect(after(rdmsr(0x277))).toEqual([0x00070406, 0x00070406]);
    expect(after(rdmsr(0xfe))).toEqual([0, 0x508]);
    expect(after(rdmsr(0x8b))).toEqual([0, 0x0100_0065]);
    expect(after(rdmsr(0x8b), "Nehalem")).toEqual([1, 0]);
    expect(after(rdmsr(0x1a0))).toEqual([0, 1]);
    expect(after(rdmsr(0x179))).toEqual([0, 0x10a]);
    expect(after(rdmsr(0x1b))).toEqual([0, 0xfee00100]);
    expect(after(rdmsr(0xc0000080))).toEqual([0, 0]);
  });
  it("keep what is written", () => {
    for (const index of [0x174, 0x175, 0x176, 0x17a, 0x403]) {
      expect(after([...wrmsr(index, 0x1234, 0x56), ...rdmsr(index)])).toEqual([0x56, 0x1234]);
    }
    expect(after([...wrmsr(0x201, 0x1800, 0x56), ...rdmsr(0x201)])).toEqual([0x56, 0x1800]);
    expect(after([...wrmsr(0x250, 0x06060606, 0x06060606), ...rdmsr(0x250)])).toEqual([
      0x06060606, 0x06060606,
    ]);
    expect(after([...wrmsr(0x2ff, 0xc06), ...rdmsr(0x2ff)])).toEqual([0, 0xc06]);
    expect(after([...wrmsr(0x8b, 5), ...rdmsr(0x8b)])).toEqual([0, 0x0100_0065]);
  });
  it("raise #GP for types of memory that there are not, and reserved bits", () => {
    expect(after(wrmsr(0x277, 0x02))).toBeNull();
    expect(after(wrmsr(0x277, 0x07))).not.toBeNull();
    expect(after(wrmsr(0x250, 0x07))).toBeNull();
    expect(after(wrmsr(0x2ff, 0x02))).toBeNull();
    expect(after(wrmsr(0x2ff, 0x100))).toBeNull();
    expect(after(wrmsr(0xc0000080, 0x100), "max,-lm")).toBeNull();
    expect(after(wrmsr(0xc0000080, 0x100))).not.toBeNull();
    expect(after(wrmsr(0xc0000082, 0, 0x8000))).toBeNull();
    expect(after(wrmsr(0xc0000100, 0, 0x8000))).toBeNull();
    expect(after(wrmsr(0xc0000100, 0), "max,-lm")).toBeNull();
    expect(after(wrmsr(0xc0000080, 0x800))).not.toBeNull();
    expect(after(wrmsr(0xfe, 0))).toBeNull();
    expect(after(wrmsr(0xc0000103, 0, 1))).toBeNull();
  });
  it("raise #GP where there is none, and tell the log", () => {
    expect(after(rdmsr(0x4b564d00))).toBeNull();
    expect(after(wrmsr(0x12345678, 0))).toBeNull();
    const memory = new SimpleBus();
    const told: string[] = [];
    const cpu = new X86Cpu({
      memory,
      io: new SimpleBus(0),
      acknowledgeInterrupt: () => 0,
      onGuestError: (message) => told.push(message),
    });
    memory.bytes.set([0x66, ...[0xb9, ...imm32(0x999)], 0x0f, 0x32], 0x1000);
    cpu.setState({ cs: { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 }, eip: 0x1000 });
    cpu.run(2);
    expect(told).toEqual(["read of model specific register 0x999, which is not there"]);
  });
  it("set the time stamp counter, which RDTSCP reads with its processor's number", () => {
    const code = [...wrmsr(0xc0000103, 77), ...wrmsr(0x10, 0, 5), 0x0f, 0x01, 0xf9];
    const state = new Guest([...code, ...HLT]).flat().run();
    expect([state.edx, state.ecx]).toEqual([5, 77]);
    expect(state.eax).toBeLessThan(10);
  });
  it("take addresses for SYSENTER that are canonical alone, where there is long mode", () => {
    for (const index of [0x175, 0x176]) {
      expect(after([...wrmsr(index, 5, 0xffff_8000), ...rdmsr(index)])).toEqual([0xffff_8000, 5]);
      expect(after(wrmsr(index, 5, 0x8000))).toBeNull();
      expect(after(wrmsr(index, 5, 0x8000), "pentium3")).not.toBeNull();
    }
  });
  it("take types and addresses that there are for ranges of memory types", () => {
    const base = (low: number, high = 0) => after([...wrmsr(0x200, low, high), ...rdmsr(0x200)]);
    expect(base(0xe0000006, 0xff)).toEqual([0xff, 0xe0000006]);
    for (const low of [2, 7, 0x106, 0x806]) expect(base(low)).toBeNull();
    expect(base(6, 0x100)).toBeNull();
    const mask = (low: number, high = 0) => after([...wrmsr(0x20f, low, high), ...rdmsr(0x20f)]);
    expect(mask(0xc0000800, 0xff)).toEqual([0xff, 0xc0000800]);
    expect([mask(0x801), mask(0x400), mask(0x800, 0x100)]).toEqual([null, null, null]);
    // Firmware counts with 36 bits where CPUID does not tell.
    expect(after(wrmsr(0x201, 0x800, 0xf), "qemu32,+mtrr")).not.toBeNull();
  });
  it("end at RDPMC, of which there is none", () => {
    expect(after([0x0f, 0x33])).toBeNull();
  });
});

describe("SYSENTER and SYSEXIT", () => {
  const SETUP = [...wrmsr(0x174, 8), ...wrmsr(0x175, 0x6000), ...wrmsr(0x176, 0x3000)];
  it("call level 0 and come back", () => {
    // SYSEXIT to 2000h, which executes SYSENTER to 3000h.
    const exit = [0xba, ...imm32(0x2000), 0xb9, ...imm32(0x5000), 0x0f, 0x35];
    const guest = new Guest([...SETUP, ...exit]).flat();
    guest.put(0x2000, [0x66, 0x8c, 0xcf, 0x66, 0x8c, 0xd6, 0x89, 0xe5, 0x0f, 0x34]);
    guest.put(0x3000, HLT);
    guest.cpu.setState({ eflags: 0x202, edi: 0, esi: 0 });
    const state = guest.run();
    expect([state.edi, state.esi, state.ebp]).toEqual([0x1b, 0x23, 0x5000]);
    expect([state.cs.selector, state.ss.selector, state.esp, state.eip]).toEqual([
      8, 0x10, 0x6000, 0x3001,
    ]);
    expect(state.cpl).toBe(0);
    expect(state.eflags & 0x200).toBe(0);
    expect([state.cs.base, state.cs.limit, state.cs.flags]).toEqual([0, 0xffffffff, 0xc09b00]);
  });
  it("raise #GP without a selector, in real mode, and SYSEXIT above level 0", () => {
    expect(after([0x0f, 0x34])).toBeNull();
    expect(after([0x0f, 0x35])).toBeNull();
    const guest = new Guest([0x0f, 0x35]).flat(3);
    expect(vectorOf(guest.run())).toBe(GP);
  });
});

describe("INIT and start-up", () => {
  function processor(isBootstrap: boolean): { cpu: X86Cpu; memory: SimpleBus; apics: LocalApics } {
    const memory = new SimpleBus();
    const apics = new LocalApics();
    const clock = {
      nowNs: () => 0,
      timer: () => ({ arm: () => undefined, cancel: () => undefined }),
    };
    const apic = apics.add({ id: 3, isBootstrap, clock, acknowledgeExternal: () => 0x20 });
    const cpu = new X86Cpu({
      memory,
      io: new SimpleBus(0),
      acknowledgeInterrupt: () => apic.acknowledge(),
      apic,
    });
    apic.connect(cpu);
    return { cpu, memory, apics };
  }
  it("start a processor that waits, once", () => {
    const { cpu, memory, apics } = processor(false);
    memory.bytes.set(HLT, 0x9000);
    memory.bytes.set(HLT, 0xa000);
    cpu.raiseNmi();
    expect([cpu.run(10), cpu.halted]).toEqual([0, true]);
    apics.deliver(3, 0, 6, 9, 0);
    apics.deliver(3, 0, 6, 9, 0);
    cpu.run(1);
    expect([cpu.state().cs.selector, cpu.state().cs.base, cpu.state().eip]).toEqual([
      0x900, 0x9000, 1,
    ]);
    apics.deliver(3, 0, 6, 0xa, 0);
    cpu.run(10);
    expect(cpu.state().cs.selector).toBe(0x900);
    apics.deliver(3, 0, 5, 0, 0);
    apics.deliver(3, 0, 6, 0xa, 0);
    expect([cpu.run(10), cpu.state().cs.selector]).toEqual([1, 0xa00]);
  });
  it("take the first processor to where a reset takes it", () => {
    const { cpu, apics } = processor(true);
    cpu.setState({ eip: 0x123, cr0: 0x11 });
    apics.deliver(0xff, 0, 5, 0, 0);
    apics.deliver(0xff, 0, 6, 9, 0);
    cpu.run(0);
    cpu.run(1);
    expect(cpu.state().cs.base).toBe(0xffff0000);
    expect(cpu.state().cr0).toBe(0x10);
  });
  it("bring back a processor that a triple fault has stopped", () => {
    const { cpu, memory, apics } = processor(false);
    apics.deliver(3, 0, 6, 9, 0);
    memory.bytes.set([0x0f, 0x0b], 0x9000);
    cpu.run(0);
    cpu.setState({ idtr: { base: 0, limit: 0 } });
    cpu.run(1);
    cpu.setState({ idtr: { base: 0, limit: 0 } });
    cpu.run(5);
    expect(cpu.shutdown).toBe(true);
    apics.deliver(3, 0, 5, 0, 0);
    apics.deliver(3, 0, 6, 0xa, 0);
    memory.bytes.set(HLT, 0xa000);
    expect([cpu.run(5), cpu.shutdown]).toEqual([1, false]);
  });
  it("show the APIC in CPUID and by x2APIC's registers", () => {
    const { cpu, memory } = processor(true);
    const cpuid = [0x66, 0xb8, ...imm32(1), 0x0f, 0xa2];
    memory.bytes.set([...cpuid, ...HLT], 0x1000);
    cpu.setState({ cs: { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 }, eip: 0x1000 });
    cpu.run(10);
    expect((cpu.state().edx >>> 9) & 1).toBe(1);
    expect(cpu.state().ebx >>> 24).toBe(3);
    const wide = (bytes: number[]): number[] =>
      bytes.flatMap((b, k) => ([0xb9, 0xba, 0xb8].includes(b) && k % 5 === 0 ? [0x66, b] : [b]));
    const code = [...wide(wrmsr(0x1b, 0xfee00d00)), ...wide(rdmsr(0x802)), ...HLT];
    memory.bytes.set(code, 0x2000);
    cpu.setState({ eip: 0x2000, halted: false });
    cpu.reset();
    cpu.setState({ cs: { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 }, eip: 0x2000 });
    cpu.run(20);
    expect(cpu.state().eax).toBe(3);
    expect(CpuModel.parse("max,-apic").has("x2apic")).toBe(false);
  });
});
