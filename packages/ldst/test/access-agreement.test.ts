import { Random } from "@mem/common";
import { Data64, memOp, MemTxResult } from "@mem/flat";
import { Bus, bytes as bytesField, defineLayout, MemoryRegionCache, TxStatus } from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { type Below, NaiveBytes, PAGES } from "./naive-bytes.js";

// One property for all entrances: each reaches, byte by byte, what shows at that byte at that
// moment, whatever overlays and translations there are, and whatever changes of them meanwhile.

const END = PAGES * 0x1000;
const SIZES = [1, 2, 4, 8] as const;

function numbers(seed: number): Below {
  const random = new Random(seed);
  return (n) => random.below(n);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const reversed = (bytes: Uint8Array) => bytes.slice().reverse();
const valueOf = (bytes: Uint8Array) =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** One world, and every way to reach it. */
class Entrances {
  readonly #world: NaiveBytes;
  readonly #below: Below;
  readonly #bus: Bus;
  readonly #cache: MemoryRegionCache;
  readonly #status = new TxStatus();

  constructor(world: NaiveBytes, below: Below) {
    this.#world = world;
    this.#below = below;
    this.#bus = new Bus(world.space);
    this.#cache = new MemoryRegionCache(world.space, 0, END, true);
  }

  /** One access by one of the entrances: what it came to, and what it should have. */
  step(): { name: string; got: unknown; expected: unknown } {
    const below = this.#below;
    const addr = below(4) ? below(END - 0x200) : 0x1000 * (1 + below(PAGES - 1)) - below(9);
    const size = SIZES[below(4)] ?? 4;
    const isBig = below(2) === 1;
    const length = below(4) ? below(0x48) : below(0x1100);
    const at = Math.min(addr, END - length - 8);
    const data = Uint8Array.from({ length }, () => below(256));
    const word = Uint8Array.from({ length: size }, () => below(256));
    const ways = [
      () => this.#loads(at, size, isBig),
      () => this.#stores(at, word, isBig),
      () => this.#reads(at, length),
      () => this.#writes(at, data),
      () => this.#asks(at, length),
      () => this.#maps(at, 1 + below(0x40), below(2) === 1),
    ];
    return (ways[below(ways.length)] ?? (() => this.#reads(at, length)))();
  }

  #loads(at: number, size: 1 | 2 | 4 | 8, isBig: boolean) {
    const { space } = this.#world;
    const { bytes, result } = this.#world.load(at, size);
    const expected = [valueOf(isBig ? reversed(bytes) : bytes), result];
    const status = this.#status;
    const op = memOp(size, isBig ? "big" : "little");
    const words = this.#below(2) ? this.#bus : this.#cache;
    const name = `load of ${size}`;
    if (this.#below(3) === 0) {
      const data = new Data64();
      const got = space.loadData(at, op, data);
      return { name: `${name} by data`, got: [data.value64, got], expected };
    }
    if (size !== 8 && !isBig && this.#below(2)) {
      const value = BigInt(space.load(at, size));
      return { name: `${name} by the space`, got: [value, space.lastResult], expected };
    }
    const bits = (size * 8) as 8 | 16 | 32 | 64;
    const form = bits === 8 ? "ld8" : (`ld${bits}${isBig ? "be" : "le"}` as const);
    const got = BigInt(words[form](at, undefined, status));
    return { name: `${name} by ${words.constructor.name}`, got: [got, status.result], expected };
  }

  #stores(at: number, bytes: Uint8Array, isBig: boolean) {
    const { space } = this.#world;
    const expected = this.#world.store(at, bytes);
    const size = bytes.length as 1 | 2 | 4 | 8;
    const value = valueOf(isBig ? reversed(bytes) : bytes);
    const status = this.#status;
    const words = this.#below(2) ? this.#bus : this.#cache;
    const name = `store of ${size}`;
    if (this.#below(3) === 0) {
      const data = new Data64();
      data.value64 = value;
      const got = space.storeData(at, memOp(size, isBig ? "big" : "little"), data);
      return { name: `${name} by data`, got, expected };
    }
    if (size !== 8 && !isBig && this.#below(2)) {
      return { name: `${name} by the space`, got: space.store(at, size, Number(value)), expected };
    }
    if (size === 8) words[isBig ? "st64be" : "st64le"](at, value, undefined, status);
    else if (size === 1) words.st8(at, Number(value), undefined, status);
    else {
      const bits = (size * 8) as 16 | 32;
      words[`st${bits}${isBig ? "be" : "le"}`](at, Number(value), undefined, status);
    }
    return { name: `${name} by ${words.constructor.name}`, got: status.result, expected };
  }

  #reads(at: number, length: number) {
    const { space } = this.#world;
    const { bytes, result } = this.#world.read(at, length);
    const into = new Uint8Array(length).fill(0xee);
    const ways: Record<string, () => MemTxResult> = {
      read: () => space.read(at, into),
      rw: () => space.rw(at, into, false),
      "cached read": () => this.#cache.read(at, into),
      "a field": () => this.#field(at, length).read(into) && this.#status.result,
    };
    const [name, run] = this.#pick(ways, length);
    return { name, got: [run(), hex(into)], expected: [result, hex(bytes)] };
  }

  #writes(at: number, data: Uint8Array) {
    const { space } = this.#world;
    if (this.#below(5) === 0) {
      this.#world.writeRom(at, data);
      return { name: "writeRom", got: space.writeRom(at, data), expected: MemTxResult.OK };
    }
    const ways: Record<string, () => MemTxResult> = {
      write: () => space.write(at, data),
      rw: () => space.rw(at, data, true),
      "cached write": () => this.#cache.write(at, data),
      "a field": () => (this.#field(at, data.length).write(data), this.#status.result),
    };
    const [name, run] = this.#pick(ways, data.length);
    const got = run();
    return { name, got, expected: this.#world.write(at, data) };
  }

  #asks(at: number, length: number) {
    const isWrite = this.#below(2) === 1;
    const got = this.#world.space.accessValid(at, length, isWrite);
    return { name: "accessValid", got, expected: this.#world.isValid(at, length, isWrite) };
  }

  #maps(at: number, length: number, isWrite: boolean) {
    const mapping = this.#world.space.map(at, length, { isWrite });
    if (mapping === null) return { name: "map", got: null, expected: "a mapping" };
    if (!isWrite) {
      const { bytes } = this.#world.read(at, mapping.length);
      const got = hex(mapping.bytes);
      mapping.unmap();
      return { name: "map to read", got, expected: hex(bytes) };
    }
    const data = Uint8Array.from(mapping.bytes, () => this.#below(256));
    mapping.bytes.set(data);
    this.#world.write(at, data);
    mapping.unmap();
    return { name: "map to write", got: mapping.length > 0, expected: true };
  }

  #field(at: number, length: number) {
    const layout = defineLayout({ all: bytesField(length) });
    const source = this.#below(2) ? this.#cache : this.#world.space;
    return layout.view(source, at, { status: this.#status }).all;
  }

  #pick<T>(ways: Record<string, T>, length: number): [string, T] {
    const all = Object.entries(ways).slice(0, length === 0 ? 2 : undefined);
    return all[this.#below(all.length)] ?? (all[0] as [string, T]);
  }
}

describe("every entrance agrees with what shows, byte by byte", () => {
  it.each([
    [1, false],
    [2, false],
    [3, false],
    [4, false],
    [5, false],
    [6, false],
    [7, true],
    [8, true],
    [9, true],
    [10, true],
    [11, true],
    [12, true],
  ])("seed %i, words split: %s", (seed, splits) => {
    const below = numbers(seed);
    for (let round = 0; round < 3; round++) {
      const world = new NaiveBytes(below, splits);
      const entrances = new Entrances(world, below);
      for (let i = 0; i < 250; i++) {
        const { name, got, expected } = entrances.step();
        expect(got, `${name}, step ${i}`).toEqual(expected);
        expect(world.differences(), `${name}, step ${i}`).toEqual([]);
        if (below(4) === 0) {
          world.turn(below(PAGES), below(20));
          world.follow();
        }
      }
    }
  });
});
