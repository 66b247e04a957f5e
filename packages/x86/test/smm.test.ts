import { describe, expect, it } from "vitest";
import { CpuModel, X86Cpu } from "../src/index.js";
import { Guest } from "./guest.js";
import { SimpleBus } from "./simple-bus.js";

/** A guest at 0x1000 with system management memory of its own; the handler is at 0x38000. */
function build(
  handler: readonly number[],
  model = "max,-lm",
): { cpu: X86Cpu; memory: SimpleBus; smram: SimpleBus } {
  const memory = new SimpleBus();
  const smram = new SimpleBus();
  memory.bytes.set([0x40, 0x40, 0xf4], 0x1000);
  smram.bytes.set(handler, 0x38000);
  const cpu = new X86Cpu({
    memory,
    smmMemory: smram,
    io: new SimpleBus(0),
    acknowledgeInterrupt: () => 0,
    model: CpuModel.parse(model),
  });
  cpu.setState({ cs: { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 }, eip: 0x1000 });
  return { cpu, memory, smram };
}

describe("system management mode", () => {
  it("runs the handler in its own memory and resumes with all registers", () => {
    // mov word [0x2000],0x1234; mov ax,0x5555; rsm
    const { cpu, memory, smram } = build([
      0xc7, 0x06, 0x00, 0x20, 0x34, 0x12, 0xb8, 0x55, 0x55, 0x0f, 0xaa,
    ]);
    cpu.run(1);
    const before = cpu.state();
    cpu.raiseSmi();
    cpu.run(3);
    expect(cpu.state()).toEqual(before);
    expect(smram.view.getUint16(0x2000, true)).toBe(0x1234);
    expect(memory.view.getUint16(0x2000, true)).toBe(0);
    expect(smram.view.getUint32(0x3fff0, true)).toBe(0x1001);
    cpu.run(10);
    expect(cpu.state().eax).toBe(2);
  });

  it("lets the handler change what it resumes, and move its base", () => {
    // mov dword [0x3ffd0],0x777 through 32-bit addressing; mov dword [0x3fef8],0x40000; rsm
    const { cpu, smram } = build([
      0x66, 0x67, 0xc7, 0x05, 0xd0, 0xff, 0x03, 0x00, 0x77, 0x07, 0x00, 0x00, 0x66, 0x67, 0xc7,
      0x05, 0xf8, 0xfe, 0x03, 0x00, 0x00, 0x00, 0x04, 0x00, 0x0f, 0xaa,
    ]);
    smram.bytes.set([0x0f, 0xaa], 0x48000);
    cpu.raiseSmi();
    cpu.run(3);
    expect(cpu.state().eax).toBe(0x777);
    cpu.raiseSmi();
    cpu.run(1);
    expect(smram.view.getUint32(0x4ffd0, true)).toBe(0x777);
    expect(cpu.state().eip).toBe(0x1000);
  });

  it("shuts the processor down if what it would resume cannot be", () => {
    // mov dword [0x3fffc],CR0 through 32-bit addressing; rsm
    const resume = (...cr0: number[]): boolean => {
      const move = [0x66, 0x67, 0xc7, 0x05, 0xfc, 0xff, 0x03, 0x00];
      const { cpu } = build([...move, ...cr0, 0x0f, 0xaa]);
      cpu.raiseSmi();
      cpu.run(2);
      return cpu.shutdown;
    };
    expect(resume(0x10, 0, 0, 0x60)).toBe(false);
    // Paging without protection; NW without CD.
    expect(resume(0x10, 0, 0, 0x80)).toBe(true);
    expect(resume(0x10, 0, 0, 0x20)).toBe(true);
  });

  it("saves registers of 64 bits where there is long mode", () => {
    // mov dword [0x3fff8],0x777 (RAX); mov dword [0x3ff00],0x40000 (SMBASE); rsm
    const { cpu, smram } = build(
      [
        0x66, 0x67, 0xc7, 0x05, 0xf8, 0xff, 0x03, 0x00, 0x77, 0x07, 0x00, 0x00, 0x66, 0x67, 0xc7,
        0x05, 0x00, 0xff, 0x03, 0x00, 0x00, 0x00, 0x04, 0x00, 0x0f, 0xaa,
      ],
      "max",
    );
    smram.bytes.set([0x0f, 0xaa], 0x48000);
    const before = cpu.state();
    cpu.raiseSmi();
    cpu.run(3);
    expect(smram.view.getUint32(0x3fefc, true)).toBe(0x20064);
    expect(smram.view.getUint32(0x3ff78, true)).toBe(0x1000);
    expect(cpu.state().eax).toBe(0x777);
    cpu.raiseSmi();
    cpu.run(1);
    expect(smram.view.getUint32(0x4fff8, true)).toBe(0x777);
    cpu.setState({ eax: before.eax });
    expect(cpu.state()).toEqual(before);
  });

  it("refuses RSM outside", () => {
    const guest = new Guest([0x0f, 0xaa]);
    guest.put(6 * 4, [0x00, 0x20, 0, 0]);
    guest.put(0x2000, [0xf4]);
    expect(guest.run().eip).toBe(0x2001);
  });
});
