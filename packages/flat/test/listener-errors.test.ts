import { systemInternals } from "@mem/core/plumbing";
import {
  type AddressSpace,
  GlobalDirty,
  LifecycleError,
  ListenerError,
  Machine,
  type MemoryListener,
  type MemoryRegion,
  MemTxResult,
} from "@mem/flat";
import { memberOf } from "../src/plumbing.js";
import { beforeEach, describe, expect, it } from "vitest";

let lines: string[];
let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;
let vram: MemoryRegion;

beforeEach(() => {
  lines = [];
  machine = new Machine({ log: (_category, line) => void lines.push(line) });
  root = machine.container({ name: "root", size: 0x100000 });
  bus = machine.addressSpace(root, "bus");
  vram = machine.ram({ name: "vram", size: 0x1000 });
  root.addSubregion(0x8000, vram);
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

function failure(run: () => unknown): ListenerError {
  const error = thrownBy(run);
  if (!(error instanceof ListenerError)) throw error;
  return error;
}

const fail = (message: string) => (): never => {
  throw new Error(message);
};

/** Throws once the RAM is switched off, so that registering goes well. */
const whenDisabled = (message: string) => (): void => {
  if (!vram.enabled) throw new Error(message);
};

describe("a listener that throws", () => {
  it("is named, with its callback, the region and the place; the map is changed all the same", () => {
    bus.listen({ name: "display", regionDel: fail("lost it") });
    const error = failure(() => (vram.addr = 0x20000));
    expect(error.name).toBe("ListenerError");
    expect(error).toMatchObject({
      rule: "listener-threw",
      listener: "display",
      callback: "regionDel",
      region: vram.describe(),
      address: 0x8000n,
    });
    expect(String(error.cause)).toBe("Error: lost it");
    expect(error.message).toBe(
      "display threw in regionDel for 0x8000+0x1000 vram@0x0 of bus: Error: lost it",
    );
    expect(bus.lookup(0x20000).region).toBe(vram);
    expect(bus.lookup(0x8000).region).toBe(machine.unassigned);
    expect(systemInternals(machine).transactions).toMatchObject({ depth: 0, committing: false });
  });

  it("and has no name is described", () => {
    bus.listen({ priority: 7, begin: whenDisabled("no") });
    const error = failure(() => (vram.enabled = false));
    expect(error.listener).toBe("a listener without a name (priority 7)");
    expect(error).toMatchObject({ callback: "begin", region: undefined, address: undefined });
    expect(error.failures).toMatchObject([{ section: null, region: null, addressSpace: "bus" }]);
  });

  it("keeps no other listener, space or callback from hearing everything, and the error comes once", () => {
    const other = machine.addressSpace(root, "other");
    const heard: string[] = [];
    const witness = (name: string, priority: number): MemoryListener => ({
      name,
      priority,
      begin: () => void heard.push(`${name} begin`),
      regionAdd: (section) => void heard.push(`${name} add ${section.region.name}`),
      regionDel: (section) => void heard.push(`${name} del ${section.region.name}`),
      commit: () => void heard.push(`${name} commit`),
    });
    bus.listen(witness("low", -1));
    other.listen(witness("high", 1));
    heard.length = 0;
    const faulty: MemoryListener = { name: "worse" };
    const registration = other.listen(
      Object.assign(faulty, {
        begin: () => undefined,
        regionAdd: () => undefined,
        regionDel: () => undefined,
        commit: () => undefined,
      }),
    );
    for (const callback of ["begin", "regionAdd", "regionDel", "commit"] as const) {
      faulty[callback] = fail(callback);
    }
    const error = failure(() => (vram.addr = 0x9000));
    expect(error.failures.map(({ listener, callback }) => `${listener} ${callback}`)).toEqual([
      "worse begin",
      "worse regionDel",
      "worse regionAdd",
      "worse commit",
    ]);
    expect(error.message.split("; ")).toHaveLength(4);
    expect(heard).toEqual([
      "low begin",
      "high begin",
      "low del vram",
      "low add vram",
      "high del vram",
      "high add vram",
      "low commit",
      "high commit",
    ]);
    for (const callback of ["begin", "regionAdd", "regionDel", "commit"] as const) {
      faulty[callback] = () => undefined;
    }
    vram.addr = 0xa000;
    registration[Symbol.dispose]();
  });

  it("may throw a hundred times: the message tells of a few, the list of all", () => {
    const parts = Array.from({ length: 100 }, (_, i) => {
      const part = machine.reservation({ name: `r${i}`, size: 1 });
      part.enabled = false;
      root.addSubregion(0x10000 + 2 * i, part);
      return part;
    });
    bus.listen({ name: "weak", regionAdd: (section) => section.region !== vram && fail("ouch")() });
    const error = failure(() =>
      machine.transaction(() => {
        for (const part of parts) part.enabled = true;
      }),
    );
    expect(error.failures).toHaveLength(100);
    expect(error.message).toMatch(/; and 96 more$/);
    expect(bus.flatView.length).toBe(101);
  });

  it("may throw what has no text", () => {
    bus.listen({
      name: "odd",
      commit: () => {
        if (!vram.enabled) throw Object.create(null) as Error;
      },
    });
    expect(failure(() => (vram.enabled = false)).message).toContain("something without a text");
  });

  it("reaches whoever ends the outermost transaction, and no one before", () => {
    bus.listen({ name: "faulty", commit: whenDisabled("late") });
    machine.begin();
    expect(() => (vram.enabled = false)).not.toThrow();
    machine.begin();
    machine.commit();
    expect(failure(() => machine.commit()).listener).toBe("faulty");
    expect(bus.flatView.length).toBe(0);
    expect(() => machine.transaction(() => undefined)).not.toThrow();
  });
});

describe("a guest whose device moves itself", () => {
  let bar: MemoryRegion;

  beforeEach(() => {
    bar = machine.mmio({ name: "bar", size: 0x100, read: () => 0x5a });
    const config = machine.mmio({
      name: "config",
      size: 4,
      read: () => Number(bar.addr),
      write: (_offset, value) => void (bar.addr = value),
    });
    root.addSubregion(0x10000, bar);
    root.addSubregion(0, config);
  });

  it("gets an error where a listener throws, with one line that names it; the device has moved", () => {
    let told = 0;
    bus.listen({
      name: "tracker",
      regionAdd: ({ region }) => region === bar && ++told > 1 && fail("x")(),
    });
    expect(told).toBe(1);
    expect(bus.store(0, 4, 0x20000)).toBe(MemTxResult.ERROR);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(
      "tracker threw in regionAdd for 0x20000+0x100 bar@0x0 of bus: Error: x",
    );
    expect(bus.load(0x20004, 1)).toBe(0x5a);
    expect(bus.load(0, 4)).toBe(0x20000);
    // Again, by every way that an access can take: no further line, and no exception.
    expect(bus.write(0, Uint8Array.of(0, 0, 3, 0))).toBe(MemTxResult.ERROR);
    expect(bus.load(0x30004, 1)).toBe(0x5a);
    expect(lines).toHaveLength(1);
    expect(systemInternals(machine).transactions.depth).toBe(0);
    expect(systemInternals(machine).reclaimer.inFlight).toBe(0);
  });

  it("gets no error where a device catches it", () => {
    bus.listen({ name: "tracker", commit: () => bar.addr === 0x20000n && fail("x")() });
    const seen: unknown[] = [];
    const careful = machine.mmio({
      name: "careful",
      size: 4,
      read: () => 0,
      write: (_offset, value) => void seen.push(thrownBy(() => (bar.addr = value))),
    });
    root.addSubregion(0x100, careful);
    expect(bus.store(0x100, 4, 0x20000)).toBe(MemTxResult.OK);
    expect(seen).toMatchObject([{ rule: "listener-threw", listener: "tracker" }]);
    expect(lines).toEqual([]);
  });
});

describe("outside a commit", () => {
  it("a listener that throws while it registers is not registered, and its name is told", () => {
    const listener: MemoryListener = { name: "early", regionAdd: fail("no") };
    expect(failure(() => bus.listen(listener))).toMatchObject({
      listener: "early",
      callback: "regionAdd",
    });
    vram.enabled = false;
    vram.enabled = true;
    listener.regionAdd = () => undefined;
    bus.listen(listener);
  });

  it("one that throws while it leaves is told everything, and has left", () => {
    const second = machine.reservation({ name: "second", size: 1 });
    root.addSubregion(0, second);
    const registration = bus.listen({
      name: "late",
      regionDel: fail("del"),
      commit: () => undefined,
    });
    const error = failure(() => registration[Symbol.dispose]());
    expect(error.failures.map(({ region }) => region)).toEqual([
      second.describe(),
      vram.describe(),
    ]);
    expect(registration.active).toBe(false);
    vram.enabled = false;
    bus.destroy();
  });

  it("dirty logging starts and stops all the same, and refusing is something else", () => {
    bus.listen({ name: "faulty", logGlobalStart: fail("start"), logGlobalStop: fail("stop") });
    expect(failure(() => machine.dirtyLog.start(GlobalDirty.MIGRATION)).callback).toBe(
      "logGlobalStart",
    );
    expect(machine.dirtyLog.tracking).toBe(GlobalDirty.MIGRATION);
    expect(failure(() => machine.dirtyLog.stop(GlobalDirty.MIGRATION)).callback).toBe(
      "logGlobalStop",
    );
    expect(machine.dirtyLog.tracking).toBe(0);
    bus.listen({ priority: 1, logGlobalStart: () => "not now" });
    const both = failure(() => machine.dirtyLog.start(GlobalDirty.MIGRATION));
    expect(both.failures.map(({ callback }) => callback)).toEqual([
      "logGlobalStart",
      "logGlobalStop",
    ]);
    expect(machine.dirtyLog.tracking).toBe(0);
  });

  it("a refusal to register names the listener", () => {
    const listener: MemoryListener = { name: "double" };
    bus.listen(listener);
    expect(() => bus.listen(listener)).toThrow(LifecycleError);
    expect(() => bus.listen(listener)).toThrow("double cannot watch bus: it is registered already");
    expect(() => machine.listen(listener)).toThrow("double cannot watch all address spaces");
  });

  it("one that joins while another is registered, and throws, leaves the next ones to join", () => {
    let joined: unknown = null;
    const inner: MemoryListener = { name: "inner", regionAdd: fail("no") };
    const outer: MemoryListener = {
      name: "outer",
      regionAdd: () => void (joined ??= bus.listen(inner)),
      regionDel: () => undefined,
    };
    const error = failure(() => bus.listen(outer));
    expect(error.listener).toBe("inner");
    expect(joined).toMatchObject({ active: false });
    // Whoever was to get a registration of the outer one got an exception: it is none.
    expect(memberOf(bus).listeners.size).toBe(0);
    const told: string[] = [];
    bus.listen({ regionAdd: (section) => void told.push(`${section}`) });
    expect(told).toEqual(["0x8000+0x1000 vram@0x0"]);
    const everywhere = { ...outer, regionAdd: () => void bus.listen(inner) };
    expect(failure(() => machine.listen(everywhere)).listener).toBe("inner");
    expect(memberOf(bus).listeners.size).toBe(1);
  });

  it("one that throws as it registers, or leaves, hears nothing of what it changed itself", () => {
    const told: string[] = [];
    const throwing: MemoryListener = {
      begin() {
        told.push("begin");
        vram.addr = 0x9000;
        throw new Error("no");
      },
      regionAdd: (section) => void told.push(`${section}`),
      regionDel: (section) => void told.push(`${section}`),
    };
    expect(failure(() => bus.listen(throwing)).callback).toBe("begin");
    expect([told, bus.lookup(0x9000).region]).toEqual([["begin"], vram]);
    told.length = 0;
    const leaving: MemoryListener = {
      regionAdd: (section) => void told.push(`add ${section}`),
      regionDel(section) {
        told.push(`del ${section}`);
        vram.addr = 0xa000;
      },
    };
    bus.listen(leaving)[Symbol.dispose]();
    expect(told).toEqual(["add 0x9000+0x1000 vram@0x0", "del 0x9000+0x1000 vram@0x0"]);
    expect(bus.lookup(0xa000).region).toBe(vram);
  });
});
