import { ListenerError, Machine, type MemoryListener } from "@mem/flat";
import { beforeEach, describe, expect, it } from "vitest";

let log: string[];
let machine: Machine;

/** Lets the event loop turn. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
const later = () => Promise.reject(new Error("later")) as never;

beforeEach(() => {
  log = [];
  machine = new Machine({ log: (_, text) => log.push(text) });
});

function makeSpace() {
  const system = machine.container({ name: "system", size: 0x10000 });
  system.addSubregion(0, machine.ram({ name: "ram", size: 0x1000, migratable: true }));
  return machine.addressSpace(system, "memory");
}

describe("a listener", () => {
  it.each<[string, unknown]>([
    ["false", false],
    ["an error", new Error("no")],
    ["a promise", Promise.resolve("no")],
  ])("whose logGlobalStart answers %s is told so, and logging starts", (_, answer) => {
    const space = makeSpace();
    using _listening = space.listen({ logGlobalStart: () => answer as never });
    expect(() => machine.dirtyLog.start(1)).toThrow(ListenerError);
    expect(machine.dirtyLog.tracking).toBe(1);
  });

  it.each(["begin", "commit", "regionAdd", "regionDel"] satisfies (keyof MemoryListener)[])(
    "whose %s answers a promise that is rejected has a line in the log",
    async (callback) => {
      const space = makeSpace();
      space.listen({ name: "mirror", [callback]: later })[Symbol.dispose]();
      await turn();
      expect(log.length).toBeGreaterThan(0);
      expect(log[0]).toBe(`mirror threw in ${callback} of memory, later: Error: later`);
    },
  );
});

describe("an event notifier's callback that answers a promise which is rejected", () => {
  it.each([false, true])("has a line in the log (deferred: %s)", async (deferred) => {
    const bell = machine.eventNotifier("bell");
    bell.onSignal(later, { deferred });
    bell.set();
    await turn();
    await turn();
    expect(log).toEqual(["a callback of bell threw: Error: later"]);
  });
});

it("who is taken back by one of the same round is not called: event notifiers", () => {
  const bell = machine.eventNotifier("bell");
  const seen: string[] = [];
  bell.onSignal(() => {
    seen.push("a");
    second[Symbol.dispose]();
    bell.onSignal(() => seen.push("new"));
  });
  const second = bell.onSignal(() => seen.push("b"));
  bell.onSignal(() => seen.push("c"));
  bell.set();
  expect(seen).toEqual(["a", "c"]);
});
