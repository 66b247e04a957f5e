import {
  AddressError,
  IommuAccess,
  KiB,
  memTxAttrs,
  MemTxResult,
  MiB,
  RegionOptionsError,
} from "@mem/core";
import { Machine } from "@mem/flat";
import {
  IommuNotifierFlag as Flag,
  type IommuWindow,
  IommuWindowError,
  WindowTableIommu,
  type WindowTableIommuOptions,
} from "@mem/iommu";
import { assert, describe, expect, it } from "vitest";
import { Mirror } from "./mirror.js";
import { Random, seeds } from "@mem/common";

function makeMachine(options: Partial<WindowTableIommuOptions> = {}) {
  const log: string[] = [];
  const machine = new Machine({ log: (category, text) => log.push(`${category}: ${text}`) });
  const ram = machine.ram({ name: "ram", size: 4 * MiB });
  const memory = machine.addressSpace(ram, "memory");
  const iommu = machine.adopt(
    new WindowTableIommu(machine, { name: "iommu", size: 2n ** 64n, target: memory, ...options }),
  );
  const device = machine.addressSpace(iommu, "device");
  return { machine, log, ram, memory, iommu, device };
}

describe("windows", () => {
  it("lead where they say, across their whole length", () => {
    const { iommu, device, ram, log } = makeMachine();
    iommu.addWindow({ iova: 0x1000, length: 0x7000, target: 0x3000 });
    iommu.addWindow({ iova: 2n ** 64n - 0x2000n, length: 0x2000, target: 0x10_0000 });
    const bytes = Uint8Array.from({ length: 0x7000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
    expect(device.write(0x1000, bytes)).toBe(MemTxResult.OK);
    expect(ram.ramBytes().slice(0x3000, 0xa000)).toEqual(bytes);
    const back = new Uint8Array(0x7000);
    expect(device.read(0x1000, back)).toBe(MemTxResult.OK);
    expect(back).toEqual(bytes);
    expect(device.write(2n ** 64n - 4n, Uint8Array.of(1, 2, 3, 4))).toBe(MemTxResult.OK);
    expect(ram.ramBytes()[0x10_1fff]).toBe(4);
    expect(log).toEqual([]);
  });

  it("allow what they say, and nothing is around them", () => {
    const { iommu, device, log } = makeMachine({ faultRecords: 3 });
    iommu.addWindow({ iova: 0x1000, length: 0x1000, target: 0, perm: IommuAccess.RO });
    iommu.addWindow({ iova: 0x3000, length: 0x1000, target: 0, perm: IommuAccess.WO });
    device.load(0x1ffc, 4);
    expect(device.lastResult).toBe(MemTxResult.OK);
    expect(device.store(0x1000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    expect(device.store(0x3000, 4, 1)).toBe(MemTxResult.OK);
    device.load(0x3000, 4);
    expect(device.lastResult).toBe(MemTxResult.DECODE_ERROR);
    for (const iova of [0xfff, 0x2000, 0x4000]) expect(device.store(iova, 1, 1)).toBe(2);
    expect(iommu.faults.records).toEqual([
      { iova: 0x1000n, access: IommuAccess.WO, iommuIdx: 0, reason: "permission" },
      { iova: 0x3000n, access: IommuAccess.RO, iommuIdx: 0, reason: "permission" },
      { iova: 0xfffn, access: IommuAccess.WO, iommuIdx: 0, reason: "not-mapped" },
    ]);
    expect([iommu.faults.overflow, iommu.faults.count]).toEqual([true, 5]);
    expect(log.length).toBe(3);
  });

  it("are of a table, and may lead to address spaces of their own", () => {
    const { machine, iommu, device } = makeMachine({
      indexes: 2,
      attrsToIndex: ({ pid }) => pid,
    });
    const other = machine.ram({ name: "other", size: 0x1000 });
    const targetAs = machine.addressSpace(other, "other");
    iommu.addWindow({ iova: 0, length: 0x1000, target: 0 });
    iommu.addWindow({ iova: 0, length: 0x1000, target: 0, targetAs }, 1);
    const by = (pid: number) => device.store(0, 1, 5, memTxAttrs({ pid }));
    expect([by(1), by(2)]).toEqual([MemTxResult.OK, MemTxResult.DECODE_ERROR]);
    expect(other.ramBytes()[0]).toBe(5);
    expect(iommu.faults.take()).toMatchObject({ iommuIdx: 2, reason: "no-table" });
    expect(iommu.windows(1)).toMatchObject([{ iova: 0n, length: 4096n, perm: 3, targetAs }]);
  });

  it("are removed and replaced, and listed in order", () => {
    const { iommu } = makeMachine();
    for (const page of [5, 1, 3]) {
      iommu.addWindow({ iova: page * 0x1000, length: 0x1000, target: 0 });
    }
    const starts = () => iommu.windows().map(({ iova }) => Number(iova) / 0x1000);
    expect(starts()).toEqual([1, 3, 5]);
    iommu.replaceWindow(0x1000, { iova: 0x1000, length: 0x2000, target: 0x8000 });
    iommu.replaceWindow(0x5000, { iova: 0x7000, length: 0x1000, target: 0 });
    iommu.removeWindow(0x3000);
    expect(starts()).toEqual([1, 7]);
    expect(iommu.windows()[0]).toMatchObject({ length: 0x2000n, target: 0x8000n });
    iommu.clearWindows();
    expect(starts()).toEqual([]);
  });
});

describe("what a window cannot be", () => {
  const fine: IommuWindow = { iova: 0x4000, length: 0x2000, target: 0 };
  it.each([
    ["overlapping the start", { ...fine, iova: 0x3000 }, "window-overlap"],
    ["overlapping the end", { ...fine, iova: 0x5000 }, "window-overlap"],
    ["within another", { ...fine, iova: 0x5000, length: 0x1000 }, "window-overlap"],
    ["around another", { ...fine, iova: 0, length: 0x10000 }, "window-overlap"],
    ["empty", { ...fine, length: 0 }, "window-alignment"],
    ["part of a granule", { ...fine, iova: 0x8000, length: 0x1800 }, "window-alignment"],
    ["off the granule", { ...fine, iova: 0x8800 }, "window-alignment"],
    ["off it at the target", { ...fine, iova: 0x8000, target: 1 }, "window-alignment"],
    ["beyond the region", { ...fine, iova: 2 ** 40 - 0x1000 }, "window-range"],
    ["beyond the target", { ...fine, iova: 0x8000, target: 2n ** 64n - 0x1000n }, "window-range"],
    ["for nothing", { ...fine, iova: 0x8000, perm: IommuAccess.NONE }, "window-permission"],
    ["for more", { ...fine, iova: 0x8000, perm: 4 }, "window-permission"],
    ["in too many pieces", { iova: 2 ** 39, length: 2 ** 38, target: 0x1000 }, "window-pieces"],
  ] as const)("%s", (_what, window, rule) => {
    const { iommu } = makeMachine({ size: 2 ** 40 });
    const mirror = new Mirror();
    iommu.addWindow(fine);
    iommu.addWindow({ iova: 0x2_0000, length: 0x1000, target: 0 });
    iommu.registerNotifier(mirror.notifier);
    const before = iommu.windows();
    for (const change of [
      () => iommu.addWindow(window),
      () => iommu.replaceWindow(0x2_0000, window),
    ]) {
      expect(change).toThrow(IommuWindowError);
      expect(change).toThrow(expect.objectContaining({ rule }));
    }
    expect(iommu.windows()).toEqual(before);
    expect(mirror.heard).toEqual([]);
  });

  it("told apart: addresses, tables, granules, and windows that are not there", () => {
    const { iommu } = makeMachine();
    expect(() => iommu.addWindow({ ...fine, iova: -1 })).toThrow(AddressError);
    expect(() => iommu.addWindow(fine, 1)).toThrow(RegionOptionsError);
    expect(() => iommu.removeWindow(0x4000)).toThrow("no window begins at 0x4000");
    iommu.addWindow(fine);
    expect(() => iommu.removeWindow(0x5000)).toThrow(IommuWindowError);
    expect(() => makeMachine({ granule: 3 })).toThrow(RegionOptionsError);
    expect(() => makeMachine({ granule: 0 })).toThrow(RegionOptionsError);
    expect(() => iommu.addWindow(fine)).toThrow(
      expect.objectContaining({ other: "window 0x4000+0x2000", address: 0x4000n }),
    );
  });

  it("in granules of one byte, anything that does not overlap", () => {
    const { iommu, device, ram } = makeMachine({ granule: 1 });
    iommu.addWindow({ iova: 3, length: 2, target: 0x101 });
    expect(device.write(3, Uint8Array.of(8, 9))).toBe(MemTxResult.OK);
    expect([...ram.ramBytes().slice(0x100, 0x104)]).toEqual([0, 8, 9, 0]);
    expect(iommu.getMinPageSize()).toBe(1n);
    iommu.replayNotifier(new Mirror().notifier);
  });
});

describe("notifiers of a window table", () => {
  it("are told of every change, in aligned blocks", () => {
    const { iommu, log } = makeMachine();
    const mirror = new Mirror({ flags: Flag.IOTLB_EVENTS });
    const device = new Mirror({ flags: Flag.DEVIOTLB_UNMAP });
    for (const { notifier } of [mirror, device]) iommu.registerNotifier(notifier);
    iommu.addWindow({ iova: 0x1000, length: 0x7000, target: 0x11000 });
    expect(mirror.heard.splice(0)).toEqual(["map 1000+1000", "map 2000+2000", "map 4000+4000"]);
    iommu.replaceWindow(0x1000, { iova: 0x2000, length: 0x2000, target: 0x1000 });
    expect(mirror.heard.splice(0)).toEqual([
      "unmap 1000+1000",
      "unmap 2000+2000",
      "unmap 4000+4000",
      "map 2000+1000",
      "map 3000+1000",
    ]);
    expect(mirror.sorted).toEqual([
      [0x2000n, "4096 4096 3"],
      [0x3000n, "4096 8192 3"],
    ]);
    device.heard.length = 0;
    iommu.clearWindows();
    expect([mirror.heard, device.heard]).toEqual([["unmap 2000+2000"], ["unmap 2000+2000"]]);
    expect([mirror.pages.size, log]).toEqual([0, []]);
  });

  it.each(seeds(25))("know all windows, seed %i", (seed) => {
    const random = new Random(seed);
    const { iommu, device, ram, log } = makeMachine({ indexes: 2 });
    const mirrors = [0, 1].map((iommuIdx) => new Mirror({ iommuIdx }));
    for (const { notifier } of mirrors) iommu.registerNotifier(notifier);
    const model: [Plain[], Plain[]] = [[], []];
    const clash = (list: readonly Plain[], at: number, length: number, except: number) =>
      list.some((w, i) => i !== except && at < w.iova + w.length && w.iova < at + length);
    for (let step = 0; step < 120; step++) {
      const iommuIdx = random.below(2);
      const list = model[iommuIdx] ?? [];
      const window = {
        iova: random.below(64) * 4 * KiB,
        length: (1 + random.below(12)) * 4 * KiB,
        target: random.below(256) * 4 * KiB,
        perm: random.pick([IommuAccess.RO, IommuAccess.WO, IommuAccess.RW]),
      };
      const old = list.length > 0 && random.chance(60) ? random.below(list.length) : -1;
      const isClash = clash(list, window.iova, window.length, old);
      const at = list[old]?.iova ?? 0;
      if (old >= 0 && random.chance(50)) {
        iommu.removeWindow(at, iommuIdx);
        list.splice(old, 1);
      } else {
        const change = () =>
          old < 0 ? iommu.addWindow(window, iommuIdx) : iommu.replaceWindow(at, window, iommuIdx);
        if (isClash) {
          assert.throws(change, IommuWindowError);
        } else {
          change();
          list.splice(old < 0 ? list.length : old, old < 0 ? 0 : 1, window);
        }
      }
      const probe = random.below(76 * 4 * KiB);
      const hit = model[0].find(({ iova, length }) => probe >= iova && probe < iova + length);
      const isWrite = random.chance(50);
      const { region, xlat } = device.translate(probe, 1, isWrite);
      const isAllowed = hit !== undefined && (hit.perm & (isWrite ? 2 : 1)) !== 0;
      expect(region === ram).toBe(isAllowed);
      if (hit && isAllowed) assert.equal(Number(xlat), hit.target + probe - hit.iova);
    }
    for (const [iommuIdx, mirror] of mirrors.entries()) {
      const expected = byPages(model[iommuIdx] ?? []);
      expect(pagesOf(mirror)).toEqual(expected);
      const late = new Mirror({ iommuIdx, flags: Flag.UNMAP });
      iommu.replayNotifier(late.notifier);
      expect(pagesOf(late)).toEqual(expected);
    }
    expect(log.filter((line) => line.startsWith("callback"))).toEqual([]);
  });
});

/** A window in plain numbers. */
interface Plain {
  readonly iova: number;
  readonly length: number;
  readonly target: number;
  readonly perm: IommuAccess;
}

/** What windows map, as one line for each page of 4 KiB, ascending. */
function byPages(windows: readonly Plain[]): string[] {
  return windows
    .flatMap(({ iova, length, target, perm }) =>
      Array.from({ length: length / 4096 }, (_, i) => ({
        at: iova + i * 4096,
        to: target + i * 4096,
        perm,
      })),
    )
    .sort((a, b) => a.at - b.at)
    .map(({ at, to, perm }) => `${at} ${to} ${perm}`);
}

/** The same of what a mirror holds. */
function pagesOf(mirror: Mirror): string[] {
  return byPages(
    mirror.sorted.map(([iova, text]) => {
      const [length = 0, target = 0, perm = 0] = text.split(" ").map(Number);
      return { iova: Number(iova), length, target, perm };
    }),
  );
}
