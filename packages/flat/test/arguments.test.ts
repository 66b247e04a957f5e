import {
  AccessTrace,
  AddressSpace,
  CoalescedMmioQueue,
  clearDirtyBitmap,
  countDirtyPages,
  DirtyLog,
  dirtyRuns,
  explain,
  findSection,
  flatViewForEachRange,
  flushRomDevice,
  isPresent,
  Machine,
  MemoryModelError,
  MemoryRegionSection,
  mtree,
  resetDirty,
  setDirty,
  snapshotAndClearDirty,
  untraced,
} from "@mem/flat";
import { thrownBy } from "@mem/common";
import { describe, expect, it } from "vitest";

/** What a program in JavaScript may hand over: no compiler looks at it. */
const loose = (value: unknown) => value as never;

function world() {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 0x10000 });
  root.addSubregion(0, machine.ram({ name: "ram", size: 0x2000 }));
  root.addSubregion(0x4000, machine.mmio({ name: "uart", size: 0x100, read: () => 0 }));
  const bus = machine.addressSpace(root, "cpu");
  const trace = new AccessTrace(machine.addressSpace(root, "traced"));
  return { machine, root, bus, trace };
}

type World = ReturnType<typeof world>;

/** Call, class of the error, rule, and what the message must say. */
type Refused = [string, (w: World) => unknown, string, string, RegExp];
const TABLE: Refused[] = [
  [
    "no root",
    ({ machine: m }) => m.addressSpace(loose(undefined), "x"),
    "ArgumentError",
    "option-missing",
    /machine\.addressSpace: the root is missing/,
  ],
  [
    "a machine as root",
    ({ machine: m }) => m.addressSpace(loose(m), "x"),
    "ArgumentError",
    "option-kind",
    /class Machine/,
  ],
  [
    "no name",
    ({ machine: m, root }) => m.addressSpace(root, loose(undefined)),
    "ArgumentError",
    "option-missing",
    /the name is missing/,
  ],
  [
    "options as a word",
    ({ machine: m, root }) => m.addressSpace(root, "x", loose("split")),
    "ArgumentError",
    "options-object",
    /"split"/,
  ],
  [
    "a misspelt option",
    ({ machine: m, root }) => m.addressSpace(root, "x", loose({ crossSection: "split" })),
    "ArgumentError",
    "option-unknown",
    /did you mean "crossSections"/,
  ],
  [
    "crossing in another way",
    ({ machine: m, root }) => m.addressSpace(root, "x", { crossSections: loose("Split") }),
    "RegionOptionsError",
    "cross-sections",
    /Split/,
  ],
  [
    "an address space of nothing",
    ({ root }) => new AddressSpace(loose(root), { root, name: "x" }),
    "ArgumentError",
    "option-kind",
    /Machine or MemorySystem/,
  ],
  [
    "an address space without options",
    ({ machine }) => new AddressSpace(machine, loose(undefined)),
    "ArgumentError",
    "options-object",
    /new AddressSpace/,
  ],
  [
    "mtree of nothing",
    () => mtree(loose(undefined)),
    "ArgumentError",
    "option-missing",
    /mtree: the machine is missing/,
  ],
  [
    "mtree of an address space",
    ({ bus }) => mtree(loose(bus)),
    "ArgumentError",
    "option-kind",
    /class AddressSpace/,
  ],
  [
    "mtree's view misspelt",
    ({ machine }) => mtree(machine, loose({ flatView: true })),
    "ArgumentError",
    "option-unknown",
    /did you mean "flatview"/,
  ],
  [
    "mtree's flag as a word",
    ({ machine }) => mtree(machine, { owner: loose("yes") }),
    "ArgumentError",
    "option-kind",
    /"owner" is "yes"/,
  ],
  [
    "explain of a machine",
    ({ machine }) => explain(loose(machine), 0),
    "ArgumentError",
    "option-kind",
    /an AddressSpace/,
  ],
  [
    "explain at a word",
    ({ bus }) => explain(bus, loose("0x10")),
    "AddressError",
    "address-type",
    /"0x10"/,
  ],
  [
    "explain with a flag alone",
    ({ bus }) => explain(bus, 0, loose(true)),
    "ArgumentError",
    "options-object",
    /true/,
  ],
  [
    "explain with a misspelt option",
    ({ bus }) => explain(bus, 0, loose({ isWrit: true })),
    "ArgumentError",
    "option-unknown",
    /did you mean "isWrite"/,
  ],
  [
    "no listener",
    ({ bus }) => bus.listen(loose(undefined)),
    "ArgumentError",
    "options-object",
    /listen/,
  ],
  [
    "a function as listener",
    ({ machine }) => machine.listen(loose(() => 0)),
    "ArgumentError",
    "options-object",
    /a function/,
  ],
  [
    "a misspelt callback",
    ({ bus }) => bus.listen(loose({ regionAd: () => 0 })),
    "ArgumentError",
    "option-unknown",
    /did you mean "regionAdd"/,
  ],
  [
    "a callback in other letters",
    ({ machine }) => machine.listen(loose({ region_del: () => 0 })),
    "ArgumentError",
    "option-unknown",
    /did you mean "regionDel"/,
  ],
  [
    "a misspelt priority",
    ({ bus }) => bus.listen(loose({ commit: () => 0, piority: 3 })),
    "ArgumentError",
    "option-unknown",
    /did you mean "priority"/,
  ],
  [
    "a callback that is none",
    ({ bus }) => bus.listen({ commit: loose(5) }),
    "ArgumentError",
    "option-kind",
    /"commit" is 5/,
  ],
  [
    "a queue of a machine",
    ({ machine }) => new CoalescedMmioQueue(loose(machine)),
    "ArgumentError",
    "option-kind",
    /an AddressSpace/,
  ],
  [
    "a queue's size misspelt",
    ({ bus }) => new CoalescedMmioQueue(bus, loose({ capcity: 5 })),
    "ArgumentError",
    "option-unknown",
    /did you mean "capacity"/,
  ],
  [
    "a queue of nothing",
    ({ bus }) => new CoalescedMmioQueue(bus, { capacity: 0 }),
    "RegionOptionsError",
    "coalesced-capacity",
    /0/,
  ],
  [
    "a trace of a machine",
    ({ machine }) => new AccessTrace(loose(machine)),
    "ArgumentError",
    "option-kind",
    /new AccessTrace/,
  ],
  [
    "a filter misspelt",
    ({ bus }) => new AccessTrace(bus, loose({ type: ["read"] })),
    "ArgumentError",
    "option-unknown",
    /did you mean "types"/,
  ],
  [
    "a type that is none",
    ({ bus }) => new AccessTrace(bus, { types: [loose("load")] }),
    "ArgumentError",
    "option-kind",
    /"read", "write"/,
  ],
  [
    "a bare type",
    ({ bus }) => new AccessTrace(bus, { types: loose("read") }),
    "ArgumentError",
    "option-kind",
    /an array/,
  ],
  [
    "a target that is none",
    ({ trace }) => trace.on(() => 0, { targets: [loose("RAM")] }),
    "ArgumentError",
    "option-kind",
    /"RAM"/,
  ],
  [
    "a region by its name",
    ({ trace }) => trace.on(() => 0, { regions: [loose("uart")] }),
    "ArgumentError",
    "option-kind",
    /"uart"/,
  ],
  [
    "a range by its end",
    ({ trace }) => trace.on(() => 0, { ranges: [loose({ addr: 0, end: 9 })] }),
    "ArgumentError",
    "option-missing",
    /"size"/,
  ],
  [
    "no callback",
    ({ trace }) => trace.on(loose(undefined)),
    "ArgumentError",
    "option-missing",
    /trace\.on: the callback/,
  ],
  [
    "nothing to be told after some accesses",
    ({ trace }) => trace.after(3, loose(undefined)),
    "ArgumentError",
    "option-missing",
    /trace\.after: the callback/,
  ],
  [
    "no condition",
    ({ trace }) => trace.breakOn(loose(undefined), () => 0),
    "ArgumentError",
    "options-object",
    /trace\.breakOn/,
  ],
  [
    "a value as a word",
    ({ trace }) => trace.breakOn({ value: loose("5") }, () => 0),
    "ArgumentError",
    "option-kind",
    /"value" is "5"/,
  ],
  [
    "a stream's room misspelt",
    ({ trace }) => trace.events(loose({ capacty: 4 })),
    "ArgumentError",
    "option-unknown",
    /did you mean "capacity"/,
  ],
  [
    "a mapping without direction",
    ({ bus }) => bus.map(0, 16, loose(undefined)),
    "ArgumentError",
    "options-object",
    /addressSpace\.map/,
  ],
  [
    "a mapping's direction misspelt",
    ({ bus }) => bus.map(0, 16, loose({ iswrite: true })),
    "ArgumentError",
    "option-missing",
    /"isWrite"/,
  ],
  [
    "no map client",
    ({ bus }) => bus.addMapClient(loose(undefined)),
    "ArgumentError",
    "option-missing",
    /the client/,
  ],
  [
    "a length in place of bytes",
    ({ bus }) => bus.read(0, loose(16)),
    "ArgumentError",
    "option-kind",
    /the buffer is 16/,
  ],
  [
    "no bytes",
    ({ bus }) => bus.write(0x4000, loose({})),
    "ArgumentError",
    "option-kind",
    /a Uint8Array/,
  ],
  [
    "a program as text",
    ({ bus }) => bus.writeRom(0, loose("abc")),
    "ArgumentError",
    "option-kind",
    /"abc"/,
  ],
  [
    "a load of 8 bytes",
    ({ bus }) => bus.load(0, loose(8)),
    "AddressError",
    "access-size",
    /load64/,
  ],
  [
    "a load of no size",
    ({ bus }) => bus.load(0, loose(undefined)),
    "AddressError",
    "access-size",
    /1, 2 or 4/,
  ],
  [
    "a load of 3 bytes again",
    ({ bus }) => (bus.load(0, 4), bus.load(8, loose(3))),
    "AddressError",
    "access-size",
    /3/,
  ],
  [
    "a store of 3 bytes",
    ({ bus }) => bus.store(0, loose(3), 1),
    "AddressError",
    "access-size",
    /3/,
  ],
  [
    "a store of 8 bytes again",
    ({ bus }) => (bus.store(0, 4, 1), bus.store(8, loose(8), 1)),
    "AddressError",
    "access-size",
    /store64/,
  ],
  [
    "a load of 8 bytes of a device",
    ({ bus }) => bus.load(0x4000, loose(8)),
    "AddressError",
    "access-size",
    /load64/,
  ],
  ["a load at a word", ({ bus }) => bus.load(loose("0"), 4), "AddressError", "address-type", /"0"/],
  [
    "a load at nothing",
    ({ bus }) => bus.load(loose(undefined), 4),
    "AddressError",
    "address-type",
    /undefined/,
  ],
  ["a load at 1.5", ({ bus }) => bus.load(1.5, 4), "AddressError", "exact-number", /1\.5/],
];

describe("what the compiler would refuse is refused", () => {
  it.each(TABLE)("%s", (_, call, name, rule, message) => {
    const it = world();
    const { addressSpaces } = it.machine;
    const error = thrownBy(() => call(it));
    expect(error).toBeInstanceOf(MemoryModelError);
    expect(error).toMatchObject({ name, rule, message: expect.stringMatching(message) });
    expect(it.machine.addressSpaces).toEqual(addressSpaces);
  });

  it("and a listener may keep state of its own, or be an instance of a class", () => {
    const { bus, machine } = world();
    const state = {
      names: [] as string[],
      commits: 0,
      regionAdd(section: { readonly region: { readonly name: string } }): void {
        this.names.push(section.region.name);
      },
    };
    using registration = bus.listen(state);
    expect([registration.active, state.names]).toEqual([true, ["ram", "uart"]]);
    class Watcher {
      beginn = 0;
      added = 0;
      regionAdd(): void {
        this.added++;
      }
    }
    const watcher = new Watcher();
    using listening = machine.listen(watcher);
    expect([listening.active, watcher.added]).toEqual([true, 4]);
  });
});

const CALLS: Readonly<Record<string, (value: never) => unknown>> = {
  setDirty: (region) => setDirty(region, 0, 1),
  resetDirty: (region) => resetDirty(region, 0, 1, 0),
  clearDirtyBitmap: (region) => clearDirtyBitmap(region, 0, 1),
  flushRomDevice: (region) => flushRomDevice(region, 0, 1),
  snapshotAndClearDirty: (region) => snapshotAndClearDirty(region, 0, 1, 0),
  dirtyRuns: (region) => dirtyRuns(region, 0),
  countDirtyPages: (region) => countDirtyPages(region, 0),
  findSection: (region) => findSection(region, 0, 1),
  isPresent: (region) => isPresent(region, 0),
  flatViewForEachRange: (view) => flatViewForEachRange(view, () => false),
  untraced: (machine) => untraced(machine, () => 0),
  "DirtyLog.of": (machine) => DirtyLog.of(machine),
  "new MemoryRegionSection": (fields) => new MemoryRegionSection(fields),
  "machine.adopt": (region) => world().machine.adopt(region),
  "machine.regionOfBytes": (bytes) => world().machine.regionOfBytes(bytes),
  "space.read": (bytes) => world().bus.read(0, bytes),
  "space.write": (bytes) => world().bus.write(0, bytes),
  "space.rw": (isWrite) => world().bus.rw(0, new Uint8Array(1), isWrite),
  "space.set": (byte) => world().bus.set(0, byte, 1),
  "space.store64": (value) => world().bus.store64(0, value),
};
/** What some of them take. */
const ALLOWED: readonly string[] = ["space.set 0", "space.set NaN"];

/** What stands where something of ours belongs. */
const FOREIGN = [undefined, null, 0, NaN, "0x10", {}, [], [1, 2], new Uint16Array(2), () => 0];

it.each(Object.entries(CALLS))("%s takes nothing else", (name, call) => {
  for (const value of FOREIGN) {
    if (ALLOWED.includes(`${name} ${String(value)}`)) continue;
    expect(
      thrownBy(() => call(loose(value))),
      `${name}(${String(value)})`,
    ).toBeInstanceOf(MemoryModelError);
  }
});

it.each([NaN, 1.5, -1, 2 ** 60, "0x10", null])("no range of memory begins at %s", (value) => {
  const { machine } = world();
  const ram = machine.ram({ name: "more", size: 0x2000 });
  const range = { offset: loose(value) };
  const snapshot = snapshotAndClearDirty(ram, 0, 0x2000, 0);
  expect(() => countDirtyPages(ram, 0, range)).toThrow(MemoryModelError);
  expect(() => dirtyRuns(ram, 0, range)).toThrow(MemoryModelError);
  expect(() => snapshot.runs(range)).toThrow(MemoryModelError);
});
