import { RegionOptionsError } from "@mem/core";
import { Machine, MemoryRegionSection } from "@mem/flat";
import {
  DiscardStatus,
  RamDiscardManager,
  type RamDiscardListener,
  type RamDiscardSource,
} from "@mem/ramdiscard";
import { describe, expect, it } from "vitest";

/** Lets the event loop turn. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

function make() {
  const log: string[] = [];
  const machine = new Machine({ log: (_, text) => log.push(text) });
  const region = machine.ram({ name: "dimm", size: 0x4000 });
  const manager = new RamDiscardManager(region);
  const section = new MemoryRegionSection({
    region,
    offsetWithinRegion: 0n,
    offsetWithinAddressSpace: 0n,
    size: 0x4000n,
  });
  return { log, region, manager, section };
}

const source = (answers: Partial<RamDiscardSource> = {}): RamDiscardSource => ({
  getMinGranularity: () => 0x1000n,
  isPopulated: () => true,
  replayPopulated: (section, replay) => replay(section) ?? DiscardStatus.OK,
  replayDiscarded: () => DiscardStatus.OK,
  ...answers,
});

describe("a discard listener", () => {
  const listener = (answers: Partial<RamDiscardListener>): RamDiscardListener => ({
    notifyPopulate: () => undefined,
    notifyDiscard: () => undefined,
    ...answers,
  });

  it.each<[string, () => unknown]>([
    ["a positive number", () => 5],
    ["true", () => true],
    ["NaN", () => NaN],
    ["half", () => -0.5],
    ["null", () => null],
    ["a promise", () => Promise.reject(new Error("later"))],
  ])("whose notifyPopulate answers %s has refused, with one line", async (_, answer) => {
    const { log, manager, section } = make();
    const one = listener({ notifyPopulate: () => answer() as never });
    expect(manager.registerListener(one, section)).toBe(DiscardStatus.INVALID);
    expect([manager.listenerCount, log.length]).toEqual([0, 1]);
    expect(log[0]).toContain("notifyPopulate answered");
    await turn();
  });

  it("whose notifyDiscard answers a promise that is rejected has a line in the log", async () => {
    const { log, manager, section } = make();
    const one = listener({ notifyDiscard: () => Promise.reject(new Error("later")) as never });
    manager.registerListener(one, section);
    manager.unregisterListener(one);
    await turn();
    expect(log).toHaveLength(1);
    expect(log[0]).toContain("later");
  });
});

describe("a source", () => {
  it.each<[string, unknown]>([
    ["a number", 4096],
    ["no power of two", 0x3000n],
    ["nothing", undefined],
  ])("whose granularity is %s is not added", (_, answer) => {
    const { manager } = make();
    const one = source({ getMinGranularity: () => answer as never });
    expect(() => manager.addSource(one)).toThrow(RegionOptionsError);
    expect(manager.sources).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["a promise", Promise.resolve(true)],
    ["1", 1],
    ["nothing", undefined],
  ])("whose isPopulated answers %s has nothing populated, with one line", (_, answer) => {
    const { log, manager, section } = make();
    manager.addSource(source({ isPopulated: () => answer as never }));
    expect([manager.isPopulated(section), manager.isPopulated(section)]).toEqual([false, false]);
    expect(log).toHaveLength(1);
  });

  it("replays to a callback whose answer is a status, or tells who asked", () => {
    const { manager, section } = make();
    manager.addSource(source());
    for (const answer of [1, "no", Promise.resolve()]) {
      expect(() => manager.replayPopulated(section, () => answer as never)).toThrow(
        RegionOptionsError,
      );
    }
    expect(manager.replayPopulated(section, () => -5)).toBe(-5);
  });
});
