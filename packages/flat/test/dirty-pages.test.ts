import {
  addEventfd,
  type AddressSpace,
  clearDirtyBitmap,
  countDirtyPages,
  Data64,
  DirtyClient,
  type DirtyRun,
  dirtyRuns,
  flushRomDevice,
  GiB,
  GlobalDirty,
  Machine,
  memOp,
  type MemoryRegion,
  memTxAttrs,
  MemTxResult,
  MiB,
  RamBlockError,
  resetDirty,
  setDirty,
  snapshotAndClearDirty,
  TiB,
} from "@mem/flat";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";

const PAGE = 4096;
const { VGA, CODE, MIGRATION } = DirtyClient;

let machine: Machine;
let root: MemoryRegion;
let bus: AddressSpace;

beforeEach(() => {
  machine = new Machine({ codeDirtyLog: true });
  root = machine.container({ name: "root", size: 2n ** 64n });
  bus = machine.addressSpace(root, "bus");
});

/** Runs as text, in pages. */
const text = (runs: Iterable<DirtyRun>) =>
  [...runs].map(({ offset, length }) => `${offset / PAGE}+${length / PAGE}`).join(" ");

/** Marks all of a region clean for every client. */
function clean(region: MemoryRegion): void {
  for (const client of [VGA, CODE, MIGRATION]) {
    resetDirty(region, 0, region.ramBlock?.maxLength ?? 0, client);
  }
}

describe("every way to write memory marks its pages", () => {
  let ram: MemoryRegion;
  let rom: MemoryRegion;
  let flash: MemoryRegion;
  const debug = memTxAttrs({ debug: true });
  const data = new Data64();

  beforeEach(() => {
    ram = machine.ram({ name: "ram", size: 0x10000, migratable: true });
    rom = machine.rom({ name: "rom", size: 0x10000, migratable: true });
    flash = machine.romDevice({ name: "flash", size: 0x10000, migratable: true, write() {} });
    root.addSubregion(0x10000, ram);
    root.addSubregion(0x20000, rom);
    root.addSubregion(0x30000, flash);
    root.addSubregion(0x90000, machine.alias({ name: "again", size: 0x10000, target: ram }));
    for (const region of [ram, rom, flash]) region.setLog(true);
    machine.dirtyLog.start(GlobalDirty.MIGRATION);
  });

  const ways: [string, string, () => unknown][] = [
    ["a store of 1 byte", "ram 3+1", () => bus.store(0x13fff, 1, 1)],
    ["a store of 2 bytes", "ram 3+1", () => bus.store(0x13ffe, 2, 1)],
    ["a store of 4 bytes", "ram 3+1", () => bus.store(0x13ffc, 4, 1)],
    ["a store of 8 bytes", "ram 3+1", () => bus.storeData(0x13ff8, memOp(8), data)],
    ["a store across pages", "ram 3+2", () => bus.store(0x13ffe, 4, 1)],
    ["a big-endian store", "ram 3+1", () => bus.storeData(0x13ff0, memOp(4, "big"), data)],
    ["a store by bigint", "ram 3+1", () => bus.storeData(0x13ff0n, memOp(4), data)],
    ["a short write", "ram 3+1", () => bus.write(0x13000, new Uint8Array(3))],
    ["a long write", "ram 3+3", () => bus.write(0x13fff, new Uint8Array(PAGE + 2))],
    ["rw", "ram 3+1", () => bus.rw(0x13000, new Uint8Array(3), true)],
    ["set", "ram 3+2", () => bus.set(0x13800, 1, PAGE)],
    ["writeRom to RAM", "ram 3+1", () => bus.writeRom(0x13000, new Uint8Array(3))],
    ["writeRom to ROM", "rom 4+2", () => bus.writeRom(0x24fff, new Uint8Array(2))],
    ["writeRom to a ROM device", "flash 4+2", () => bus.writeRom(0x34fff, new Uint8Array(2))],
    ["an alias", "ram 3+1", () => bus.store(0x93000, 4, 1)],
    ["a debugger's store to ROM", "rom 3+1", () => bus.store(0x23000, 4, 1, debug)],
    ["a debugger's write to ROM", "rom 3+1", () => bus.write(0x23000, new Uint8Array(1), debug)],
    ["a debugger's store to flash", "flash 3+1", () => bus.store(0x33000, 4, 1, debug)],
    ["a mapping", "ram 3+2", () => bus.map(0x13800, PAGE, { isWrite: true })?.unmap()],
    [
      "a mapping used in part",
      "ram 3+1",
      () => bus.map(0x13800, PAGE, { isWrite: true })?.unmap(1),
    ],
    ["flushRomDevice", "flash 3+2", () => flushRomDevice(flash, 0x3fff, 2)],
  ];

  it.each(ways)("%s", (_, expected, write) => {
    const regions = { ram, rom, flash };
    for (const region of [ram, rom, flash]) clean(region);
    write();
    for (const client of [VGA, MIGRATION]) {
      const marked = Object.entries(regions)
        .map(([name, region]) => `${name} ${text(dirtyRuns(region, client))}`)
        .filter((line) => !line.endsWith(" "));
      expect([client, marked]).toEqual([client, [expected]]);
    }
    // Whoever caches code watches writes himself.
    expect([ram, rom, flash].map((region) => countDirtyPages(region, CODE))).toEqual([0, 0, 0]);
  });

  it("and nothing that does not write does", () => {
    for (const region of [ram, rom, flash]) clean(region);
    bus.load(0x13000, 4);
    bus.read(0x13000, new Uint8Array(PAGE));
    bus.map(0x13000, PAGE, { isWrite: false })?.unmap();
    bus.map(0x13000, PAGE, { isWrite: true })?.unmap(0);
    expect(bus.store(0x23000, 4, 1)).toBe(MemTxResult.DECODE_ERROR);
    bus.write(0x23000, new Uint8Array(4));
    bus.store(0x33000, 4, 1); // goes to the device, which may call flushRomDevice
    addEventfd(flash, { addr: 0x3000, size: 4, notifier: machine.eventNotifier() });
    bus.store(0x33000, 4, 1);
    for (const region of [ram, rom, flash]) {
      for (const client of [VGA, CODE, MIGRATION]) expect(text(dirtyRuns(region, client))).toBe("");
    }
  });

  it("for the clients that ask for it at that moment", () => {
    clean(ram);
    ram.setLog(false);
    bus.store(0x11000, 4, 1);
    machine.dirtyLog.stop(GlobalDirty.MIGRATION);
    bus.store(0x12000, 4, 1);
    ram.setLog(true);
    bus.store(0x13000, 4, 1);
    setDirty(ram, 0x4000, 1);
    expect([VGA, CODE, MIGRATION].map((client) => text(dirtyRuns(ram, client)))).toEqual([
      "3+2",
      "4+1",
      "1+1",
    ]);
  });
});

describe("runs of dirty pages", () => {
  it("are what a display redraws: snapshot, runs, count", () => {
    const vram = machine.ram({ name: "vram", size: MiB });
    root.addSubregion(0, vram);
    vram.setLog(true);
    expect(text(snapshotAndClearDirty(vram, 0, MiB, VGA).runs())).toBe("0+256");
    for (const page of [3, 4, 5, 63, 64, 255]) bus.store(page * PAGE + 17, 1, 1);
    expect(text(dirtyRuns(vram, VGA))).toBe("3+3 63+2 255+1");
    const drawn = snapshotAndClearDirty(vram, 0, MiB, VGA);
    expect([text(drawn.runs()), drawn.dirtyPages]).toEqual(["3+3 63+2 255+1", 6]);
    expect(text(drawn.runs({ offset: 4 * PAGE + 1, length: 60 * PAGE }))).toBe("4+2 63+2");
    expect(text(drawn.runs({ offset: 64 * PAGE }))).toBe("64+1 255+1");
    expect([text(dirtyRuns(vram, VGA)), countDirtyPages(vram, VGA)]).toEqual(["", 0]);
  });

  it("of a snapshot are of all that was taken: groups of 64 pages, as far as there is memory", () => {
    const ram = machine.ram({ name: "ram", size: 100 * PAGE });
    const taken = snapshotAndClearDirty(ram, 70 * PAGE, PAGE, MIGRATION);
    expect([taken.offset / PAGE, taken.length / PAGE]).toEqual([64, 36]);
    expect([text(taken.runs()), taken.dirtyPages]).toEqual(["64+36", 36]);
    expect(text(dirtyRuns(ram, MIGRATION))).toBe("0+64");
    expect(() => taken.runs({ offset: 63 * PAGE, length: 1 })).toThrow(RamBlockError);
    expect(() => taken.runs({ offset: 0 })).toThrow("not captured");
    expect(taken.isDirty(99 * PAGE, PAGE)).toBe(true);
    expect(() => taken.isDirty(63 * PAGE, 1)).toThrow("not captured");
    const nothing = snapshotAndClearDirty(ram, 64 * PAGE, 0, MIGRATION);
    expect([nothing.length, nothing.dirtyPages, text(nothing.runs())]).toEqual([0, 0, ""]);
  });

  it("end with the memory in use", () => {
    const ram = machine.resizeableRam({ name: "ram", size: 3 * PAGE, maxSize: 10 * PAGE });
    expect([text(dirtyRuns(ram, VGA)), countDirtyPages(ram, VGA)]).toEqual(["0+3", 3]);
    const odd = machine.ram({ name: "odd", size: 5000, memory: new Uint8Array(5000) });
    expect([...dirtyRuns(odd, VGA)]).toEqual([{ offset: 0, length: 5000 }]);
    expect([...snapshotAndClearDirty(odd, 0, 5000, VGA).runs()]).toHaveLength(1);
  });

  it("show what is marked further on while they are walked", () => {
    const ram = machine.ram({ name: "ram", size: 100 * PAGE });
    ram.setLog(true);
    resetDirty(ram, 0, 100 * PAGE, VGA);
    setDirty(ram, 0, 1);
    const walked: number[] = [];
    for (const { offset } of dirtyRuns(ram, VGA)) {
      walked.push(offset / PAGE);
      if (offset < 90 * PAGE) setDirty(ram, offset + 10 * PAGE, 1);
    }
    expect(walked).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  it("are refused at once where there is no memory, or no such client", () => {
    const hole = machine.container({ name: "hole", size: PAGE });
    const ram = machine.ram({ name: "ram", size: PAGE });
    expect(() => dirtyRuns(hole, VGA)).toThrow("has no memory");
    expect(() => countDirtyPages(hole, VGA)).toThrow("has no memory");
    expect(() => dirtyRuns(ram, 3)).toThrow("no dirty client 3");
    expect(() => dirtyRuns(ram, VGA, { offset: PAGE, length: 1 })).toThrow("not within its memory");
    expect(text(dirtyRuns(ram, VGA, { offset: PAGE }))).toBe("");
  });

  it("of a terabyte take no time and no memory", () => {
    const ram = machine.ram({ name: "huge", size: TiB, migratable: true });
    root.addSubregion(0, ram);
    machine.dirtyLog.start(GlobalDirty.MIGRATION);
    const before = process.memoryUsage().arrayBuffers;
    const first = snapshotAndClearDirty(ram, 0, TiB, MIGRATION);
    expect([...first.runs()]).toEqual([{ offset: 0, length: TiB }]);
    expect(first.dirtyPages).toBe(TiB / PAGE);
    for (const at of [5 * PAGE, 300 * GiB, TiB - 1]) setDirty(ram, at, 1);
    const second = snapshotAndClearDirty(ram, 0, TiB, MIGRATION);
    expect([...second.runs()].map(({ offset }) => offset)).toEqual([
      5 * PAGE,
      300 * GiB,
      TiB - PAGE,
    ]);
    resetDirty(ram, 0, TiB, VGA);
    expect(countDirtyPages(ram, VGA)).toBe(0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MiB);
  });

  it("and all else agree with a list of booleans", () => {
    const pages = 200;
    const place = fc.integer({ min: 0, max: pages * PAGE });
    const step = fc.record({
      what: fc.constantFrom("set", "reset", "write", "snapshot"),
      a: place,
      b: place,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const here = new Machine();
        const ram = here.ram({ name: "ram", size: pages * PAGE });
        const space = here.addressSpace(ram, "ram");
        ram.setLog(true);
        const dirty = new Array<boolean>(pages).fill(true);
        for (const { what, a, b } of steps) {
          const [from, length] = [Math.min(a, b), Math.abs(a - b)];
          const first = Math.floor(from / PAGE);
          const end = Math.max(Math.ceil((from + length) / PAGE), first);
          let answer: unknown = null;
          let expected: unknown = null;
          if (what === "set") setDirty(ram, from, length);
          else if (what === "write") space.write(from, new Uint8Array(length));
          else if (what === "reset") resetDirty(ram, from, length, VGA);
          else {
            const taken = snapshotAndClearDirty(ram, from, length, VGA);
            const seen = new Array<boolean>(pages).fill(false);
            for (const run of taken.runs()) {
              seen.fill(true, run.offset / PAGE, (run.offset + run.length) / PAGE);
            }
            answer = [taken.isDirty(from, length), seen];
            const low = first - (first % 64);
            const high = Math.max(Math.ceil((from + length) / (64 * PAGE)) * 64, low);
            const captured = dirty.map((was, page) => was && page >= low && page < high);
            expected = [dirty.slice(first, end).includes(true), captured];
            dirty.fill(false, low, high);
          }
          expect(answer).toEqual(expected);
          if (what === "set" || (what === "write" && length > 0)) dirty.fill(true, first, end);
          if (what === "reset" && length > 0) dirty.fill(false, first, end);
          expect(countDirtyPages(ram, VGA)).toBe(dirty.filter(Boolean).length);
        }
      }),
    );
  });
});

describe("dirty bits that somebody else keeps", () => {
  it("are told of as clean, and the region's own stay", () => {
    const ram = machine.ram({ name: "ram", size: 0x10000 });
    root.addSubregion(0x4000, ram);
    ram.setLog(true);
    clean(ram);
    setDirty(ram, 0x3000, 16);
    const told: string[] = [];
    using listening = bus.listen({
      logClear: ({ region, offsetWithinRegion, size }) => {
        told.push(`${region.name} ${offsetWithinRegion}+${size}`);
      },
    });
    clearDirtyBitmap(ram, 0x3010, 0x20);
    clearDirtyBitmap(ram, 0x3010, 0);
    expect([listening.active, told, text(dirtyRuns(ram, VGA))]).toEqual([
      true,
      ["ram 12304+32"],
      "3+1",
    ]);
  });

  it("are those of memory, within it", () => {
    const ram = machine.ram({ name: "ram", size: 0x1000 });
    expect(() => clearDirtyBitmap(ram, 0xfff, 2)).toThrow(RamBlockError);
    expect(() => clearDirtyBitmap(root, 0, 1)).toThrow(RamBlockError);
  });
});
