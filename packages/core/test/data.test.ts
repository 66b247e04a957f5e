import { systemInternals } from "@mem/core/plumbing";
import { inspected } from "@mem/common";
import { describe, expect, it } from "vitest";
import {
  addEventfd,
  DeviceObject,
  DirtyBitmap,
  EventNotifier,
  LocalEventCounter,
  MemorySystem,
  NotifierError,
  RamBlockError,
  RegionOptionsError,
} from "../src/index.js";
import { CallbackList, internalsOf } from "../src/plumbing.js";

/** What `JSON.stringify` writes of a value, read back. */
const data = (shown: unknown): unknown => JSON.parse(JSON.stringify(shown));

describe("data and texts of signals", () => {
  it("say how many nobody has taken, and that there will be none", () => {
    const counter = new LocalEventCounter();
    counter.add();
    counter.add();
    expect([inspected(counter), data(counter)]).toEqual([
      "LocalEventCounter, 2 pending",
      { pending: 2, closed: false },
    ]);
    counter.close();
    expect([inspected(counter), data(counter)]).toEqual([
      "LocalEventCounter, 2 pending, closed",
      { pending: 2, closed: true },
    ]);
    const kick = new EventNotifier(3, "kick", { counter });
    expect(inspected(kick)).toBe("EventNotifier kick, closed");
  });

  it("count the callbacks", () => {
    const kick = new MemorySystem().eventNotifier("kick");
    kick.onSignal(() => undefined);
    kick.onSignal(() => undefined);
    expect(inspected(kick)).toBe("EventNotifier kick, 0 pending, 2 callbacks");
  });

  it("say of a callback whether it is still called", () => {
    const list = new CallbackList<() => void>();
    const entry = list.add(() => undefined);
    expect([inspected(entry), data(entry)]).toEqual(["CallbackEntry, active", { active: true }]);
    expect(`${list}`).toBe("1 callback");
    entry[Symbol.dispose]();
    expect([inspected(entry), data(entry)]).toEqual([
      "CallbackEntry, taken back",
      { active: false },
    ]);
  });
});

describe("a notifier", () => {
  it("of no machine has no queue for deferred callbacks", () => {
    const kick = new EventNotifier(0);
    expect(() => kick.onSignal(() => undefined, { deferred: true })).toThrow(NotifierError);
    expect(inspected(kick)).toBe("EventNotifier notifier0, 0 pending");
  });

  it("that is closed takes callbacks, and calls none", () => {
    const memory = new MemorySystem();
    const kick = memory.eventNotifier("kick");
    kick.close();
    let calls = 0;
    for (const deferred of [false, true]) {
      using registered = kick.onSignal(() => calls++, { deferred });
      expect(registered).toBeDefined();
    }
    kick.set();
    memory.runPending();
    expect(calls).toBe(0);
  });

  it("is iterated by whoever asks for its iterator, and by the iterator itself", async () => {
    const kick = new MemorySystem().eventNotifier("kick");
    kick.set();
    const signals = kick[Symbol.asyncIterator]();
    for await (const count of { [Symbol.asyncIterator]: () => signals }) {
      expect(count).toBe(1);
      kick.close();
    }
    expect(await signals.next()).toEqual({ value: undefined, done: true });
  });
});

describe("an eventfd of a device that takes writes of some sizes", () => {
  const door = (min: number | undefined) => {
    const memory = new MemorySystem();
    const valid = { maxAccessSize: 4, ...(min !== undefined && { minAccessSize: min }) } as const;
    const write = () => undefined;
    const region = memory.mmio({ name: "door", size: 0x100, write, valid: valid as never });
    const notifier = memory.eventNotifier("kick");
    return (size: 0 | 1 | 2 | 4 | 8) => addEventfd(region, { addr: 0, size, notifier });
  };

  it("is refused for a size that is never written", () => {
    expect(() => door(2)(8)).toThrow("it takes writes of 2 to 4 bytes, not of 8");
    expect(() => door(2)(1)).toThrow("it takes writes of 2 to 4 bytes, not of 1");
    expect(() => door(undefined)(8)).toThrow(RegionOptionsError);
    for (const size of [0, 2, 4] as const) expect(() => door(2)(size)).not.toThrow();
  });
});

describe("data and texts of memory", () => {
  it("say where RAM is, how much of it, and what marks it has", () => {
    const memory = new MemorySystem();
    const vram = memory.resizeableRam({
      name: "vram",
      size: 0x2000,
      maxSize: 0x8000,
      shared: true,
    });
    const block = vram.ramBlock;
    expect(inspected(block)).toBe("RamBlock vram (0x2000 of 0x8000 bytes, shared)");
    expect(String(block)).toBe("RAM of vram, 0x2000 bytes");
    expect(data(block)).toMatchObject({
      region: "vram",
      usedLength: 0x2000,
      maxLength: 0x8000,
      isShared: true,
      isResizeable: true,
      hasFile: false,
    });
    expect(String(memory)).toBe("0x2000 bytes of memory in 1 region");
  });

  it("say of byte order, sizes and offsets what a device has", () => {
    const memory = new MemorySystem();
    const valid = { minAccessSize: 2, maxAccessSize: 8 } as const;
    const { ops } = internalsOf(
      memory.mmio({ name: "be", size: 8, endianness: "big", valid, read: () => 0 }),
    );
    expect(inspected(ops)).toBe("MmioOps big endian, valid 2..8 bytes, impl 1..4 bytes");
    expect(data(ops)).toMatchObject({
      endianness: "big",
      valid: { minAccessSize: 2, maxAccessSize: 8, unaligned: false },
      wideOffsets: false,
      accepts: false,
    });
  });

  it("count pages, and have no bytes that lie apart in the host", () => {
    expect(String(new DirtyBitmap(64))).toBe("64 pages");
    const memory = new MemorySystem();
    const size = 4 * 1024 * 1024;
    const block = memory.ram({ name: "sparse", size, sparse: true }).ramBlock;
    const wrong = () => block?.bytes(0, size);
    expect(wrong).toThrow(RamBlockError);
    expect(wrong).toThrow("sparse: bytes 0x0+0x400000 are not contiguous in host memory");
  });

  it("say of regions without size where they are", () => {
    const memory = new MemorySystem();
    const empty = memory.container({ name: "empty", size: 0 });
    const system = memory.container({ name: "system", size: 0x1000 });
    system.addSubregion(0x10, empty);
    expect(inspected(system).split("\n")[1]).toBe("  010-010 (prio 0, container): empty");
    expect(inspected(empty)).toContain("MemoryRegion empty (container, 0x0 bytes) at 0x10");
  });
});

describe("data and texts of a machine at work", () => {
  it("say that changes wait, and that an access is under way", () => {
    const memory = new MemorySystem();
    const system = memory.container({ name: "system", size: 0x1000 });
    memory.transaction(() => {
      system.addSubregion(0, memory.ram({ name: "ram", size: 0x1000 }));
      expect(inspected(systemInternals(memory).transactions)).toBe(
        "Transactions, 1 open, changes wait",
      );
      expect(data(systemInternals(memory).transactions)).toEqual({
        depth: 1,
        committing: false,
        pending: true,
      });
      expect(inspected(memory).split("\n")[0]).toMatch(/^MemorySystem with .* in 1 region, busy$/);
    });
    expect(data(systemInternals(memory).transactions)).toEqual({
      depth: 0,
      committing: false,
      pending: false,
    });
  });
});

describe("a device of plain JavaScript", () => {
  class Lamp extends DeviceObject {}
  const wrong: [string, unknown, string][] = [
    ["no object", null, "options-object"],
    ["a name that is a number", { name: 5 }, "option-kind"],
    ["a type that is a class", { type: Lamp }, "option-kind"],
    ["a parent of another machine", { parent: new MemorySystem().objects.root }, "other-system"],
  ];
  it.each(wrong)("is refused for %s, and nothing is made", (_, options, rule) => {
    const memory = new MemorySystem();
    const before = [...memory.objects.liveObjects()].length;
    let error: unknown;
    try {
      memory.device(Lamp, options as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ rule });
    expect([...memory.objects.liveObjects()]).toHaveLength(before);
  });

  it("has a type by the name of its class, or a name of its own where that has none", () => {
    const memory = new MemorySystem();
    const types = [class extends DeviceObject {}, class USBHub2 extends DeviceObject {}].map(
      (Class) => memory.device(Class).klass.name,
    );
    expect(types).toEqual(["custom-device", "usb-hub2"]);
  });
});
