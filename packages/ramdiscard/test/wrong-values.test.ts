import { thrownBy, wrongValues } from "@mem/common";
import { findSection, Machine } from "@mem/flat";
import { MemError } from "@mem/qom";
import { describe, expect, it } from "vitest";
import {
  BitmapRamDiscardSource,
  DiscardInhibitor,
  RamDiscardManager,
  setRamDiscardManager,
} from "../src/index.js";

function world() {
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 0x10000 });
  const ram = machine.ram({ name: "ram", size: 0x4000 });
  system.addSubregion(0, ram);
  machine.addressSpace(system, "memory");
  const manager = new RamDiscardManager(ram);
  setRamDiscardManager(ram, manager);
  const source = new BitmapRamDiscardSource(ram, 0x1000);
  manager.addSource(source);
  const section = findSection(system, 0, 0x4000);
  if (section === null) throw new Error("RAM that is not there");
  return { manager, source, section };
}

type World = ReturnType<typeof world>;

const listener = { notifyPopulate: () => 0, notifyDiscard: () => undefined };

const CALLS: [string, (world: World, value: never) => unknown][] = [
  ["manager.isPopulated", ({ manager }, value) => manager.isPopulated(value)],
  ["manager.replayPopulated", ({ manager }, value) => manager.replayPopulated(value, () => 0)],
  ["manager.replayDiscarded", ({ manager }, value) => manager.replayDiscarded(value, () => 0)],
  ["manager.registerListener", ({ manager }, value) => manager.registerListener(listener, value)],
  ["source.isPopulated", ({ source }, value) => source.isPopulated(value)],
  ["source.replayPopulated", ({ source }, value) => source.replayPopulated(value, () => 0)],
  ["source.replayDiscarded", ({ source }, value) => source.replayDiscarded(value, () => 0)],
  ["source.load", ({ source }, value) => source.load(value)],
  ["DiscardInhibitor.of", (_, value) => DiscardInhibitor.of(value)],
];

const BACK: [string, (world: World, value: never) => unknown][] = [
  [
    "manager.replayPopulated",
    ({ manager, section }, value) => manager.replayPopulated(section, value),
  ],
  [
    "source.replayDiscarded",
    ({ source, section }, value) => source.replayDiscarded(section, value),
  ],
];

const REFUSED = { isTyped: true, rule: expect.any(String) as string, changed: false };

describe("a value of a wrong kind is refused by name", () => {
  it.each(CALLS)("%s", (_, call) => {
    for (const value of wrongValues()) expect(refusal(call, value)).toEqual(REFUSED);
  });

  it.each(BACK)("%s calls back", (_, call) => {
    for (const value of wrongValues("function")) expect(refusal(call, value)).toEqual(REFUSED);
  });
});

/** How a call with a value ends: with which error, and whether it changed something. */
function refusal(call: (world: World, value: never) => unknown, [, value]: [string, unknown]) {
  const made = world();
  const before = JSON.stringify(made.manager);
  const thrown = thrownBy(() => call(made, value as never));
  return {
    isTyped: thrown instanceof MemError,
    rule: thrown instanceof MemError ? thrown.rule : null,
    changed: JSON.stringify(made.manager) !== before,
  };
}
