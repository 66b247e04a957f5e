import { systemInternals } from "@mem/core/plumbing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AddressSpace,
  Data64,
  type DeviceObject,
  DirtyClient,
  KiB,
  Machine,
  type MemoryRegion,
  type MemTxAttrs,
  memOp,
  memTxAttrs,
  MEMTXATTRS_UNSPECIFIED,
  MemTxResult,
} from "../src/index.js";
import { MemAccess, performAccess, ScratchStack } from "../src/plumbing.js";

const DEBUG = memTxAttrs({ debug: true });
const HIGH = 2 ** 32;

interface Board {
  readonly machine: Machine;
  readonly space: AddressSpace;
  readonly ram: MemoryRegion;
  readonly romd: MemoryRegion;
  readonly window: MemoryRegion;
  /** Everything that a guest could tell apart. */
  state(): unknown;
}

/** RAM in pieces, a ROM, a ROM device, devices of all kinds, and holes; twice the same. */
function board(): Board {
  const machine = new Machine();
  const root = machine.container({ name: "system", size: 2n ** 64n });
  const ram = machine.ram({ name: "ram", size: 64 * KiB });
  const other = machine.ram({ name: "other", size: 64 * KiB });
  const rom = machine.rom({ name: "rom", size: 8 * KiB });
  const log: string[] = [];
  const device = (name: string, options: object) =>
    machine.mmio({
      name,
      size: 0x40,
      read: (offset: number, size: number) => {
        log.push(`${name} read ${offset} ${size}`);
        return 0x9182_7364 + offset;
      },
      write: (offset: number, value: number, size: number) => {
        log.push(`${name} write ${offset} ${value} ${size}`);
      },
      ...options,
    });
  const romd = machine.romDevice({
    name: "romd",
    size: 4 * KiB,
    read: (offset) => offset + 1,
    write: (offset, value, size) => void log.push(`romd write ${offset} ${value} ${size}`),
  });
  [ram, other, rom, romd].forEach((region, i) => {
    const bytes = region.ramBytes();
    for (let at = 0; at < bytes.length; at++) bytes[at] = at * 31 + (at >> 8) + i;
  });
  machine.transaction(() => {
    root.addSubregion(0, ram);
    for (let page = 0; page < 16; page++) {
      const target = page % 2 === 0 ? ram : other;
      const name = `piece${page}`;
      const piece = machine.alias({ name, size: 4 * KiB, target, offset: page * 4 * KiB });
      root.addSubregion(0x2_0000 + page * 0x1000, piece);
    }
    root.addSubregion(0x4_0000, rom);
    root.addSubregion(0x4_2000, romd);
    const kinds = {
      plain: {},
      big: { endianness: "big" as const },
      narrow: { impl: { maxAccessSize: 1 } },
      wide: { impl: { minAccessSize: 4 }, valid: { unaligned: true } },
      bytes: { valid: { maxAccessSize: 2 }, endianness: "big" as const },
      throws: {
        read: () => {
          throw new Error("read");
        },
        write: () => {
          throw new Error("write");
        },
      },
    };
    Object.entries(kinds).forEach(([name, options], i) => {
      root.addSubregion(0x5_0000 + i * 0x40, device(name, options));
      const high = machine.alias({
        name: `${name}-high`,
        size: 0x40,
        target: device(name, options),
      });
      root.addSubregion(0xfe00_0000 + i * 0x1000, high);
    });
    root.addSubregion(HIGH, machine.alias({ name: "above", size: 64 * KiB, target: ram }));
    root.addSubregion(
      0x8000_0ff0,
      machine.alias({ name: "odd", size: 0x30, target: ram, offset: 3 }),
    );
  });
  const window = machine.alias({ name: "window", size: 4 * KiB, target: other });
  root.addSubregion(0x6_0000, window);
  const space = machine.addressSpace(root, "cpu");
  return {
    machine,
    space,
    ram,
    romd,
    window,
    state() {
      const bytes = [ram, other, rom, romd].map((region) =>
        new TextDecoder("latin1").decode(region.ramBytes()),
      );
      const dirty = [ram, other].map((region) =>
        Array.from({ length: 16 }, (_, page) =>
          region.ramBlock?.dirtyBitmap(DirtyClient.VGA).get(page),
        ),
      );
      return { bytes, dirty, log: [...log], inFlight: systemInternals(machine).reclaimer.inFlight };
    },
  };
}

/** The one road of slow accesses: what the fast ones are to equal. */
class SlowPath {
  readonly #accesses: ScratchStack<MemAccess>;

  constructor(space: AddressSpace) {
    this.#accesses = new ScratchStack(
      systemInternals(space.system).reclaimer,
      () => new MemAccess(space),
    );
  }

  access(isStore: boolean, addr: number, op: number, data: Data64, attrs: MemTxAttrs): MemTxResult {
    const access = this.#accesses.current.begin();
    return performAccess(access.word(isStore ? "store" : "load", addr, op, data, attrs));
  }
}

const address = fc.oneof(
  fc.integer({ min: 0, max: 0x1_0010 }),
  fc.integer({ min: 0x2_0000, max: 0x3_0010 }),
  fc.integer({ min: 0x3_fff0, max: 0x4_3010 }),
  fc.integer({ min: 0x5_0000, max: 0x5_0190 }),
  fc.integer({ min: 0x6_0000, max: 0x6_1000 }),
  fc
    .integer({ min: 0, max: 5 })
    .chain((device) =>
      fc.integer({ min: 0, max: 0x44 }).map((offset) => 0xfe00_0000 + device * 0x1000 + offset),
    ),
  fc.integer({ min: 0x8000_0fe0, max: 0x8000_1030 }),
  fc.integer({ min: HIGH - 8, max: HIGH + 0x1_0008 }),
);

const step = fc.record({
  kind: fc.constantFrom("word", "word", "word", "data", "data", "change"),
  isStore: fc.boolean(),
  addr: address,
  log2: fc.integer({ min: 0, max: 3 }),
  isBig: fc.boolean(),
  lo: fc.integer({ min: 0, max: 0xffff_ffff }),
  hi: fc.integer({ min: 0, max: 0xffff_ffff }),
  attrs: fc.constantFrom(MEMTXATTRS_UNSPECIFIED, MEMTXATTRS_UNSPECIFIED, DEBUG),
  change: fc.integer({ min: 0, max: 4 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function change({ machine, ram, romd, window }: Board, which: number): void {
  if (which === 0) ram.setLog(true);
  else if (which === 1 && ram.isLogging(DirtyClient.VGA)) ram.setLog(false);
  else if (which === 2) romd.romd = !romd.romd;
  else if (which === 3) window.enabled = !window.enabled;
  else if (which === 4) {
    machine.transaction(() => (ram.readonly = !ram.readonly));
    ram.ramBlock?.dirtyBitmap(DirtyClient.VGA).clear(0, 16);
  }
}

/** What the step answers: how it went and the value. */
function fast(
  { space }: Board,
  { kind, isStore, addr, log2, isBig, lo, hi, attrs }: Step,
): unknown {
  const size = (1 << Math.min(log2, 2)) as 1 | 2 | 4;
  if (kind === "word") {
    if (isStore) return space.store(addr, size, lo, attrs);
    const value = space.load(addr, size, attrs);
    return [space.lastResult, value, 0];
  }
  const op = memOp(1 << log2, isBig ? "big" : "little");
  const data = new Data64();
  data.set(lo, hi);
  if (isStore) return space.storeData(addr, op, data, attrs);
  return [space.loadData(addr, op, data, attrs), data.lo, data.hi];
}

function slowPath(
  space: SlowPath,
  { kind, isStore, addr, log2, isBig, lo, hi, attrs }: Step,
): unknown {
  const isWord = kind === "word";
  const op = memOp(1 << (isWord ? Math.min(log2, 2) : log2), isBig && !isWord ? "big" : "little");
  const data = new Data64();
  data.set(lo, isWord ? 0 : hi);
  const result = space.access(isStore, addr, op, data, attrs);
  return isStore ? result : [result, data.lo, data.hi];
}

describe("loads and stores", () => {
  it("are those of the slow path, whatever was accessed before", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), (steps) => {
        const one = board();
        const two = board();
        const reference = new SlowPath(two.space);
        const answers = steps.map((each) => {
          if (each.kind !== "change") return [fast(one, each), slowPath(reference, each)];
          change(one, each.change);
          change(two, each.change);
          return [null, null];
        });
        expect(answers.map(([own]) => own)).toEqual(answers.map(([, rule]) => rule));
        expect(one.state()).toEqual(two.state());
      }),
      { numRuns: 150 },
    );
  });

  it("find the page of an access that changes runs all the time, and forget it at a commit", () => {
    const { space, window } = board();
    for (let round = 0; round < 3; round++) {
      for (let page = 0; page < 16; page++) {
        for (const at of [0, 1, 0xffc]) {
          const offset = page * 0x1000 + at;
          expect(space.load(0x2_0000 + offset, 1)).toBe(
            (offset * 31 + (offset >> 8) + (page % 2)) & 0xff,
          );
        }
      }
    }
    const before = space.load(0x6_0000, 1);
    window.aliasOffset = 0x1000;
    expect(space.load(0x6_0000, 1)).toBe((before + 16) & 0xff);
    window.enabled = false;
    expect([space.load(0x6_0000, 1), space.lastResult]).toEqual([0, MemTxResult.DECODE_ERROR]);
  });

  it("find nothing in a space that has ended", () => {
    const { space } = board();
    expect(space.load(4, 4)).not.toBe(0);
    space.destroy();
    expect([space.load(4, 4), space.lastResult]).toEqual([0, MemTxResult.DECODE_ERROR]);
    expect(space.store(4, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(space.loadData(4, memOp(8), new Data64())).toBe(MemTxResult.DECODE_ERROR);
  });

  it("keep a device from re-entering itself, and say so once", () => {
    const lines: string[] = [];
    const machine = new Machine({ log: (category, line) => lines.push(`${category} ${line}`) });
    const root = machine.container({ name: "root", size: 0x1_0000_0000 });
    const owner = machine.objects.create("device") as DeviceObject;
    const inner: unknown[] = [];
    const device = machine.mmio({
      name: "dma",
      size: 0x10,
      owner,
      read: () => {
        inner.push([space.load(0xfe00_0004, 4), space.lastResult]);
        inner.push(space.store(0xfe00_0004, 4, 1));
        return 7;
      },
      write: () => undefined,
    });
    root.addSubregion(0xfe00_0000, device);
    const space = machine.addressSpace(root, "cpu");
    for (let i = 0; i < 2; i++) {
      expect([space.load(0xfe00_0000, 4), space.lastResult]).toEqual([7, MemTxResult.OK]);
    }
    const { ACCESS_ERROR } = MemTxResult;
    expect(inner).toEqual([[0, ACCESS_ERROR], ACCESS_ERROR, [0, ACCESS_ERROR], ACCESS_ERROR]);
    expect(lines).toHaveLength(1);
    expect(owner.engagedInIo).toBe(false);
  });
});
