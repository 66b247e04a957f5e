import { beforeEach, describe, expect, it } from "vitest";
import {
  type AccessEvent,
  AccessTrace,
  Data64,
  KiB,
  Machine,
  type MemoryRegion,
  memOp,
  MemTxResult,
  untraced,
} from "../src/index.js";
import { traceBoard, type TraceBoard } from "./trace-board.js";

let board: TraceBoard;
let space: TraceBoard["space"];
let logged: readonly string[];

beforeEach(() => {
  board = traceBoard();
  ({ space, log: logged } = board);
});

const text = ({ type, address, size, value, region, offset, result }: AccessEvent): string =>
  `${type} ${address.toString(16)}/${size} ${value?.toString(16) ?? "-"} ${region.name}+${offset.toString(16)} ${result}`;

function watch(trace: AccessTrace): string[] {
  const seen: string[] = [];
  trace.on((event) => seen.push(text(event)));
  return seen;
}

function region(name: string): MemoryRegion {
  const found = board.regions.get(name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

describe("events", () => {
  it("tell of words, transfers, mappings and fetches", () => {
    using trace = new AccessTrace(space);
    const seen = watch(trace);
    space.store(0x10, 4, 0xcafe_f00d);
    space.load(0x12, 2);
    space.fetch(0x13);
    const data = new Data64();
    space.loadData(0x10, memOp(8, "big"), data);
    space.write(0x3ffa, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    space.read(0x20, new Uint8Array(100));
    space.writeRom(0x4000, new Uint8Array([1, 2]));
    space.map(0x100, 64, { isWrite: true })?.unmap(16);
    space.map(0x6000, 4, { isWrite: false })?.unmap();
    expect(seen.map((line) => line.replace(/ 1f0b[0-9a-f]*f00d/, ""))).toEqual([
      "write 10/4 cafef00d ram+10 0",
      "read 12/2 cafe ram+12 0",
      "fetch 13/1 ca ram+13 0",
      expect.stringMatching(/^read 10\/8 [0-9a-f]*cafef00d ram\+10 0$/),
      "write 3ffa/6 60504030201 ram+3ffa 0",
      "write 4000/2 807 rom+0 2",
      "write 4002/1 9 rom+2 2",
      "read 20/100 - ram+20 0",
      "write 4000/2 201 rom+0 0",
      "map 100/64 - ram+100 0",
      "unmap 100/16 - ram+100 0",
      "read 6000/4 91827364 plain+0 0",
      "map 6000/4 - plain+0 0",
      "unmap 6000/4 - plain+0 0",
    ]);
  });

  it("tell where an IOMMU led, and that it did", () => {
    using trace = new AccessTrace(space, { targets: ["iommu"] });
    const events: AccessEvent[] = [];
    trace.on((event) => events.push(event));
    space.store(0x8010, 1, 7);
    space.load(0x9010, 4);
    space.load(0x1010, 1);
    expect(events.map(text)).toEqual([
      "write 8010/1 7 ram+1010 0",
      expect.stringMatching(/^read 9010\/4 0 unassigned\+.* 2$/),
    ]);
    expect(events.map(({ via, target }) => [via?.name, target])).toEqual([
      ["iommu", "ram"],
      ["iommu", "unassigned"],
    ]);
  });

  it("reach above 2^53 with exact addresses", () => {
    const base = 2n ** 55n;
    using trace = new AccessTrace(space, { ranges: [{ addr: base + 4n, size: 4 }] });
    const seen = watch(trace);
    const data = new Data64();
    space.loadData(base, memOp(4), data);
    space.loadData(base + 1n, memOp(4), data);
    space.write(base + 6n, new Uint8Array(4));
    space.loadData(base + 8n, memOp(4), data);
    expect(seen).toEqual([
      expect.stringMatching(/^read 80000000000001\/4 .* ram\+1 0$/),
      "write 80000000000006/4 0 ram+6 0",
    ]);
  });

  it("come in the order in which accesses end: those of a device before its own", () => {
    const dma = board.machine.mmio({
      name: "dma",
      size: 4,
      write: (_offset, value) => void space.store(value, 1, 1),
    });
    space.root.addSubregion(0x7000, dma);
    using trace = new AccessTrace(space);
    const seen = watch(trace);
    space.store(0x7000, 4, 0x22);
    expect(seen).toEqual(["write 22/1 1 ram+22 0", "write 7000/4 22 dma+0 0"]);
  });

  it("answer what was read before their callbacks access memory themselves", () => {
    using trace = new AccessTrace(space);
    let calls = 0;
    trace.on(() => {
      calls++;
      space.load(0x6000, 4);
      space.store(0x40, 4, 0xffff_ffff);
      space.read(0, new Uint8Array(64));
    });
    board.ram.ramBytes().set([1, 2, 3, 4], 0x30);
    expect(space.load(0x30, 4)).toBe(0x0403_0201);
    expect(space.lastResult).toBe(MemTxResult.OK);
    expect(calls).toBe(1);
  });
});

describe("filters", () => {
  it("choose by type, target, region and range, all of which have to apply", () => {
    using trace = new AccessTrace(space);
    const named = (name: string, filter: Parameters<AccessTrace["on"]>[1]) => {
      trace.on(({ address }) => found.push(`${name} ${address.toString(16)}`), filter);
    };
    const found: string[] = [];
    named("writes", { types: ["write"] });
    named("devices", { targets: ["mmio"] });
    named("rom", { targets: ["rom", "unassigned"] });
    named("big", { regions: [region("big")] });
    named("translated", { regions: [region("iommu")], types: ["read"] });
    named("range", { ranges: [{ addr: 0x6043, size: 1 }], types: ["read"] });
    space.load(0x6040, 4);
    space.store(0x6044, 4, 1);
    space.load(0x4000, 1);
    space.load(0x7000, 1);
    space.load(0x8000, 1);
    expect(found).toEqual([
      "devices 6040",
      "big 6040",
      "range 6040",
      "writes 6044",
      "devices 6044",
      "big 6044",
      "rom 4000",
      "rom 7000",
      "translated 8000",
    ]);
  });

  it("leave pages of other addresses their bytes, and take the others' away", () => {
    const before = space.lookup(0x1000);
    const trace = new AccessTrace(space, { ranges: [{ addr: 0x1000, size: 1 }] });
    // One byte below the page, an access may begin that reaches into the range.
    expect(space.lookup(0xfff)).toMatchObject({
      start: 0,
      last: 0x1fff,
      traced: true,
      bytes: null,
    });
    expect(space.lookup(0x1000).region).toBe(board.ram);
    expect(space.lookup(0x2000)).toMatchObject({ start: 0x2000, last: 0x3fff, traced: false });
    expect(space.lookup(0x2000).bytes?.[0x2345 - space.lookup(0x2000).bias]).toBe(
      board.ram.ramBytes()[0x2345],
    );
    trace[Symbol.dispose]();
    expect(space.lookup(0x1000)).toBe(before);
    expect(trace.active).toBe(false);
  });

  it.each([
    [{ addr: 0, size: 0 }, /has no bytes/],
    [{ addr: -1, size: 1 }, /outside/],
    [{ addr: 0.5, size: 1 }, /exact/],
  ])("refuse the range %j", (range, message) => {
    const before = space.lookup(0);
    expect(() => new AccessTrace(space, { ranges: [range] })).toThrow(message);
    expect(space.lookup(0)).toBe(before);
  });
});

describe("counters", () => {
  it("count by region, in the order of first accesses", () => {
    using trace = new AccessTrace(space);
    space.load(0x6000, 4);
    space.store(0x10, 2, 1);
    space.fetch(0x11);
    space.load(0x6000, 1);
    space.store(0x4000, 1, 1);
    space.load(0x60c0, 4);
    space.map(0, 0x100, { isWrite: true })?.unmap();
    const lines = [...trace.counters].map(([{ name }, c]) => [name, c.reads, c.writes, c.fetches]);
    expect(lines).toEqual([
      ["plain", 2, 0, 0],
      ["ram", 0, 1, 1],
      ["rom", 0, 1, 0],
      ["throws", 1, 0, 0],
    ]);
    expect(trace.counters.get(board.ram)).toMatchObject({
      accesses: 2,
      maps: 1,
      bytesRead: 1,
      bytesWritten: 2,
      failed: 0,
    });
    expect(trace.counters.get(region("rom"))).toMatchObject({ failed: 1, decodeErrors: 1 });
    expect(trace.counters.get(region("throws"))).toMatchObject({ failed: 1, errors: 1 });
    trace.resetCounters();
    expect(trace.counters.size).toBe(0);
    space.load(0x60c0, 4);
    expect(trace.counters.get(region("throws"))?.reads).toBe(1);
  });

  it("stay when the trace has ended, and count no more", () => {
    const trace = new AccessTrace(space);
    space.load(0, 1);
    trace[Symbol.dispose]();
    trace[Symbol.dispose]();
    space.load(0, 1);
    expect(trace.counters.get(board.ram)?.reads).toBe(1);
  });
});

describe("break conditions", () => {
  it("are met by range, type and value", () => {
    using trace = new AccessTrace(space);
    const hits: string[] = [];
    const ranges = [{ addr: 0x400, size: 0x100 }];
    const onBreak = (event: AccessEvent) => void hits.push(text(event));
    const condition = trace.breakOn({ ranges, types: ["write"], value: 0x55 }, onBreak);
    space.store(0x400, 1, 0x54);
    space.load(0x400, 1);
    space.store(0x3ff, 2, 0x55);
    space.store(0x500, 1, 0x55);
    expect(hits).toEqual(["write 3ff/2 55 ram+3ff 0"]);
    condition[Symbol.dispose]();
    space.store(0x400, 1, 0x55);
    expect(hits).toHaveLength(1);
  });

  it("compare all 64 bits", () => {
    using trace = new AccessTrace(space);
    let hits = 0;
    trace.breakOn({ value: 0x1_0000_0055n }, () => hits++);
    const data = new Data64();
    data.set(0x55, 1);
    space.storeData(0x80, memOp(8), data);
    space.store(0x80, 4, 0x55);
    space.write(0x80, new Uint8Array(16));
    expect(hits).toBe(1);
  });
});

describe("a callback that throws", () => {
  it("is logged once and not called again; the access and the others go on", () => {
    using trace = new AccessTrace(space);
    let calls = 0;
    trace.on(() => {
      calls++;
      throw new Error("no");
    });
    const seen = watch(trace);
    expect(space.store(0x10, 1, 1)).toBe(MemTxResult.OK);
    expect(space.load(0x10, 1)).toBe(1);
    expect(calls).toBe(1);
    expect(seen).toHaveLength(2);
    expect(logged).toEqual([
      "callback: listener of a trace of cpu threw and was removed: Error: no",
    ]);
  });
});

describe("a callback may", () => {
  it("change the map, end its trace and begin another", () => {
    const trace = new AccessTrace(space);
    let second: AccessTrace | null = null;
    trace.on(() => {
      board.ram.enabled = false;
      trace[Symbol.dispose]();
      second = new AccessTrace(space);
    });
    expect(space.store(0x10, 1, 1)).toBe(MemTxResult.OK);
    expect(space.store(0x10, 1, 1)).toBe(MemTxResult.DECODE_ERROR);
    const found = second as AccessTrace | null;
    expect(found?.counters.get(board.machine.unassigned)?.writes).toBe(1);
    found?.[Symbol.dispose]();
  });
});

describe("traces of one address space", () => {
  it("are told each for itself, and the last one gives the windows back", () => {
    const before = space.lookup(0);
    const first = new AccessTrace(space, { ranges: [{ addr: 0, size: 0x100 }] });
    const second = new AccessTrace(space, { ranges: [{ addr: 0x2000, size: 0x100 }] });
    space.load(0x10, 1);
    space.load(0x2010, 1);
    expect(first.counters.get(board.ram)?.reads).toBe(1);
    expect(second.counters.get(board.ram)?.reads).toBe(1);
    first[Symbol.dispose]();
    expect(space.lookup(0).traced).toBe(false);
    expect(space.lookup(0x2000).traced).toBe(true);
    second[Symbol.dispose]();
    expect(space.lookup(0)).toBe(before);
  });

  it("follow the map", () => {
    using trace = new AccessTrace(space, { ranges: [{ addr: 0x6000, size: 4 }] });
    const seen = watch(trace);
    space.load(0x6000, 1);
    const ram = board.machine.ram({ name: "over", size: 4 * KiB });
    space.root.addSubregion(0x6000, ram, { priority: 5 });
    space.load(0x6000, 1);
    expect(seen).toEqual(["read 6000/1 64 plain+0 0", "read 6000/1 0 over+0 0"]);
  });

  it("outlive it, and cannot begin afterwards", () => {
    const trace = new AccessTrace(space);
    space.destroy();
    space.load(0, 1);
    trace[Symbol.dispose]();
    expect(() => new AccessTrace(space)).toThrow(/destroyed/);
  });
});

describe("whoever remembers windows", () => {
  it("hears of a commit when a trace begins and ends, and of nothing else", () => {
    const calls: string[] = [];
    const note = (call: string) => () => void calls.push(call);
    const listener = (name: string) => ({
      begin: note(`${name} begin`),
      commit: note(`${name} commit`),
      regionAdd: note(`${name} add`),
      regionDel: note(`${name} del`),
      regionNop: note(`${name} nop`),
    });
    const other = board.machine.addressSpace(space.root, "other");
    using _own = space.listen(listener("own"));
    using _others = other.listen(listener("other"));
    using _all = board.machine.listen(listener("all"));
    calls.length = 0;
    const trace = new AccessTrace(space);
    const expected = ["own begin", "all begin", "own commit", "all commit"];
    expect(calls).toEqual(expected);
    trace[Symbol.dispose]();
    expect(calls).toEqual([...expected, ...expected]);
  });
});

describe("a listener that throws at that commit", () => {
  it("keeps a trace from beginning", () => {
    let fails = false;
    using _watch = space.listen({
      commit: () => {
        if (fails) throw new Error("not now");
      },
    });
    const before = space.lookup(0);
    fails = true;
    expect(() => new AccessTrace(space)).toThrow(/not now/);
    expect(space.lookup(0)).toBe(before);
    fails = false;
    using trace = new AccessTrace(space);
    space.load(0, 1);
    expect(trace.counters.size).toBe(1);
  });
});

describe("limits on accesses inside accesses", () => {
  /** How deep a chain of devices gets, each of which accesses the next. */
  function depth(
    isTraced: boolean,
    by: "load" | "store" | "loadData",
  ): { deepest: number; results: number[] } {
    const machine = new Machine();
    const root = machine.container({ name: "root", size: 0x1_0000 });
    const bus = machine.addressSpace(root, "bus");
    let deepest = 0;
    const results: number[] = [];
    const enter = (at: number): void => {
      deepest = Math.max(deepest, at);
      const next = (at + 1) * 0x10;
      if (by === "load") bus.load(next, 4);
      if (by !== "load") {
        const data = new Data64();
        results.push(by === "store" ? bus.store(next, 4, 1) : bus.loadData(next, memOp(4), data));
      } else results.push(bus.lastResult);
    };
    for (let i = 0; i < 100; i++) {
      const name = `link${i}`;
      const read = (): number => {
        enter(i);
        return i;
      };
      root.addSubregion(i * 0x10, machine.mmio({ name, size: 0x10, read, write: () => enter(i) }));
    }
    if (isTraced) new AccessTrace(bus).on(() => undefined);
    enter(-1);
    return { deepest, results };
  }

  it.each(["load", "store", "loadData"] as const)("are the same for %s", (by) => {
    expect(depth(true, by)).toEqual(depth(false, by));
  });

  it("are no deeper on one path than on another", () => {
    expect(depth(true, "load").deepest).toBe(depth(true, "loadData").deepest);
  });
});

describe("untraced", () => {
  it("keeps a debugger's accesses out of all traces of the machine", () => {
    using trace = new AccessTrace(space);
    const answer = untraced(board.machine, () => {
      space.read(0, new Uint8Array(4));
      untraced(board.machine, () => space.fetch(1));
      return space.load(4, 1);
    });
    expect(answer).toBe(board.ram.ramBytes()[4]);
    expect(trace.counters.size).toBe(0);
    space.load(4, 1);
    expect(trace.counters.size).toBe(1);
  });
});

describe("a stream", () => {
  it("keeps as much as there is room for, counts the rest, and ends with the trace", async () => {
    const trace = new AccessTrace(space);
    const stream = trace.events({ capacity: 3, types: ["write"] });
    for (let i = 0; i < 5; i++) space.store(i, 1, i);
    space.load(0, 1);
    expect([stream.length, stream.dropped]).toEqual([3, 2]);
    const found: unknown[] = [];
    trace[Symbol.dispose]();
    for await (const event of stream) found.push(event.address);
    expect(found).toEqual([0, 1, 2]);
  });

  it("hands events to who waits, in order, and leaves the trace with its loop", async () => {
    using trace = new AccessTrace(space);
    const stream = trace.events();
    const first = stream.next();
    const second = stream.next();
    for (let i = 0; i < 4; i++) space.store(i, 1, i);
    expect((await first).value?.address).toBe(0);
    expect((await second).value?.address).toBe(1);
    for await (const event of stream) {
      expect(event.address).toBe(2);
      break;
    }
    space.store(9, 1, 9);
    expect([stream.length, stream.dropped]).toEqual([0, 0]);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it.each([0, -1, 1.5, Infinity])("refuses a capacity of %d", (capacity) => {
    using trace = new AccessTrace(space);
    expect(() => trace.events({ capacity })).toThrow(/room/);
  });
});
