import {
  addEventfd,
  type AddressSpace,
  type DeviceObject,
  type Machine,
  type MemoryRegion,
  MemTxResult,
  type MmioOps,
} from "@mem/flat";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  allZero,
  hexBytes,
  loads,
  type Outcome,
  type Path,
  paths,
  reading,
  stores,
  wideOps,
} from "./access-paths.js";
import { assertNothingOpen, loggedBus, newDevice } from "./logged-bus.js";

// Every guard: what the guest sees, and the one line of the log, however often it
// happens and by whichever path.

const { OK, ERROR, DECODE_ERROR, ACCESS_ERROR } = MemTxResult;

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;
let log: string[];

beforeEach(() => {
  ({ machine, root, bus, log } = loggedBus(0x100000));
});

afterEach(() => assertNothingOpen(machine));

const twice = 2;

const device = (): DeviceObject => newDevice(machine);

describe("the guard against re-entrancy", () => {
  let outcomes: Outcome[];
  let calls: { count: number };
  let inner: MemoryRegion;
  let path: Path;

  /** A device whose trigger register has it reach another register of its own. */
  function build(owner: DeviceObject | null, target = 0x2000): void {
    outcomes = [];
    calls = { count: 0 };
    const outer = machine.mmio({
      name: "outer",
      size: 0x100,
      ...(owner && { owner }),
      write() {
        for (let i = 0; i < twice; i++) outcomes.push(path.run(bus, target));
      },
    });
    inner = machine.mmio({
      name: "inner",
      size: 0x100,
      ...(owner && { owner }),
      ...wideOps(calls),
    });
    root.addSubregion(0x1000, outer);
    root.addSubregion(0x2000, inner);
  }

  it.each(paths)("refuses a $name from within, with value 0 and one line", (used) => {
    path = used;
    build(device());
    for (let i = 0; i < twice; i++) expect(bus.store(0x1000, 4, 0)).toBe(OK);
    expect(outcomes).toHaveLength(twice * twice);
    for (const { result, value } of outcomes) {
      expect([result, allZero(value)]).toEqual([ACCESS_ERROR, true]);
    }
    expect(calls.count).toBe(0);
    expect(log).toEqual([expect.stringMatching(/^guest_error: .*inner.*: blocked re-entrant/)]);
    // From outside nothing is refused, then and later.
    expect(used.run(bus, 0x2000).result).toBe(OK);
    expect(calls.count).toBeGreaterThan(0);
    expect(log).toHaveLength(1);
  });

  it.each(paths)("that is switched off lets a $name in", (used) => {
    path = used;
    build(device());
    inner.reentrancyGuardDisabled = true;
    bus.store(0x1000, 4, 0);
    expect(outcomes.map(({ result }) => result)).toEqual([OK, OK]);
    expect([calls.count > 0, log]).toEqual([true, []]);
    inner.reentrancyGuardDisabled = false;
    bus.store(0x1000, 4, 0);
    expect(outcomes.slice(2).map(({ result }) => result)).toEqual([ACCESS_ERROR, ACCESS_ERROR]);
    expect(log).toHaveLength(1);
  });

  it.each([loads[2] ?? paths[0], stores[2] ?? paths[0]])(
    "counts a region of the device's own: a $name of itself",
    (used) => {
      path = used;
      build(device(), 0x1000);
      bus.store(0x1000, 4, 0);
      expect(outcomes.map(({ result }) => result)).toEqual(
        used.isWrite ? [ACCESS_ERROR, ACCESS_ERROR] : [ACCESS_ERROR, ACCESS_ERROR],
      );
      expect(log).toEqual([expect.stringMatching(/^guest_error: .*outer.*: blocked re-entrant/)]);
    },
  );

  it("does not concern regions that lock themselves, nor those without a device", () => {
    path = stores[2] ?? paths[0];
    build(device());
    inner.enableLocklessIo();
    bus.store(0x1000, 4, 0);
    expect([outcomes.map(({ result }) => result), log]).toEqual([[OK, OK], []]);
    for (const region of [...root.subregions]) root.removeSubregion(region);
    build(null);
    bus.store(0x1000, 4, 0);
    expect([outcomes.map(({ result }) => result), log]).toEqual([[OK, OK], []]);
  });

  it("shows in the buffer of a bounced mapping, and lets what it holds go by", () => {
    const bytes: string[] = [];
    path = {
      name: "map",
      isWrite: false,
      run(_bus, addr) {
        const mapping = bus.map(addr, 8, { isWrite: false });
        bytes.push(hexBytes(mapping?.bytes ?? new Uint8Array(0)));
        mapping?.unmap();
        bus.map(addr, 8, { isWrite: true })?.unmap();
        return { result: OK, value: null };
      },
    };
    build(device());
    bus.store(0x1000, 4, 0);
    expect([bytes, calls.count, log.length]).toEqual([["00".repeat(8), "00".repeat(8)], 0, 1]);
  });

  it("does not keep a write trigger, or memory of the device, from being reached", () => {
    const owner = device();
    path = stores[2] ?? paths[0];
    build(owner);
    const notifier = machine.eventNotifier();
    addEventfd(inner, { addr: 0, notifier });
    bus.store(0x1000, 4, 0);
    expect([outcomes.map(({ result }) => result), notifier.take(), log]).toEqual([[OK, OK], 2, []]);
    root.removeSubregion(inner);
    root.addSubregion(0x2000, machine.ram({ name: "ram", size: 0x1000, owner }));
    bus.store(0x1000, 4, 0);
    expect(outcomes.slice(2).map(({ result }) => result)).toEqual([OK, OK]);
  });
});

describe("a callback that throws", () => {
  const oops = (): never => {
    throw new Error("oops");
  };
  const throwing: [string, MmioOps][] = [
    [
      "plain callbacks",
      { impl: { maxAccessSize: 8 }, read: oops, write: oops, read64: oops, write64: oops },
    ],
    ["narrow callbacks", { read: oops, write: oops }],
    ["a big-endian device", { endianness: "big", read: oops, write: oops }],
    [
      "callbacks with attributes, after an answer",
      {
        impl: { maxAccessSize: 8 },
        readWithAttrs(_offset, _size, _attrs, data) {
          data.set(0x1234, 0x5678);
          return oops();
        },
        writeWithAttrs: oops,
      },
    ],
  ];

  for (const [kind, ops] of throwing) {
    it.each(paths)(`ends a $name in an error, with value 0 and one line: ${kind}`, (used) => {
      root.addSubregion(0x1000, machine.mmio({ name: "bad", size: 0x100, ...ops }));
      for (let i = 0; i < twice; i++) {
        const { result, value } = used.run(bus, 0x1000);
        expect([result, allZero(value)]).toEqual([ERROR, true]);
      }
      expect(log).toEqual([expect.stringMatching(/^callback: .*bad.*threw: Error: oops/)]);
    });
  }

  it.each(paths)("in `accepts` refuses a $name, with value 0 and one line", (used) => {
    const calls = { count: 0 };
    const valid = { maxAccessSize: 8, accepts: oops };
    root.addSubregion(0x1000, machine.mmio({ name: "bad", size: 0x100, ...wideOps(calls), valid }));
    for (let i = 0; i < twice; i++) {
      const { result, value } = used.run(bus, 0x1000);
      expect([result, allZero(value)]).toEqual([DECODE_ERROR, true]);
    }
    expect(bus.accessValid(0x1000, 4, used.isWrite)).toBe(false);
    expect(log).toEqual([expect.stringMatching(/^callback: .*bad.*threw: Error: oops/)]);
    expect(calls.count).toBe(0);
  });

  it("in one of several pieces leaves nothing of the others", () => {
    const pieces: number[] = [];
    const regs = machine.mmio({
      name: "bad",
      size: 0x100,
      impl: { maxAccessSize: 1 },
      read(offset) {
        pieces.push(offset);
        return offset === 2 ? oops() : 0xff;
      },
    });
    root.addSubregion(0x1000, regs);
    expect([bus.load(0x1000, 4), bus.lastResult, pieces]).toEqual([0, ERROR, [0, 1, 2]]);
    const { result, value } = reading(6, (into) => bus.read(0x1000, into));
    expect([result, value]).toEqual([ERROR, "00000000ffff"]);
    expect(log).toHaveLength(1);
  });

  it("leaves the device as free as before", () => {
    const owner = device();
    const regs = machine.mmio({ name: "bad", size: 8, owner, write: oops, read: () => 7 });
    root.addSubregion(0, regs);
    expect([bus.store(0, 4, 1), owner.engagedInIo, bus.load(0, 4)]).toEqual([ERROR, false, 7]);
  });

  it("may throw anything at all", () => {
    const odd: unknown[] = [
      undefined,
      null,
      0,
      "text",
      Symbol("s"),
      { toString: oops },
      Object.create(null),
    ];
    odd.forEach((thrown, i) => {
      const regs = machine.mmio({
        name: `bad${i}`,
        size: 8,
        read() {
          throw thrown;
        },
      });
      root.addSubregion(0x100 * i, regs);
      expect([bus.load(0x100 * i, 4), bus.lastResult]).toEqual([0, ERROR]);
    });
    expect(log).toHaveLength(odd.length);
  });
});
