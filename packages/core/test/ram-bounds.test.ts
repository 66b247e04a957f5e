import { AddressError, MemorySystem, RAM_CHUNK_BYTES, RamBlockError } from "@mem/core";
import { describe, expect, it } from "vitest";

const PAGE = 0x1000;
const memory = new MemorySystem();

/** Two regions in one buffer, the first of which ends within a page. */
function neighbours(make: () => ArrayBufferLike) {
  const buffer = make();
  const first = memory.ram({ name: "first", size: 0x1800, memory: buffer });
  const second = memory.ram({ name: "second", size: 0x1000, memory: buffer, memoryOffset: 0x1800 });
  return { buffer, first, second };
}

describe.each<[string, () => ArrayBufferLike]>([
  ["an ArrayBuffer", () => new ArrayBuffer(0x4000)],
  ["a SharedArrayBuffer", () => new SharedArrayBuffer(0x4000)],
])("regions that share %s", (_, make) => {
  it("are told apart by their bytes", () => {
    const { buffer, first, second } = neighbours(make);
    const at = (offset: number) => memory.regionOfBytes(new Uint8Array(buffer, offset, 1));
    expect(at(0x17ff)).toEqual({ region: first, offset: 0x17ff });
    expect(at(0x1800)).toEqual({ region: second, offset: 0 });
    expect(at(0x27ff)).toEqual({ region: second, offset: 0xfff });
    expect(at(0x2800)).toBeNull();
  });

  it("show none of each other's bytes, by any view", () => {
    const { first, second } = neighbours(make);
    for (const region of [first, second]) {
      const size = Number(region.size);
      const block = region.ramBlock;
      const span = block?.span(0);
      const runs = [...(block?.allocated(0, size) ?? [])];
      const lengths = [
        span?.bytes.byteLength,
        span?.view.byteLength,
        runs[0]?.bytes.byteLength,
        region.ramBytes().byteLength,
        block?.maxLength,
        block?.allocatedBytes,
      ];
      expect(lengths).toEqual(Array(6).fill(size));
      expect(() => region.ramBytes(0, size + 1)).toThrow(RamBlockError);
      expect(() => block?.read(size, new Uint8Array(1))).toThrow(RamBlockError);
    }
  });

  it("leave each other alone when they are discarded or resized", () => {
    const { buffer, first, second } = neighbours(make);
    second.ramBytes().fill(7);
    first.ramBlock?.discard(PAGE, 0x800);
    first.ramResize(0x1800);
    expect(new Uint8Array(buffer, 0x1800, 1)[0]).toBe(7);
    expect(() => first.ramResize(0x2000)).toThrow(RamBlockError);
    expect(() => (first.size = 0x1801)).toThrow(RamBlockError);
  });
});

it("a WebAssembly.Memory that grows shows no more than before", () => {
  const wasm = new WebAssembly.Memory({ initial: 1 });
  const ram = memory.ram({ name: "ram", size: 0x1800, memory: wasm, memoryOffset: PAGE });
  wasm.grow(1);
  ram.ramBlock?.refresh();
  expect([ram.ramBytes().byteLength, ram.ramBytes().byteOffset]).toEqual([0x1800, PAGE]);
  expect(memory.regionOfBytes(new Uint8Array(wasm.buffer, PAGE + 0x1800))).toBeNull();
});

it("resizeable memory of the caller's reaches its maximum, where that is no whole page", () => {
  const buffer = new ArrayBuffer(0x4000);
  const ram = memory.resizeableRam({ name: "ram", size: PAGE, maxSize: 0x1800, memory: buffer });
  ram.ramResize(0x1400);
  expect([ram.size, ram.ramBlock?.usedLength]).toEqual([0x1400n, 0x1800]);
  ram.ramResize(0x1800);
  expect([ram.size, ram.ramBlock?.usedLength]).toEqual([0x1800n, 0x1800]);
  expect(() => ram.ramResize(0x1801)).toThrow(RamBlockError);
});

describe("the bytes of an alias", () => {
  const ram = memory.ram({ name: "ram", size: 0x4000 });
  const window = memory.alias({ name: "window", size: 0x1800, target: ram, offset: PAGE });
  const beyond = memory.alias({ name: "beyond", size: 0x4000, target: ram, offset: 0x3000 });

  it("are those that it shows, and no others", () => {
    const bytes = window.ramBytes();
    expect([bytes.byteOffset - ram.ramBytes().byteOffset, bytes.byteLength]).toEqual([
      PAGE,
      0x1800,
    ]);
    expect(window.ramBytes(0x17ff).byteLength).toBe(1);
    expect(window.ramBytes(0x1000, 0x800).byteLength).toBe(0x800);
    for (const [offset, length] of [
      [0x1000, 0x801],
      [0x1801, undefined],
      [0x1801, 0],
    ] as const) {
      expect(() => window.ramBytes(offset, length)).toThrow(/leave the alias/);
    }
  });

  it("end where the memory does", () => {
    expect(beyond.ramBytes().byteLength).toBe(PAGE);
    expect(() => beyond.ramBytes(0, 0x1001)).toThrow(RamBlockError);
  });

  it("of an alias are those that both show", () => {
    const inner = memory.alias({ name: "inner", size: 0x4000, target: window, offset: 0x1000 });
    expect(inner.ramBytes().byteLength).toBe(0x800);
  });
});

it.each([false, true])("a block has no run outside itself (sparse: %s)", (sparse) => {
  const block = memory.ram({ name: "ram", size: PAGE, sparse }).ramBlock;
  for (const offset of [-1, PAGE, RAM_CHUNK_BYTES]) {
    expect(() => block?.span(offset)).toThrow(RamBlockError);
  }
  expect(() => block?.span(NaN)).toThrow(AddressError);
  expect(block?.allocatedBytes).toBe(sparse ? 0 : PAGE);
});
