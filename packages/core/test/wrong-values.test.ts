import { thrownBy, type WrongValue, wrongValues } from "@mem/common";
import {
  CodeWatch,
  Data64,
  DirtyBitmap,
  EventNotifier,
  MemError,
  memOp,
  MemorySystem,
  RamBlock,
  SharedEventCounter,
} from "@mem/core";
import { describe, expect, it } from "vitest";

function world() {
  const machine = new MemorySystem();
  const ram = machine.ram({ name: "ram", size: 0x4000 });
  const block = ram.ramBlock;
  if (block === null) throw new Error("RAM without a block");
  const watch = block.watchCode(() => undefined);
  const bell = machine.eventNotifier("bell");
  const bitmap = new DirtyBitmap(16, false);
  return { machine, ram, block, watch, bell, bitmap, data: new Data64() };
}

type World = ReturnType<typeof world>;

const nothing = () => undefined;

/** A call with a value that may be wrong, and the kinds that are right. */
const CALLS: [string, (world: World, value: never) => unknown, WrongValue[]][] = [
  ["schedule", ({ machine }, value) => machine.schedule(value), ["function"]],
  [
    "schedule with",
    ({ machine }, value) => machine.schedule(nothing, value),
    ["undefined", "date"],
  ],
  [
    "schedule by name",
    ({ machine }, name) => machine.schedule(nothing, { name }),
    ["text", "undefined"],
  ],
  ["own", ({ machine }, value) => machine.own(value), []],
  [
    "logOnce of",
    ({ machine }, value) => machine.logOnce("k", "callback", "x", value),
    ["undefined", "array", "object", "date"],
  ],
  ["eventNotifier", ({ machine }, value) => machine.eventNotifier(value), ["text", "undefined"]],
  [
    "eventNotifier with",
    ({ machine }, value) => machine.eventNotifier("x", value),
    ["undefined", "date"],
  ],
  ["new EventNotifier", (_, value) => new EventNotifier(value), ["number", "NaN", "-1"]],
  ["onSignal", ({ bell }, value) => bell.onSignal(value), ["function"]],
  ["onSignal with", ({ bell }, value) => bell.onSignal(nothing, value), ["undefined", "date"]],
  [
    "onSignal deferred",
    ({ bell }, deferred) => bell.onSignal(nothing, { deferred }),
    ["flag", "undefined"],
  ],
  ["MemorySystem.of", (_, value) => MemorySystem.of(value), []],
  ["watchCode", ({ block }, value) => block.watchCode(value), ["function"]],
  ["new CodeWatch", (_, value) => new CodeWatch(value, nothing), []],
  ["tell", ({ watch }, value) => watch.tell(value, 4), ["number"]],
  ["new RamBlock", (_, value) => new RamBlock(value), []],
  ["markDirty from", ({ block }, value) => block.markDirty(value, 4, 1), ["number"]],
  ["markDirty", ({ block }, value) => block.markDirty(0, value, 1), ["number"]],
  ["dirtyBitmap", ({ block }, value) => block.dirtyBitmap(value), ["array"]],
  ["markWritten", ({ ram }, value) => ram.markWritten(value, 4), ["number"]],
  ["isLogging", ({ ram }, value) => ram.isLogging(value), ["number", "NaN", "-1"]],
  ["new DirtyBitmap", (_, value) => new DirtyBitmap(value), ["number"]],
  [
    "new DirtyBitmap that catches up",
    (_, value) => new DirtyBitmap(4, true, value),
    ["function", "undefined"],
  ],
  ["bitmap.get", ({ bitmap }, value) => bitmap.get(value), ["number"]],
  ["bitmap.set", ({ bitmap }, value) => bitmap.set(value, 5), ["number"]],
  ["bitmap.set to", ({ bitmap }, value) => bitmap.set(1, value), ["number"]],
  ["bitmap.mark", ({ bitmap }, value) => bitmap.mark(value), ["number"]],
  ["bitmap.clear", ({ bitmap }, value) => bitmap.clear(value, 5), ["number"]],
  ["bitmap.clear to", ({ bitmap }, value) => bitmap.clear(1, value), ["number"]],
  ["bitmap.any", ({ bitmap }, value) => bitmap.any(value, 5), ["number"]],
  ["bitmap.count", ({ bitmap }, value) => bitmap.count(1, value), ["number", "undefined"]],
  ["bitmap.nextDirty", ({ bitmap }, value) => bitmap.nextDirty(value, 5), ["number"]],
  ["bitmap.nextClean", ({ bitmap }, value) => bitmap.nextClean(1, value), ["number"]],
  ["bitmap.takeAndClear", ({ bitmap }, value) => bitmap.takeAndClear(1, value), ["number"]],
  ["data.loadBytes", ({ data }, value) => data.loadBytes(value, 0, 4), []],
  [
    "data.loadBytes of a size",
    ({ data }, value) => data.loadBytes(new Uint8Array(9), 0, value),
    ["number"],
  ],
  ["data.storeBytes", ({ data }, value) => data.storeBytes(value, 0, 4), []],
  ["memOp", (_, value) => memOp(value), []],
  [
    "counter.wait",
    (_, value) => new SharedEventCounter().wait(value),
    ["number", "-1", "undefined"],
  ],
];

describe("a value of a wrong kind is refused by name", () => {
  it.each(CALLS)("%s", (_, call, right) => {
    for (const [word, value] of wrongValues(...right)) {
      const made = world();
      const thrown = thrownBy(() => call(made, value as never));
      expect(thrown, word).toBeInstanceOf(MemError);
      expect((thrown as MemError).rule, word).toMatch(/./);
      expect(made.machine.pendingCount, word).toBe(0);
      expect(made.bitmap.count(), word).toBe(0);
    }
  });

  it("and a part of a value has 8 bytes at most: more would be gone through for ever", () => {
    const bytes = new Uint8Array(16).fill(1);
    const data = new Data64();
    for (const size of [9, 2 ** 53, Infinity]) {
      expect(() => data.loadBytes(bytes, 0, size)).toThrow(/data\.loadBytes: the size/);
      expect(() => data.storeBytes(bytes, 0, size)).toThrow(/data\.storeBytes: the size/);
    }
    data.loadBytes(bytes, 0, 8);
    expect(data.value64).toBe(0x0101010101010101n);
  });
});
