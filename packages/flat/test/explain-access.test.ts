import { internalsOf } from "@mem/core/plumbing";
import {
  addEventfd,
  type AccessOutcome,
  Data64,
  DeviceObject,
  explain,
  Machine,
  memOp,
  type MemoryRegion,
  MemTxResult,
  TYPE_DEVICE,
  type MmioOps,
} from "@mem/flat";
import { describe, expect, it } from "vitest";
import { Random } from "@mem/common";

const SIZES = [0, 1, 2, 4, 8] as const;

/** What the device saw of one access. */
interface Seen {
  calls: number[];
  signals: number;
}

class Bench {
  readonly machine = new Machine();
  readonly root = this.machine.container({ name: "root", size: 0x4000 });
  readonly bus = this.machine.addressSpace(this.root, "bus");
  readonly seen: Seen = { calls: [], signals: 0 };
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
    const random = this.#random;
    const size = random.pick([8, 16, 0x1000, 0x1004]);
    const region = this.#region(size);
    if (region.isRam && random.chance(30)) region.readonly = true;
    if (internalsOf(region).isRomDevice && random.chance(50)) region.romd = false;
    this.root.addSubregion(random.pick([0, 1, 0xffc, 0x1000]), region);
    if (internalsOf(region).ops && random.chance(50)) {
      const notifier = this.machine.eventNotifier();
      notifier.onSignal(() => this.seen.signals++);
      for (let i = 0; i < 3; i++) {
        const width = random.pick(SIZES);
        const data = width > 0 && random.chance(50) ? { data: random.pick([0, 5]) } : {};
        addEventfd(region, {
          addr: random.pick([0, 4]),
          size: width,
          notifier,
          allowUnreachable: true,
          ...data,
        });
      }
    }
  }

  #region(size: number): MemoryRegion {
    const { machine } = this;
    const common = { name: "region", size };
    switch (
      this.#random.pick(["ram", "ramDevice", "mmio", "mmio", "mmio", "romDevice", "reserved"])
    ) {
      case "ram":
        return machine.ram(common);
      case "ramDevice":
        return machine.ramDevice({ ...common, memory: new ArrayBuffer(0x2000) });
      case "romDevice":
        return machine.romDevice({ ...common, ...this.#ops() });
      case "reserved":
        return machine.reservation(common);
      default:
        return machine.mmio({ ...common, ...this.#ops() });
    }
  }

  /** Callbacks with random rules; those of one direction may be missing. */
  #ops(): MmioOps {
    const random = this.#random;
    const note = (size: number): void => void this.seen.calls.push(size);
    const limits = (most: number): { minAccessSize: number; maxAccessSize: number } => {
      const low = random.below(3);
      const high = low + random.below(4 - low);
      return { minAccessSize: 1 << low, maxAccessSize: Math.min(1 << high, most) };
    };
    const wide = random.chance(50);
    const missing = random.below(100);
    const [min, max] = [1 << random.below(2), random.pick([2, 4, ...(wide ? [8] : [])])];
    return {
      endianness: random.pick(["little", "big", "native"]),
      valid: {
        ...(random.chance(60) ? limits(8) : {}),
        unaligned: random.chance(50),
        ...(random.chance(30) ? { accepts: (offset: number) => offset % 3 !== 0 } : {}),
      },
      impl: { minAccessSize: min, maxAccessSize: max },
      ...(missing >= 15 ? { read: (_offset, size) => (note(size), 0) } : {}),
      ...(missing < 85 ? { write: (_offset, _value, size) => note(size) } : {}),
      ...(wide ? { read64: () => (note(8), 0n), write64: () => note(8) } : {}),
    };
  }

  access(addr: number, { size, isWrite }: AccessOutcome, value: number): number {
    this.seen.calls = [];
    this.seen.signals = 0;
    const data = new Data64();
    data.value = value;
    const op = memOp(size);
    return isWrite ? this.bus.storeData(addr, op, data) : this.bus.loadData(addr, op, data);
  }
}

/** What an outcome promises for a value, as text. */
function promise(outcome: AccessOutcome, value: bigint): string {
  if ("triggers" in outcome && outcome.triggers.some(({ data }) => data === value)) {
    return "0, calls , signals 1";
  }
  switch (outcome.kind) {
    case "refused":
      return `${outcome.result}, calls , signals 0`;
    case "signal":
      return "0, calls , signals 1";
    case "calls": {
      const calls = Array.from({ length: outcome.calls }, () => outcome.callSize);
      return `0, calls ${calls.join()}, signals 0`;
    }
    default:
      return "0, calls , signals 0";
  }
}

describe("what is told of accesses", () => {
  it("is what happens, for loads and stores of every size", () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 600; seed++) {
      const bench = new Bench(seed);
      for (const addr of [0, 1, 2, 4, 0x7, 0xffc, 0xffe, 0x1000, 0x1001, 0x1004, 0x1ffe, 0x2002]) {
        for (const outcome of explain(bench.bus, addr).access.outcomes) {
          // 0 reads the same in either byte order.
          const result = bench.access(addr, outcome, 0);
          const { calls, signals } = bench.seen;
          const actual = `${result}, calls ${calls.join()}, signals ${signals}`;
          if (actual !== promise(outcome, 0n)) {
            throw new Error(`seed ${seed}, ${addr}: ${outcome.kind}, but ${actual}`);
          }
          kinds.add(outcome.kind === "refused" ? outcome.why : outcome.kind);
        }
      }
    }
    const expected = ["memory", "ramDevice", "calls", "signal", "readonly", "end", "nothing"];
    expect([...kinds]).toEqual(
      expect.arrayContaining([...expected, "size", "alignment", "accepts", "callback"]),
    );
  });

  it("tells of a device that is busy, and of its guard", () => {
    const machine = new Machine();
    const owner = machine.objects.create(TYPE_DEVICE, {
      parent: machine.objects.container("/machine"),
      name: "nic",
    });
    if (!(owner instanceof DeviceObject)) throw new Error("no device");
    let inside = "";
    const regs = machine.mmio({
      name: "regs",
      size: 4,
      owner,
      read: () => {
        inside = String(explain(bus, 0));
        return bus.load(0, 4);
      },
    });
    const bus = machine.addressSpace(regs, "bus");
    expect(explain(bus, 0).access.guard).toEqual({ kind: "armed", device: owner });
    bus.load(0, 4);
    expect(bus.lastResult).toBe(MemTxResult.OK);
    expect(inside).toContain("load of 1, 2, 4 and 8: refused, ACCESS_ERROR: the device is busy");
    expect(inside).toMatch(/guard against re-entry: .* is busy$/m);
    regs.reentrancyGuardDisabled = true;
    expect(explain(bus, 0).access.guard).toEqual({ kind: "none", why: "disabled" });
  });
});
