import {
  type MemoryModelError,
  MemorySystem,
  MiB,
  RAM_CHUNK_BYTES,
  RamBlockError,
  type RamOptions,
  RegionOptionsError,
  TiB,
} from "@mem/core";
import { beforeEach, describe, expect, it } from "vitest";

let machine: MemorySystem;
beforeEach(() => {
  machine = new MemorySystem();
});

function refusal(options: Partial<RamOptions>): MemoryModelError {
  try {
    machine.ram({ name: "ram", size: 0x1000, ...options });
  } catch (error) {
    if ([...machine.ramRegions].length > 0) throw new Error("a region was left behind");
    return error as MemoryModelError;
  }
  throw new Error("it was accepted");
}

describe("memory of the caller's", () => {
  it.each([
    { name: "ArrayBuffer", memory: new ArrayBuffer(0x3000) },
    { name: "SharedArrayBuffer", memory: new SharedArrayBuffer(0x3000) },
    { name: "Uint8Array", memory: new Uint8Array(new ArrayBuffer(0x5000), 0x2000) },
    ...("Buffer" in globalThis ? [{ name: "Buffer", memory: Buffer.alloc(0x3000) }] : []),
    { name: "WebAssembly.Memory", memory: new WebAssembly.Memory({ initial: 1 }) },
  ])("can be $name, from an offset on", ({ memory }) => {
    const ram = machine.ram({ name: "ram", size: 0x1000, memory, memoryOffset: 0x1800 });
    const bytes = ram.ramBytes(0, 0x1000);
    const whole =
      memory instanceof Uint8Array
        ? memory
        : new Uint8Array("buffer" in memory ? memory.buffer : memory);
    whole[0x1801] = 0x42;
    expect(bytes[1]).toBe(0x42);
    bytes[0xfff] = 0x43;
    expect(whole[0x27ff]).toBe(0x43);
    expect(machine.regionOfBytes(whole.subarray(0x1810))).toEqual({ region: ram, offset: 0x10 });
    expect(machine.regionOfBytes(whole.subarray(0x17ff))).toBeNull();
  });

  it("is refused where it is too small", () => {
    expect(refusal({ memory: new ArrayBuffer(0xfff) })).toBeInstanceOf(RamBlockError);
    const memory = new ArrayBuffer(0x2000);
    for (const memoryOffset of [0x1001, -1, 0.5, Number.NaN, 2 ** 53]) {
      const error = refusal({ memory, memoryOffset });
      expect(error, `${memoryOffset}`).toMatchObject({ rule: "memory-too-small", region: "ram" });
    }
    expect(machine.ram({ name: "r", size: 0x1000, memory, memoryOffset: 0x1000 })).toBeDefined();
  });

  it("is refused where it has been detached", () => {
    const buffer = new ArrayBuffer(0x1000);
    const view = new Uint8Array(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    expect(refusal({ memory: buffer })).toMatchObject({ rule: "memory-detached" });
    expect(refusal({ memory: view })).toMatchObject({ rule: "memory-detached" });
    const wasm = new WebAssembly.Memory({ initial: 1 });
    const old = wasm.buffer;
    wasm.grow(1);
    expect(refusal({ memory: old })).toMatchObject({ rule: "memory-detached" });
  });

  it("is refused where it may shrink, and not where it only grows", () => {
    type Growable = new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
    const memory = new (ArrayBuffer as Growable)(0x1000, { maxByteLength: 0x2000 });
    for (const supplied of [memory, new Uint8Array(memory)]) {
      const error = refusal({ memory: supplied });
      expect(error).toBeInstanceOf(RegionOptionsError);
      expect(error).toMatchObject({ rule: "memory-resizable" });
    }
    type Growing = new (length: number, options: { maxByteLength: number }) => SharedArrayBuffer;
    const shared = new (SharedArrayBuffer as unknown as Growing)(0x1000, { maxByteLength: 0x2000 });
    expect(machine.ram({ name: "ram", size: 0x1000, memory: shared }).ramBytes().length).toBe(
      0x1000,
    );
  });
});

describe("options that contradict each other", () => {
  const memory = new ArrayBuffer(0x1000);
  const source = { load: () => undefined, discard: () => undefined };

  it.each<[string, Partial<RamOptions>]>([
    ["memory-and-source", { memory, source }],
    ["memory-and-source", { memory, sparse: true }],
    ["offset-without-memory", { memoryOffset: 0 }],
    ["source-not-sparse", { source, sparse: false }],
    ["backing-without-memory", { backing: {} }],
  ])("are refused: %s", (rule, options) => {
    const error = refusal(options);
    expect(error).toBeInstanceOf(RegionOptionsError);
    expect(error.rule).toBe(rule);
  });

  it("so is memory in one piece that no host has", () => {
    expect(refusal({ size: TiB, sparse: false })).toMatchObject({ rule: "host-memory" });
  });
});

describe("memory that is loaded chunk by chunk", () => {
  it("asks its source once for each chunk, when it is touched", () => {
    const asked: unknown[] = [];
    const ram = machine.ram({
      name: "image",
      size: 3 * RAM_CHUNK_BYTES + 0x1000,
      source: {
        load(offset, into) {
          asked.push([offset, into.length]);
          into.fill(offset / RAM_CHUNK_BYTES + 1);
        },
        discard: (offset, length) => asked.push(["discard", offset, length]),
      },
    });
    expect(asked).toEqual([]);
    expect(ram.ramBytes(RAM_CHUNK_BYTES + 5, 2)).toEqual(new Uint8Array([2, 2]));
    expect(ram.ramBytes(3 * RAM_CHUNK_BYTES, 1)[0]).toBe(4);
    ram.ramBytes(RAM_CHUNK_BYTES, 1);
    expect(asked.splice(0)).toEqual([
      [RAM_CHUNK_BYTES, RAM_CHUNK_BYTES],
      [3 * RAM_CHUNK_BYTES, 0x1000],
    ]);
    ram.ramBlock?.discard(0, 2 * RAM_CHUNK_BYTES + 0x1000);
    // The third chunk is zeroed in part: so it had to be there.
    expect(asked).toEqual([
      ["discard", 0, RAM_CHUNK_BYTES],
      ["discard", RAM_CHUNK_BYTES, RAM_CHUNK_BYTES],
      [2 * RAM_CHUNK_BYTES, RAM_CHUNK_BYTES],
    ]);
    expect(ram.ramBytes(2 * RAM_CHUNK_BYTES, 0x2000)[0x1000]).toBe(3);
    expect(ram.ramBytes(2 * RAM_CHUNK_BYTES, 0x2000)[0xfff]).toBe(0);
  });

  it("can end with its region", () => {
    const log: string[] = [];
    machine = new MemorySystem({ log: (_, message) => log.push(message) });
    const source = { load: () => undefined, discard: () => undefined };
    let ended = 0;
    const end = () => void ended++;
    machine.ram({ name: "a", size: MiB, source, backing: { end } }).unparent();
    expect(ended).toBe(1);
    const fail = () => {
      throw new Error("no space left");
    };
    machine.ram({ name: "b", size: MiB, source, backing: { end: fail } }).unparent();
    expect(log.join()).toMatch(/b: .*no space left/);
    expect([...machine.ramRegions]).toEqual([]);
  });
});
