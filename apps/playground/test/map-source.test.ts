import { Machine } from "@mem/flat";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MapSource, type MapSurroundings } from "../src/map/map-source.js";
import type { MapReport } from "../src/map/protocol.js";

const SHOW = {
  type: "map/show",
  space: null,
  window: null,
  maxWidth: null,
  hidden: true,
  heat: false,
} as const;

function setUp(more: Partial<MapSurroundings> = {}) {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 0x10000 });
  const ram = machine.ram({ name: "ram", size: 0x10000 });
  const uart = machine.mmio({ name: "uart", size: 0x100, read: () => 1, write() {} });
  system.addSubregion(0, ram);
  system.addSubregion(0x4000, uart, { priority: 1 });
  const space = machine.addressSpace(system, "cpu");
  const reports: MapReport[] = [];
  const stops: string[] = [];
  const source = new MapSource(machine, {
    post: (report) => reports.push(report),
    onBreak: () => stops.push("break"),
    onChange: () => stops.push("change"),
    ...more,
  });
  const of = <T extends MapReport["type"]>(type: T) =>
    reports.filter((report): report is Extract<MapReport, { type: T }> => report.type === type);
  return { machine, system, ram, uart, space, source, of, stops };
}

describe("the map of a machine, as a page is told of it", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is a picture, with places for each range and region", () => {
    const { source, of } = setUp();
    source.handle(SHOW);
    vi.runAllTimers();
    expect(of("map/spaces")).toEqual([{ type: "map/spaces", names: ["cpu"], shown: "cpu" }]);
    const frame = of("map/frame")[0]?.frame;
    expect(frame?.flat.map(({ start, last, name }) => [start, last, name])).toEqual([
      ["0x0", "0x3fff", "ram"],
      ["0x4000", "0x40ff", "uart"],
      ["0x4100", "0xffff", "ram +0x4100"],
    ]);
    expect(frame?.boxes.map(({ name, isSeen }) => [name, isSeen])).toEqual([
      ["system", false],
      ["ram", true],
      ["uart", true],
    ]);
    expect(frame?.svg).toContain("<svg");
  });

  it("follows each commit, drawn once for those that come at once", () => {
    const { source, of, uart, stops } = setUp();
    source.handle(SHOW);
    vi.runAllTimers();
    uart.addr = 0x8000;
    uart.addr = 0xc000;
    expect(stops).toEqual(["change", "change"]);
    vi.runAllTimers();
    expect(of("map/frame")).toHaveLength(2);
    expect(of("map/frame")[1]?.frame.flat[1]?.start).toBe("0xc000");
    expect(of("map/changes")[0]?.changes.map(({ number }) => number)).toEqual([1, 2]);
    expect(of("map/changes")[0]?.changes[0]?.come).toContain("0x8000-0x80ff uart");
  });

  it("keeps the key of what moves, so that it can be seen to move", () => {
    const { source, of, uart } = setUp();
    source.handle(SHOW);
    vi.runAllTimers();
    uart.addr = 0x8000;
    vi.runAllTimers();
    const keys = of("map/frame").map(({ frame }) => frame.flat.find(({ name }) => name === "uart"));
    expect(keys[0]?.key).toBe(keys[1]?.key);
    expect(keys[0]?.start).not.toBe(keys[1]?.start);
  });

  it("counts accesses only while that is wanted", () => {
    const { source, of, space } = setUp();
    source.handle(SHOW);
    expect([source.isTracing, space.lookup(0).traced]).toEqual([false, false]);
    source.handle({ ...SHOW, heat: true });
    expect([source.isTracing, space.lookup(0).traced]).toEqual([true, true]);
    space.store(0x4000, 1, 65);
    space.load(0x10, 4);
    space.load(0x14, 4);
    vi.advanceTimersByTime(300);
    expect(of("map/heat")[0]?.counts).toMatchObject([
      { name: "uart", reads: 0, writes: 1, recent: 1 },
      { name: "ram", reads: 2, writes: 0, recent: 2 },
    ]);
    source.handle({ type: "map/hide" });
    expect([source.isTracing, space.lookup(0).traced]).toEqual([false, false]);
  });

  it("counts each access of a program that executes no instructions", () => {
    const { source, of, space } = setUp();
    source.handle({ ...SHOW, heat: true });
    for (let at = 0; at < 100_001; at++) space.load(at & 0xfff, 1);
    expect(space.lookup(0).traced).toBe(true);
    vi.advanceTimersByTime(250);
    expect(of("map/heat").at(-1)?.counts).toMatchObject([
      { name: "ram", reads: 100_001, recent: 100_001 },
    ]);
    source.handle({ type: "map/hide" });
  });

  it("looks at so much of a busy machine, and estimates the rest by its instructions", () => {
    let instructions = 0;
    const { source, of, space } = setUp({ progress: () => instructions });
    const run = (loads: number): void => {
      for (let at = 0; at < loads; at++, instructions++) space.load(at & 0xfff, 1);
    };
    source.handle({ ...SHOW, heat: true });
    for (let round = 1; round <= 3; round++) {
      expect(space.lookup(0).traced).toBe(true);
      run(1999);
      expect(space.lookup(0).traced).toBe(true);
      run(1);
      // Memory has its bytes again within that access; devices are counted on.
      expect([space.lookup(0).traced, space.lookup(0x4000).traced]).toEqual([false, true]);
      run(98_000);
      for (let times = 0; times < 7; times++) space.store(0x4000, 1, 65);
      vi.advanceTimersByTime(250);
      const counts = of("map/heat").at(-1)?.counts;
      const ram = counts?.find(({ name }) => name === "ram");
      // The access under way is not among the instructions that were executed.
      expect(Math.abs((ram?.reads ?? 0) / (round * 100_000) - 1)).toBeLessThan(0.001);
      expect(Math.abs((ram?.recent ?? 0) / 100_000 - 1)).toBeLessThan(0.001);
      expect(counts?.find(({ name }) => name === "uart")).toMatchObject({ writes: 7 * round });
    }
    source.handle({ type: "map/hide" });
    vi.runAllTimers();
    expect(space.lookup(0).traced).toBe(false);
  });

  it("looks at so much of busy devices, too, and begins anew after a quarter of a second", () => {
    let instructions = 0;
    const { source, of, space } = setUp({ progress: () => instructions });
    source.handle({ ...SHOW, heat: true });
    for (let at = 0; at < 20_000; at++, instructions++) space.load(0x4000, 1);
    expect([space.lookup(0).traced, space.lookup(0x4000).traced]).toEqual([false, false]);
    vi.advanceTimersByTime(250);
    const uart = of("map/heat").at(-1)?.counts[0];
    expect(Math.abs((uart?.reads ?? 0) / 20_000 - 1)).toBeLessThan(0.001);
    expect([space.lookup(0).traced, space.lookup(0x4000).traced]).toEqual([true, true]);
    source.handle({ type: "map/hide" });
  });

  it("stops at a break, and only there", () => {
    const { source, of, space, stops } = setUp();
    const range = { space: "cpu", start: "0x400", last: "0x4ff" };
    source.handle({ type: "map/break", ...range, on: "write" });
    space.load(0x400, 1);
    space.store(0x3ff, 1, 1);
    expect(stops).toEqual([]);
    space.store(0x4ff, 1, 7);
    expect(stops).toEqual(["break"]);
    expect(of("map/broke")).toEqual([
      { type: "map/broke", id: 1, text: "write of 0x7, 1 byte at 0x4ff: ram + 0x4ff" },
    ]);
    expect(of("map/breaks").at(-1)?.breaks).toEqual([{ id: 1, ...range, on: "write" }]);
    source.handle({ type: "map/unbreak", id: 1 });
    space.store(0x4ff, 1, 7);
    expect(stops).toEqual(["break"]);
    expect(source.isTracing).toBe(false);
  });

  it("explains with what lies beneath", () => {
    const { source, of } = setUp();
    source.handle({ type: "map/explain", space: "cpu", address: "0x4000" });
    const explanation = of("map/explanation")[0]?.explanation;
    expect(explanation?.headline).toBe("0x4000 in cpu: uart + 0x0");
    const beneath = explanation?.sections.find(({ heading }) => heading === "Beneath it");
    expect(beneath?.lines[0]).toBe("ram + 0x4000, RAM");
  });

  it.each([
    [{ type: "map/explain", space: "cpu", address: "nonsense" }, "nonsense"],
    [{ type: "map/break", space: "cpu", start: "0x10", last: "0xf", on: "any" }, "no bytes|range"],
    [{ ...SHOW, window: { start: "0x20", last: "0x1f" } }, "empty"],
  ] as const)("tells what cannot be done: %j", (command, message) => {
    const { source, of } = setUp();
    source.handle(command);
    vi.runAllTimers();
    expect(of("map/trouble")[0]?.message).toMatch(new RegExp(message));
  });
});
