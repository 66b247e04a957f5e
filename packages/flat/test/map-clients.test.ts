import { type AddressSpace, Machine, type MemoryRegion, MemTxResult } from "@mem/flat";
import { beforeEach, describe, expect, it } from "vitest";

let log: string[];
let machine: Machine;
let system: MemoryRegion;
let space: AddressSpace;

/** Lets the event loop turn. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

beforeEach(() => {
  log = [];
  machine = new Machine({ log: (_, text) => log.push(text) });
  system = machine.container({ name: "system", size: 2n ** 64n });
  const regs = machine.mmio({ name: "regs", size: 0x10000, read: () => 1, write: () => undefined });
  system.addSubregion(0, regs);
  space = machine.addressSpace(system, "memory");
});

const bounce = (length: number) => space.map(0, length, { isWrite: false });

describe("a map client", () => {
  it("that asks again while the room is too small waits, and is called when there is enough", () => {
    const other = bounce(3800);
    let tries = 0;
    let done = 0;
    const transfer = (): void => {
      tries++;
      const part = space.map(0x100, 512, { isWrite: false });
      if (part !== null && part.length === 512) done++;
      else space.addMapClient(transfer);
      part?.unmap(0);
    };
    const disk = machine.mmio({ name: "disk", size: 16, read: () => 0, write: () => transfer() });
    system.addSubregion(0x20000, disk);
    expect(space.store(0x20000, 4, 1)).toBe(MemTxResult.OK);
    expect([tries < 5, done, log]).toEqual([true, 0, []]);
    other?.unmap();
    machine.runPending();
    expect([done, log]).toEqual([1, []]);
  });

  it("that asks again within its call waits for a release, and takes no time until then", async () => {
    const other = bounce(3800);
    let tries = 0;
    const transfer = (): void => {
      tries++;
      if (space.map(0, 512, { isWrite: false })?.length === 512) return;
      space.addMapClient(transfer);
    };
    space.addMapClient(transfer);
    await turn();
    await turn();
    expect([tries, machine.pendingCount]).toEqual([1, 0]);
    other?.unmap();
    expect(tries).toBe(2);
  });

  it("is not called before the request returns, so that it can use its registration", async () => {
    let calls = 0;
    const registration: Disposable = space.addMapClient(() => {
      calls++;
      registration[Symbol.dispose]();
    });
    expect(calls).toBe(0);
    await turn();
    expect([calls, log]).toEqual([1, []]);
  });

  it("is called once, in order, and not when one before it takes it back", () => {
    const held = bounce(4096);
    const seen: string[] = [];
    space.addMapClient(() => {
      seen.push("a");
      second[Symbol.dispose]();
    });
    const second = space.addMapClient(() => seen.push("b"));
    space.addMapClient(() => seen.push("c"));
    held?.unmap();
    bounce(16)?.unmap();
    expect(seen).toEqual(["a", "c"]);
  });

  it("that throws is a line in the log; the others are called, and unmap does not throw", () => {
    const held = bounce(4096);
    let calls = 0;
    space.addMapClient(() => {
      throw new Error("no");
    });
    space.addMapClient(() => void calls++);
    held?.unmap();
    expect([calls, log]).toEqual([1, ["a map client of memory threw: Error: no"]]);
  });

  it("is called after the access whose device made the room", () => {
    const held = bounce(4096);
    const seen: string[] = [];
    const disk = machine.mmio({
      name: "disk",
      size: 4,
      write() {
        held?.unmap();
        seen.push("released");
      },
    });
    system.addSubregion(0x20000, disk);
    space.addMapClient(() => seen.push("called"));
    space.store(0x20000, 4, 1);
    expect(seen).toEqual(["released", "called"]);
  });
});

describe("a deferred callback of an event notifier", () => {
  it("runs after the access, once for its signals, and not when it was taken back", () => {
    const bell = machine.eventNotifier("bell");
    const seen: string[] = [];
    const disk = machine.mmio({
      name: "disk",
      size: 4,
      write() {
        bell.set();
        bell.set();
        seen.push("written");
      },
    });
    system.addSubregion(0x20000, disk);
    bell.onSignal(() => seen.push("at once"));
    const waiting = bell.onSignal(() => seen.push("later"), { deferred: true });
    space.store(0x20000, 4, 1);
    expect(seen).toEqual(["at once", "at once", "written", "later"]);
    bell.set();
    waiting[Symbol.dispose]();
    machine.runPending();
    expect([seen.slice(4), bell.pending]).toEqual([["at once"], 3]);
  });

  it("that throws costs no access anything", () => {
    const bell = machine.eventNotifier("bell");
    const regs = machine.mmio({ name: "door", size: 4, write: () => bell.set() });
    system.addSubregion(0x20000, regs);
    bell.onSignal(
      () => {
        throw new Error("no");
      },
      { deferred: true },
    );
    expect(space.store(0x20000, 4, 1)).toBe(MemTxResult.OK);
    expect(log).toEqual(["a callback of bell threw: Error: no"]);
  });
});
