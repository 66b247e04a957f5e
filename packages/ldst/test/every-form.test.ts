/**
 * Every form of load and store, on every kind of memory, at every alignment, with and without
 * attributes and status, on a bus (with numbers and bigints) and through a cache; all compared with
 * a plain array of bytes.
 */
import {
  MemoryRegion,
  MEMTXATTRS_UNSPECIFIED,
  memTxAttrs,
  type MemTxAttrs,
  MemTxResult,
  type MmioOps,
} from "@mem/core";
import type { IommuTranslator } from "@mem/core/plumbing";
import { IOMMU_WALK } from "@mem/flat/plumbing";
import type { AddressSpace } from "@mem/flat";
import { Bus, MemoryRegionCache, TxStatus } from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { makeMachine, QUADS, valueOf, WORDS } from "./machine.js";

const BASE = 0x1_0000;
const SIZE = 0x40;
/** Every alignment, at both ends. */
const OFFSETS = [0, 1, 2, 3, 4, 5, 6, 7, 8, ...[9, 8, 7, 6, 5, 4, 3, 2, 1].map((n) => SIZE - n)];
const SIGNED = [
  { bits: 8, order: "little", load: "lds8" },
  { bits: 16, order: "little", load: "lds16le" },
  { bits: 16, order: "big", load: "lds16be" },
  { bits: 16, order: "native", load: "lds16" },
  { bits: 32, order: "little", load: "lds32le" },
  { bits: 32, order: "big", load: "lds32be" },
  { bits: 32, order: "native", load: "lds32" },
] as const;

type World = ReturnType<typeof makeMachine>;

/** A piece of memory at {@link BASE}, and what is expected of it. */
interface Kind {
  readonly name: string;
  /** Puts it there; answers its bytes. */
  build(world: World): Uint8Array;
  /** What a store must answer; default: that it succeeded. */
  readonly store?: MemTxResult;
  /** What a load must answer. */
  readonly load?: MemTxResult;
  /** What an access that is not aligned must answer. */
  readonly unaligned?: MemTxResult;
  /**
   * Whether an access may go on beyond the end: a device gets the whole of what starts within
   * it, and a hole has no end.
   */
  readonly endless?: boolean;
  /** Whether it sees the attributes. */
  readonly attrs?: number[];
}

const masters: number[] = [];
const KINDS: readonly Kind[] = [
  { name: "RAM", build: (world) => ramAt(world).ramBytes() },
  {
    name: "RAM with a dirty log",
    build(world) {
      const region = ramAt(world);
      region.setLog(true);
      return region.ramBytes();
    },
  },
  {
    name: "ROM",
    store: MemTxResult.DECODE_ERROR,
    build({ machine, root }) {
      const region = machine.rom({ name: "rom", size: SIZE });
      root.addSubregion(BASE, region);
      return region.ramBytes();
    },
  },
  {
    name: "an alias of RAM",
    build({ machine, root }) {
      const target = machine.ram({ name: "target", size: 0x1000 });
      const alias = machine.alias({ name: "alias", target, offset: 0x123, size: SIZE });
      root.addSubregion(BASE, alias);
      return target.ramBytes(0x123, SIZE);
    },
  },
  {
    name: "a RAM device",
    build({ machine, root }) {
      const memory = new Uint8Array(SIZE);
      root.addSubregion(BASE, machine.ramDevice({ name: "bar", size: SIZE, memory }));
      return memory;
    },
  },
  ...(["little", "big"] as const).flatMap((endianness): Kind[] => [
    {
      name: `a device, ${endianness} endian`,
      build: (world) => deviceAt(world, endianness, 8, true),
      attrs: masters,
      endless: true,
    },
    {
      name: `a device, ${endianness} endian, of bytes`,
      build: (world) => deviceAt(world, endianness, 1, true),
      attrs: masters,
      endless: true,
    },
    {
      name: `a device, ${endianness} endian, of 2 bytes, for aligned accesses`,
      build: (world) => deviceAt(world, endianness, 2, false),
      unaligned: MemTxResult.DECODE_ERROR,
      endless: true,
    },
  ]),
  {
    name: "RAM behind an IOMMU",
    build(world) {
      const target = ramAt(world, 0x2_0000);
      const { machine, root, space } = world;
      const init = { objects: machine.objects, klass: machine.objects.types.get("memory-region") };
      const spec = { kind: "iommu", name: "iommu", owner: null, size: BigInt(SIZE) } as const;
      const iommu = machine.adopt(new Shifted(init, machine, spec));
      iommu.target = space;
      root.addSubregion(BASE, iommu);
      return target.ramBytes();
    },
  },
  {
    name: "nothing",
    load: MemTxResult.DECODE_ERROR,
    store: MemTxResult.DECODE_ERROR,
    build: () => new Uint8Array(SIZE + 8),
    endless: true,
  },
];

/** An IOMMU that leads 64 KiB further. */
class Shifted extends MemoryRegion {
  target: AddressSpace | null = null;

  override get iommu(): IommuTranslator {
    return {
      attrsToIndex: () => 0,
      walk: IOMMU_WALK,
      translate: (addr) => ({
        targetAs: this.target,
        iova: addr & ~0xfffn,
        translatedAddr: 0x2_0000n + (addr & ~0xfffn),
        addrMask: 0xfffn,
        perm: 3,
      }),
    };
  }
}

function ramAt({ machine, root }: World, addr = BASE): MemoryRegion {
  const region = machine.ram({ name: "ram", size: SIZE });
  root.addSubregion(addr, region);
  return region;
}

/** A device that keeps bytes, and handles up to `width` of them at once in its own byte order. */
function deviceAt(
  { mmio }: World,
  endianness: "little" | "big",
  width: 1 | 2 | 8,
  unaligned: boolean,
): Uint8Array {
  const bytes = new Uint8Array(SIZE + 8);
  const little = endianness === "little";
  const slice = (offset: number, size: number) =>
    valueOf(bytes.subarray(offset, offset + size), endianness);
  const put = (offset: number, value: bigint, size: number) => {
    for (let i = 0; i < size; i++)
      bytes[offset + (little ? i : size - 1 - i)] = Number((value >> BigInt(8 * i)) & 0xffn);
  };
  const ops: MmioOps = {
    endianness,
    valid: { maxAccessSize: 8, unaligned },
    impl: { maxAccessSize: width, unaligned },
    read: (offset, size, attrs) => {
      masters.push(attrs.requesterId);
      return Number(slice(offset, size));
    },
    write: (offset, value, size, attrs) => {
      masters.push(attrs.requesterId);
      put(offset, BigInt(value), size);
    },
    ...(width === 8 && {
      read64: (offset: number, attrs: MemTxAttrs) => {
        masters.push(attrs.requesterId);
        return slice(offset, 8);
      },
      write64: (offset: number, value: bigint, attrs: MemTxAttrs) => {
        masters.push(attrs.requesterId);
        put(offset, value, 8);
      },
    }),
  };
  mmio(BASE, ops, SIZE);
  return bytes;
}

/** Bytes that differ from each other, and of which many have the highest bit. */
function pattern(bytes: Uint8Array): void {
  bytes.forEach((_, i) => (bytes[i] = (i * 0x3b + 0x81) & 0xff));
}

type Target = {
  name: string;
  words: (world: World) => Bus | MemoryRegionCache;
  at: (offset: number) => number;
};

const TARGETS: readonly Target[] = [
  { name: "a bus", words: ({ space }) => new Bus(space), at: (offset) => BASE + offset },
  {
    name: "a bus, with bigints",
    words: ({ space }) => new Bus(space),
    at: (offset) => BigInt(BASE + offset) as unknown as number,
  },
  {
    name: "a cache",
    words: ({ space }) => new MemoryRegionCache(space, BASE, SIZE, true),
    at: (offset) => offset,
  },
];

const ATTRS = [undefined, MEMTXATTRS_UNSPECIFIED, memTxAttrs({ requesterId: 0x55 })] as const;

describe.each(KINDS)("every form on $name", (kind) => {
  const resultOf = (own: MemTxResult | undefined, offset: number, size: number) => {
    if (offset + size > SIZE && !kind.endless) return MemTxResult.DECODE_ERROR;
    if (offset % size !== 0 && kind.unaligned !== undefined) return kind.unaligned;
    return own ?? MemTxResult.OK;
  };

  it.each(TARGETS)("through $name", ({ name, words: wordsOf, at }) => {
    const world = makeMachine();
    const bytes = kind.build(world);
    const words = wordsOf(world);
    const isCache = name === "a cache";
    const status = new TxStatus();
    const wrong: string[] = [];
    let checks = 0;
    const check = (what: string, actual: unknown, expected: unknown) => {
      checks++;
      if (actual !== expected) wrong.push(`${what}: ${String(actual)}, not ${String(expected)}`);
    };
    // Their texts are made where they differ: there are thousands of comparisons.
    const checkBytes = (what: string, expected: Uint8Array) => {
      if (bytes.length === expected.length && bytes.every((byte, i) => byte === expected[i]))
        checks++;
      else check(what, String(bytes), String(expected));
    };
    pattern(bytes);
    for (const attrs of ATTRS) {
      for (const offset of OFFSETS) {
        for (const form of [...WORDS, ...QUADS, ...SIGNED]) {
          const size = form.bits / 8;
          // Leaving a cache is a mistake of the programmer.
          if (isCache && offset + size > SIZE) continue;
          const where = `${form.load} at ${offset}, requester ${attrs?.requesterId}`;
          const expected = resultOf(kind.load, offset, size);
          const raw = valueOf(bytes.subarray(offset, offset + size), form.order);
          const isSigned = form.load.startsWith("lds");
          const value =
            expected !== MemTxResult.OK ? 0n : isSigned ? BigInt.asIntN(form.bits, raw) : raw;
          status.result = -1;
          masters.length = 0;
          check(where, BigInt(words[form.load](at(offset), attrs, status)), value);
          check(`${where}, result`, status.result, expected);
          if (kind.attrs && expected === MemTxResult.OK)
            check(
              `${where}, attributes`,
              masters.every((id) => id === (attrs?.requesterId ?? 0)) && masters.length > 0,
              true,
            );
          // Nobody has to be told.
          check(`${where}, no status`, BigInt(words[form.load](at(offset), attrs)), value);
        }
        for (const form of [...WORDS, ...QUADS]) {
          const size = form.bits / 8;
          if (isCache && offset + size > SIZE) continue;
          const where = `${form.store} at ${offset}, requester ${attrs?.requesterId}`;
          const expected = resultOf(kind.store, offset, size);
          // More bits than the width, which are dropped.
          const value = 0xf1e2_d3c4_b5a6_9788n + BigInt(checks);
          const stored = form.bits === 64 ? value : Number(BigInt.asUintN(53, value));
          const after = bytes.slice();
          if (expected === MemTxResult.OK) {
            for (let i = 0; i < size; i++) {
              const byte = form.order === "big" ? size - 1 - i : i;
              after[offset + i] = Number((value >> BigInt(8 * byte)) & 0xffn);
            }
          }
          status.result = -1;
          const store = (receiver?: TxStatus) => {
            if (form.bits === 64) words[form.store](at(offset), value, attrs, receiver);
            else words[form.store](at(offset), stored as number, attrs, receiver);
          };
          store(status);
          check(`${where}, result`, status.result, expected);
          checkBytes(where, after);
          pattern(bytes);
          store();
          pattern(after);
          if (expected === MemTxResult.OK)
            check(
              `${where}, no status`,
              valueOf(bytes.subarray(offset, offset + size), form.order),
              BigInt.asUintN(form.bits, value),
            );
          else checkBytes(`${where}, no status`, after);
          pattern(bytes);
        }
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(checks).toBeGreaterThan(3000);
  });
});
