import { describe, expect, it } from "vitest";
import {
  type Engine,
  type EngineHost,
  FAULTS,
  NOT_DIRECT,
  StateLayout,
  STATE_BYTES,
  X86Cpu,
} from "../src/index.js";
import { SimpleBus } from "./simple-bus.js";

/** A processor in real mode with code at 0x1000, and an engine that notes what it is told. */
function guest(code: readonly number[], execute: (host: EngineHost) => boolean) {
  const memory = new SimpleBus(1 << 16);
  memory.bytes.set(code, 0x1000);
  const told: string[] = [];
  const guarded = new Set<number>();
  const storage = { buffer: new ArrayBuffer(STATE_BYTES + 64), offset: 64 };
  const hosts: EngineHost[] = [];
  const cpu = new X86Cpu({
    memory,
    io: new SimpleBus(0),
    acknowledgeInterrupt: () => 0,
    storage,
    engine(host): Engine {
      hosts.push(host);
      return {
        execute: () => execute(host),
        tlbFlushed: () => void told.push("flush"),
        localFlushed: () => void told.push("local"),
        pageFlushed: (linear) => void told.push(`page ${linear.toString(16)}`),
        guards: (_, at) => guarded.has(at),
        stored: (_, at, size) => void told.push(`stored ${size} ${at.toString(16)}`),
      };
    },
  });
  const data = { selector: 0, base: 0, limit: 0xffff, flags: 0x9300 };
  const cs = { ...data, flags: 0x9b00 };
  cpu.setState({ cs, ds: data, es: data, ss: data, eip: 0x1000, esp: 0x8000 });
  told.length = 0;
  const [host] = hosts as [EngineHost];
  return { cpu, memory, storage, host, told, guarded };
}

describe("the seam of a translator", () => {
  it("keeps the registers where they are asked for", () => {
    const { cpu, storage } = guest([0xb8, 0x34, 0x12, 0xf4], () => false);
    expect(cpu.run(10)).toBe(2);
    const words = new Int32Array(storage.buffer, storage.offset);
    expect(words[StateLayout.registers / 4]).toBe(0x1234);
    expect(words[StateLayout.limits / 4 + 1]).toBe(0xffff);
  });

  it("asks once for each run of instructions without a jump", () => {
    let asked = 0;
    // inc ax; inc ax; jmp 1000
    const { cpu } = guest([0x40, 0x40, 0xeb, 0xfc], () => (asked++, false));
    cpu.run(30);
    expect(asked).toBe(10);
  });

  it("goes on where the engine left off, with its count of instructions", () => {
    const { cpu, storage } = guest([0xf4], (host) => {
      if (host.eip !== 0x1000) return false;
      const words = new Int32Array(storage.buffer, storage.offset);
      host.save();
      words[StateLayout.eip / 4] = 0x1234;
      words[StateLayout.left / 4] = host.left - 7;
      host.restore();
      return true;
    });
    expect(cpu.run(10)).toBe(10);
    expect(cpu.state().eip).toBe(0x1234 + 2 * 3); // add [bx+si],al
    expect(cpu.instructionCount).toBe(10);
  });

  it("tells of stores to guarded pages, and of no others", () => {
    // mov [2000],al; mov [3000],ax; hlt
    const code = [0xa2, 0x00, 0x20, 0xa3, 0x00, 0x30, 0xf4];
    const { cpu, told, guarded, host } = guest(code, () => false);
    cpu.run(10);
    expect(told).toEqual([]);
    guarded.add(0x3000);
    host.protect();
    cpu.setState({ halted: false, eip: 0x1000 });
    cpu.run(10);
    expect(told).toEqual(["flush", "stored 2 3000"]);
  });

  it("answers where memory lies only if it lies in the storage, and raises nothing", () => {
    const { host, memory, cpu } = guest([0xf4], () => false);
    expect(host.direct(0x2000, false)).toBe(NOT_DIRECT);
    expect(host.codePage(0x1004)).toEqual({
      bytes: memory.bytes,
      at: 0x1000,
      block: null,
      offset: 0x1000,
      isGlobal: false,
    });
    expect(host.codePage(0x20000)).toBeNull();
    cpu.setState({ cr0: 0x80000011, cr3: 0x4000, cr2: 0x55 });
    expect(host.codePage(0x1000)).toBeNull();
    expect(host.direct(0x2000, true)).toBe(FAULTS);
    expect(cpu.state().cr2).toBe(0x55);
  });

  it("answers that rights forbid an access, and marks no page for it", () => {
    const { host, memory, cpu } = guest([0xf4], () => false);
    const tables = new DataView(memory.bytes.buffer, memory.bytes.byteOffset);
    // A directory, and a page of level 0 that cannot be written.
    tables.setUint32(0x4000, 0x5007, true);
    tables.setUint32(0x5008, 0x2001, true);
    cpu.setState({ cr0: 0x80010011, cr3: 0x4000, cr2: 0x55 });
    expect(host.direct(0x2000, true)).toBe(FAULTS);
    expect([tables.getUint32(0x4000, true), tables.getUint32(0x5008, true)]).toEqual([
      0x5027, 0x2001,
    ]);
    expect(host.direct(0x2000, false)).toBe(NOT_DIRECT);
    expect(tables.getUint32(0x5008, true)).toBe(0x2021);
    cpu.setState({ cpl: 3 });
    expect(host.direct(0x2000, false)).toBe(FAULTS);
    expect(host.codePage(0x2000)).toBeNull();
    expect(cpu.state().cr2).toBe(0x55);
  });
});
