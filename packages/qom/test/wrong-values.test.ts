import { thrownBy, type WrongValue, wrongValues } from "@mem/common";
import { describe, expect, it } from "vitest";
import { ClassSlot, escapeName, MemError, ObjectSystem } from "../src/index.js";

function world() {
  const system = new ObjectSystem();
  system.types.register({ name: "timer" });
  const timer = system.createChild(system.root, "timer", "timer");
  return { system, timer, owned: system.create("timer") };
}

type World = ReturnType<typeof world>;

function stateOf({ system, timer, owned }: World): string {
  return JSON.stringify([system, timer.refcount, owned.refcount]);
}

/** A call with a value that may be wrong, and the kinds that are right. */
const CALLS: [string, (world: World, value: never) => unknown, WrongValue[]][] = [
  ["escapeName", (_, value) => escapeName(value), ["text"]],
  ["new ClassSlot", (_, value) => new ClassSlot(value), ["text"]],
  ["ref", ({ timer }, value) => timer.ref(value), ["text", "undefined"]],
  ["unref", ({ timer }, value) => timer.unref(value), []],
  ["hold", ({ timer }, value) => timer.hold(value), ["text"]],
  ["own", ({ owned }, value) => owned.own(value), ["text"]],
  ["getProperty", ({ timer }, value) => timer.getProperty(value), []],
  ["setProperty", ({ timer }, value) => timer.setProperty(value, 1), []],
  ["setPropertyText", ({ timer }, value) => timer.setPropertyText(value, "1"), []],
  ["removeProperty", ({ timer }, value) => timer.removeProperty(value), []],
  ["build of a type", ({ system, timer }, value) => system.build(value, () => timer), []],
  ["build by", ({ system }, value) => system.build("timer", value), []],
  ["build of", ({ system }, value) => system.build("timer", () => value), []],
  ["adopt", ({ system }, value) => system.adopt(value), []],
  ["resolve", ({ system }, value) => system.resolve("timer", value), ["undefined", "date"]],
  ["lookup", ({ system }, value) => system.lookup(value), ["text"]],
  [
    "resolve a type",
    ({ system }, type) => system.resolve("timer", { type }),
    ["text", "undefined"],
  ],
  ["resolveAt from", ({ system }, value) => system.resolveAt(value, "x"), []],
  ["resolveAt", ({ system, timer }, value) => system.resolveAt(timer, value), ["text"]],
  ["deferFinalization", ({ system }, value) => system.deferFinalization(value), ["function"]],
  ["leaks", ({ system }, value) => system.leaks(value), ["undefined", "date"]],
  ["leaks of all", ({ system }, all) => system.leaks({ all }), ["flag", "undefined"]],
  ["onHookError", ({ system }, value) => (system.onHookError = value), ["function", "null"]],
];

describe("a value of a wrong kind is refused by name, and changes nothing", () => {
  it.each(CALLS)("%s", (_, call, right) => {
    for (const [word, value] of wrongValues(...right)) {
      const made = world();
      const before = stateOf(made);
      const thrown = thrownBy(() => call(made, value as never));
      expect(thrown, word).toBeInstanceOf(MemError);
      expect((thrown as MemError).rule, word).toMatch(/./);
      expect(stateOf(made), word).toBe(before);
    }
  });
});
