import { AddressError, IommuAccess, LifecycleError, RegionOptionsError } from "@mem/core";
import {
  IommuNotifier,
  IommuNotifierFlag,
  type IommuNotifierOptions,
  IommuRefusedError,
  NotAnIommuError,
  registerNotifier,
  unregisterNotifier,
} from "@mem/iommu";
import { describe, expect, it } from "vitest";
import { BrokenIommu, makeMachine, TableIommu } from "./table-iommu.js";

const { UNMAP, MAP, DEVIOTLB_UNMAP, ALL } = IommuNotifierFlag;

/** A notifier that writes down what it is told. */
function record(options: Partial<IommuNotifierOptions> = {}) {
  const told: [iova: bigint, pa: bigint, mask: bigint, perm: number][] = [];
  const notifier = new IommuNotifier({
    flags: ALL,
    notify: (e) => void told.push([e.iova, e.translatedAddr, e.addrMask, e.perm]),
    ...options,
  });
  return { notifier, told };
}

/** A mapping of 0x4000 bytes at 0x2000. */
function mapping(type: IommuNotifierFlag = MAP) {
  const perm = type === MAP ? IommuAccess.RW : IommuAccess.NONE;
  const entry = { targetAs: null, iova: 0x2000n, translatedAddr: 0x8000n, addrMask: 0x3fffn, perm };
  return { type, entry };
}

describe("notifications", () => {
  it("go to the notifiers of the table, newest first", () => {
    const { iommu } = makeMachine();
    const order: string[] = [];
    for (const name of ["first", "second"]) {
      iommu.registerNotifier(record({ notify: () => void order.push(name) }).notifier);
    }
    const other = record({ iommuIdx: 1 });
    iommu.registerNotifier(other.notifier);
    iommu.notify(0, mapping());
    expect(order).toEqual(["second", "first"]);
    iommu.notify(1, mapping());
    expect(other.told).toEqual([[0x2000n, 0x8000n, 0x3fffn, IommuAccess.RW]]);
  });

  it.each([
    ["before", 0, 0x1fff, null],
    ["the first byte", 0, 0x2000, [0x2000n, 0n]],
    ["the middle", 0x3000, 0x3fff, [0x3000n, 0xfffn]],
    ["everything", 0, (1n << 64n) - 1n, [0x2000n, 0x3fffn]],
    ["the last byte", 0x5fff, 0x7000, [0x5fffn, 0n]],
    ["behind", 0x6000, 0x7000, null],
  ])("are cropped to the range: %s", (_what, start, end, expected) => {
    const { iommu } = makeMachine();
    const { notifier, told } = record({ start, end });
    iommu.registerNotifier(notifier);
    iommu.notify(0, mapping());
    const entry = expected && [expected[0], 0x8000n, expected[1], IommuAccess.RW];
    expect(told).toEqual(entry ? [entry] : []);
  });

  it("are of the kinds that were asked for", () => {
    const { iommu } = makeMachine();
    const { notifier, told } = record({ flags: UNMAP });
    iommu.registerNotifier(notifier);
    for (const type of [MAP, DEVIOTLB_UNMAP]) iommu.notify(0, mapping(type));
    expect(told).toEqual([]);
    iommu.notify(0, mapping(UNMAP));
    expect(told.length).toBe(1);
  });

  it("of one notifier need no table", () => {
    const { iommu, memory } = makeMachine();
    const { notifier, told } = record({ iommuIdx: 1, start: 0x1000, end: 0x2fff });
    iommu.notifyOne(notifier, mapping());
    iommu.unmapNotifierRange(notifier);
    expect(told).toEqual([
      [0x2000n, 0x8000n, 0xfffn, IommuAccess.RW],
      [0x1000n, 0n, 0x1fffn, IommuAccess.NONE],
    ]);
    let target: unknown;
    const looks = new IommuNotifier({ flags: UNMAP, notify: (e) => void (target = e.targetAs) });
    iommu.unmapNotifierRange(looks);
    expect(target).toBe(memory);
    const deaf = record({ flags: MAP });
    iommu.unmapNotifierRange(deaf.notifier);
    expect(deaf.told).toEqual([]);
  });

  it("go on when a notifier throws, or takes another one out, which is not told any more", () => {
    const { iommu, log } = makeMachine();
    const last = record();
    iommu.registerNotifier(last.notifier);
    const notify = () => {
      iommu.unregisterNotifier(last.notifier);
      throw new Error("not now");
    };
    iommu.registerNotifier(record({ notify }).notifier);
    iommu.notify(0, mapping());
    expect(last.told.length).toBe(0);
    expect(log.join()).toContain("a device callback threw: Error: not now");
  });
});

describe("flags", () => {
  it("are told to the IOMMU when their union changes", () => {
    const { iommu } = makeMachine();
    const first = record({ flags: MAP }).notifier;
    iommu.registerNotifier(first);
    using _second = iommu.registerNotifier(record({ flags: MAP }).notifier);
    const both = iommu.registerNotifier(record({ flags: MAP | UNMAP }).notifier);
    both[Symbol.dispose]();
    both[Symbol.dispose]();
    iommu.unregisterNotifier(first);
    expect(iommu.flagChanges).toEqual([
      [0, MAP],
      [MAP, MAP | UNMAP],
      [MAP | UNMAP, MAP],
    ]);
    expect([iommu.notifyFlags, iommu.notifiers.length]).toEqual([MAP, 1]);
  });

  it("that are refused leave everything as it was", () => {
    const { iommu } = makeMachine();
    iommu.refused = UNMAP;
    iommu.registerNotifier(record({ flags: MAP }).notifier);
    const refused = record({ flags: UNMAP }).notifier;
    expect(() => iommu.registerNotifier(refused)).toThrow(IommuRefusedError);
    expect(() => iommu.registerNotifier(refused)).toThrow("iommu[0]: flags refused");
    expect([iommu.notifyFlags, iommu.notifiers.length]).toEqual([MAP, 1]);
  });
});

describe("a replay", () => {
  it("asks for each page, whatever the notifier's range and flags", () => {
    const { iommu } = makeMachine();
    iommu.tables[1]?.set(0x1000n, { pa: 0x15000n, perm: IommuAccess.RO });
    iommu.tables[1]?.set(0x7000n, { pa: 0x12000n, perm: IommuAccess.RW });
    const { notifier, told } = record({ flags: UNMAP, iommuIdx: 1, start: 0x7000, end: 0x7000 });
    iommu.replayNotifier(notifier);
    expect(told).toEqual([
      [0x1000n, 0x15000n, 0xfffn, IommuAccess.RO],
      [0x7000n, 0x12000n, 0xfffn, IommuAccess.RW],
    ]);
    expect(iommu.asked.length).toBe(8);
    expect(iommu.asked.at(-1)).toEqual([0x7000n, IommuAccess.NONE, 1]);
  });

  it("may be the IOMMU's own", () => {
    const { machine } = makeMachine();
    class Known extends TableIommu {
      override replay(notifier: IommuNotifier): void {
        notifier.notify(mapping(UNMAP).entry);
      }
    }
    const known = machine.adopt(new Known(machine, { name: "known", size: 2n ** 64n }));
    const { notifier, told } = record({ flags: MAP, start: 0, end: 1 });
    known.replayNotifier(notifier);
    expect(told).toEqual([[0x2000n, 0x8000n, 0x3fffn, IommuAccess.NONE]]);
    expect(known.asked).toEqual([]);
  });

  it("of a broken IOMMU is logged", () => {
    const { machine, log } = makeMachine();
    const broken = machine.adopt(new BrokenIommu(machine, { name: "broken", size: 0x1000 }));
    expect(() => broken.registerNotifier(record().notifier)).toThrow("no flags today");
    expect(() => broken.replayNotifier(record().notifier)).not.toThrow();
    expect(log.join()).toContain("a device callback threw");
  });
});

describe("through an alias", () => {
  it("the IOMMU behind it is meant", () => {
    const { machine, iommu, ram } = makeMachine();
    const alias = machine.alias({ name: "window", size: 0x1000, target: iommu });
    const { notifier } = record();
    registerNotifier(alias, notifier);
    expect(iommu.notifiers).toEqual([notifier]);
    unregisterNotifier(alias, notifier);
    expect(iommu.notifiers).toEqual([]);
    expect(() => registerNotifier(ram, notifier)).toThrow(NotAnIommuError);
    expect(() => unregisterNotifier(ram, notifier)).toThrow(NotAnIommuError);
  });
});

describe("misuse", () => {
  it.each([
    ["no flags", { flags: 0 }],
    ["unknown flags", { flags: 8 }],
    ["an empty range", { start: 2, end: 1 }],
    ["a negative start", { start: -1 }],
    ["a negative table", { iommuIdx: -1 }],
  ])("a notifier with %s", (_what, options) => {
    expect(() => record(options)).toThrow(AddressError);
  });

  it("throws and changes nothing", () => {
    const { iommu } = makeMachine();
    const { notifier, told } = record();
    expect(() => iommu.unregisterNotifier(notifier)).toThrow(LifecycleError);
    iommu.registerNotifier(notifier);
    expect(() => iommu.registerNotifier(notifier)).toThrow(LifecycleError);
    expect(() => iommu.registerNotifier(record({ iommuIdx: 2 }).notifier)).toThrow(
      RegionOptionsError,
    );
    expect(() => iommu.notify(2, mapping())).toThrow(RegionOptionsError);
    expect(() => iommu.replayNotifier(record({ iommuIdx: 2 }).notifier)).toThrow("table 2 of 2");
    const wrong = { type: UNMAP, entry: mapping(MAP).entry };
    expect(() => iommu.notify(0, wrong)).toThrow(LifecycleError);
    expect(() => iommu.notifyOne(notifier, wrong)).toThrow(LifecycleError);
    expect([iommu.notifiers, told]).toEqual([[notifier], []]);
  });
});
