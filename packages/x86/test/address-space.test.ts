import { Machine } from "@mem/flat";
import { describe, expect, it } from "vitest";
import { X86Cpu } from "../src/index.js";

/** mov al,[0x3000]; out 0x80,al; mov ah,[0x3000]; hlt -- in RAM at 0x1000, on a real address space. */
function build(): { machine: Machine; cpu: X86Cpu; onPort(call: () => void): void } {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 1n << 32n });
  const ram = machine.ram({ name: "ram", size: 0x10000 });
  system.addSubregion(0, ram);
  const bank = machine.ram({ name: "bank", size: 0x1000 });
  bank.ramBytes().fill(0x22);
  bank.enabled = false;
  system.addSubregion(0x3000, bank, { priority: 1 });
  ram.ramBytes().set([0xa0, 0, 0x30, 0xe6, 0x80, 0x8a, 0x26, 0, 0x30, 0xf4], 0x1000);
  ram.ramBytes()[0x3000] = 0x11;
  let call = (): void => {
    bank.enabled = true;
  };
  const ports = machine.container({ name: "io", size: 0x10000 });
  const port = machine.mmio({ name: "port", size: 1, read: () => 0, write: () => call() });
  ports.addSubregion(0x80, port);
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "cpu-memory"),
    smmMemory: machine.addressSpace(system, "cpu-smm"),
    io: machine.addressSpace(ports, "I/O"),
    acknowledgeInterrupt: () => 0,
  });
  cpu.setState({ cs: { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 }, eip: 0x1000 });
  return { machine, cpu, onPort: (other) => void (call = other) };
}

describe("a processor on an address space", () => {
  it("sees a bank that its own port write switched in", () => {
    const { cpu } = build();
    cpu.run(100);
    expect(cpu.state().eax & 0xffff).toBe(0x2211);
  });

  it("stops watching when it is disposed of", () => {
    const { cpu, onPort } = build();
    onPort(() => undefined);
    cpu[Symbol.dispose]();
    cpu[Symbol.dispose]();
    cpu.run(100);
    expect(cpu.state().eax & 0xffff).toBe(0x1111);
  });

  it("drops stores to RAM that an alias shows read-only, and reads it", () => {
    const machine = new Machine();
    const system = machine.container({ name: "system", size: 1n << 32n });
    const ram = machine.ram({ name: "ram", size: 0x10000 });
    const shadow = machine.alias({ name: "shadow", size: 0x4000, target: ram, offset: 0x4000 });
    shadow.readonly = true;
    system.addSubregion(0, ram);
    system.addSubregion(0x4000, shadow, { priority: 1 });
    // mov byte [0x4000],0x55; mov byte [0x3000],0x55; mov al,[0x4000]; hlt
    const code = [0xc6, 6, 0, 0x40, 0x55, 0xc6, 6, 0, 0x30, 0x55, 0xa0, 0, 0x40, 0xf4];
    ram.ramBytes().set(code, 0x1000);
    ram.ramBytes()[0x4000] = 0x11;
    const memory = machine.addressSpace(system, "cpu-memory");
    const ports = machine.container({ name: "io", size: 0x10000 });
    const io = machine.addressSpace(ports, "I/O");
    const cpu = new X86Cpu({ memory, io, acknowledgeInterrupt: () => 0 });
    cpu.setState({ cs: { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 }, eip: 0x1000 });
    cpu.run(100);
    expect(cpu.state().eax & 0xff).toBe(0x11);
    expect([ram.ramBytes()[0x3000], ram.ramBytes()[0x4000]]).toEqual([0x55, 0x11]);
  });
});
