import { inspected } from "@mem/common";
import { describe, expect, it } from "vitest";
import { CpuOptionsError, X86Cpu } from "../src/index.js";
import { Guest } from "./guest.js";
import { SimpleBus } from "./simple-bus.js";

describe("console.log of a processor", () => {
  it("is where it is, and its registers in short", () => {
    const guest = new Guest([0x40, 0xf4]);
    guest.cpu.run(10);
    const [first, ...lines] = inspected(guest.cpu).split("\n");
    expect(first).toBe("X86Cpu at 0000:1002, real mode, 2 instruction(s), halted");
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe("  EAX=00000001 EBX=00000000 ECX=00000000 EDX=00060fb1");
    expect(lines.at(-1)).toBe("  CR0=60000010 CR2=00000000 CR3=00000000 CR4=00000000");
    expect(inspected({ cpu: guest.cpu })).toBe(`{ cpu: ${first} }`);
    expect(String(guest.cpu)).toBe(first);
    expect(JSON.parse(JSON.stringify(guest.cpu))).toMatchObject({
      mode: "real mode",
      halted: true,
      instructionCount: 2,
      registers: { eax: 1, eip: 0x1002, cs: { selector: 0 } },
    });
  });

  it("knows its mode", () => {
    const guest = new Guest([]);
    guest.cpu.setState({ cr0: 0x60000011 });
    expect(String(guest.cpu)).toContain("protected mode");
    guest.cpu.setState({ eflags: 0x20002 });
    expect(String(guest.cpu)).toContain("virtual 8086 mode");
  });
});

describe("a processor made of what it cannot be made of", () => {
  const wiring = { memory: new SimpleBus(), io: new SimpleBus(0), acknowledgeInterrupt: () => 0 };

  it.each([
    [undefined, "options-object", "the options are undefined, but must be an object"],
    [{ ...wiring, memory: undefined }, "option-missing", 'the option "memory" is missing'],
    [{ ...wiring, io: {} }, "option-kind", "must be a bus, such as an AddressSpace"],
    [{ ...wiring, acknowledgeInterrupt: 8 }, "option-kind", "must be a function"],
    [{ ...wiring, readTSC: () => 0n }, "option-unknown", 'did you mean "readTsc"?'],
    [{ ...wiring, smmMemory: 5 }, "option-kind", "must be a bus"],
  ])("is refused: %#", (options, rule, message) => {
    let thrown: unknown;
    try {
      new X86Cpu(options as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CpuOptionsError);
    expect(thrown).toMatchObject({ rule, name: "CpuOptionsError" });
    expect(String(thrown)).toContain(`new X86Cpu: `);
    expect(String(thrown)).toContain(message);
  });
});
