import { AddressError, Data64, DirtyClient, Machine, memOp, RamBlockError } from "@mem/flat";
import { describe, expect, it } from "vitest";
import { Bus, MemoryRegionCache } from "../src/index.js";

function board() {
  const lines: string[] = [];
  const machine = new Machine({ log: (_category, text) => lines.push(text) });
  const ram = machine.ram({ name: "ram", size: 0x10000 });
  const space = machine.addressSpace(ram, "cpu");
  const { ramBlock: block } = ram;
  if (!block) throw new Error("no block");
  return { machine, ram, space, block, lines };
}

const at = 0x1234;
const data = new Data64();

describe("a watch of code", () => {
  it("is told once of each store to a marked page, by whatever road, after the store", () => {
    const { ram, space, block } = board();
    // Made, and used, before anybody watches.
    const cache = new MemoryRegionCache(space, 0x1000, 0x100, true);
    const bus = new Bus(space);
    const roads: Record<string, [store: () => unknown, offset: number, length: number]> = {
      store: [() => space.store(at, 4, 1), at, 4],
      store64: [() => space.store64(at, 1n), at, 8],
      storeData: [() => space.storeData(at, memOp(2, "big"), data), at, 2],
      "Bus.st64be": [() => bus.st64be(at, 1n), at, 8],
      "Bus.st32le": [() => bus.st32le(at, 1), at, 4],
      write: [() => space.write(at, new Uint8Array(64)), at, 64],
      writeRom: [() => space.writeRom(at, new Uint8Array(64)), at, 64],
      "a fill": [() => space.set(at, 1, 100), at, 100],
      "into the page": [() => space.write(0xff0, new Uint8Array(64)), 0xff0, 64],
      "a cached store": [() => cache.st32le(8, 1), 0x1008, 4],
      "a cached 64-bit store": [() => cache.st64le(8, 1n), 0x1008, 8],
      "a cached write": [() => cache.write(0, new Uint8Array(16)), 0x1000, 16],
      mapping: [() => space.map(at, 32, { isWrite: true })?.unmap(20), at, 20],
      "RamBlock.write": [() => block.write(at, new Uint8Array(3)), at, 3],
      "RamBlock.discard": [() => block.discard(0x1000, 0x1000), 0x1000, 0x1000],
      markWritten: [() => ram.markWritten(at, 5), at, 5],
    };
    for (const [store] of Object.values(roads)) store();
    const told: [number, number][] = [];
    const watch = block.watchCode((offset, length) => told.push([offset, length]));
    for (const [store] of Object.values(roads)) store();
    expect(told).toEqual([]);
    watch.mark(0x1000, 0x1000);
    for (const [name, [store, offset, length]] of Object.entries(roads)) {
      told.length = 0;
      store();
      expect([name, ...told]).toEqual([name, [offset, length]]);
    }
    told.length = 0;
    space.store(0x2000, 4, 1);
    space.write(0x3000, new Uint8Array(0x1000));
    expect(told).toEqual([]);
    watch.unmark(0x1000);
    space.store(at, 4, 1);
    watch[Symbol.dispose]();
    for (const [store] of Object.values(roads)) store();
    expect(told).toEqual([]);
    cache.destroy();
  });

  it("has stores marked dirty as before", () => {
    const { ram, space, block } = board();
    ram.setLog(true);
    using watch = block.watchCode(() => undefined);
    watch.mark(0x1000);
    const dirty = block.dirtyBitmap(DirtyClient.VGA);
    dirty.clear(0, 16);
    space.store(at, 4, 1);
    expect(dirty.get(1)).toBe(true);
    expect(ram.plainWrite).toBe(false);
  });

  it("costs nothing where there is none: stores go straight to memory again when it ends", () => {
    const { ram, block } = board();
    expect(ram.plainWrite).toBe(true);
    const [one, two] = [block.watchCode(() => undefined), block.watchCode(() => undefined)];
    expect(ram.plainWrite).toBe(false);
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    expect(ram.plainWrite).toBe(false);
    two[Symbol.dispose]();
    expect(ram.plainWrite).toBe(true);
  });

  it("that throws fails no store: it is logged", () => {
    const { space, block, lines } = board();
    using watch = block.watchCode(() => {
      throw new Error("broken");
    });
    watch.mark(0x1000);
    expect(space.store(at, 4, 7)).toBe(0);
    expect(space.load(at, 4)).toBe(7);
    expect(lines).toEqual([expect.stringContaining("broken")]);
  });

  it("refuses to mark what is not within the block, and has marked nothing then", () => {
    const { block } = board();
    const watch = block.watchCode(() => undefined);
    for (const [offset, length] of [[-1], [0x10000], [0xf000, 0x1001], [0, -1]] as const) {
      expect(() => watch.mark(offset, length)).toThrow(RamBlockError);
      expect(() => watch.unmark(offset, length)).toThrow(RamBlockError);
    }
    expect(() => watch.isMarked(0x10000)).toThrow(RamBlockError);
    // What is no number of bytes at all is another mistake.
    expect(() => watch.mark(NaN)).toThrow(AddressError);
    expect(() => watch.unmark(NaN)).toThrow(AddressError);
    for (let page = 0; page < 16; page++) expect(watch.isMarked(page * 0x1000)).toBe(false);
  });
});
