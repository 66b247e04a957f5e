import {
  addCoalescing,
  addEventfd,
  Data64,
  DeviceObject,
  hex,
  memOp,
  MemoryModelError,
  type MemoryRegion,
  MemorySystem,
  memTxAttrs,
  setCoalescing,
} from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import { thrownBy } from "@mem/common";
import { describe, expect, it } from "vitest";

const read = () => 0;

/** What a program in JavaScript may do: no compiler looks at it. */
type Unchecked = Record<string, (...args: unknown[]) => unknown>;

/** A machine and some regions of it, without types. */
function world() {
  const machine = new MemorySystem();
  const root = machine.container({ name: "root", size: 0x10000 });
  const ram = machine.ram({ name: "ram", size: 0x1000 });
  const uart = machine.mmio({ name: "uart", size: 8, read });
  const narrow = machine.mmio({ name: "narrow", size: 8, read, valid: { maxAccessSize: 1 } });
  const shown = machine.alias({ name: "shown", size: 0x100, target: uart });
  const notifier = machine.eventNotifier("bell");
  return { machine, root, ram, uart, narrow, shown, notifier, m: machine as unknown as Unchecked };
}

type World = ReturnType<typeof world>;

const loose = (value: unknown) => value as never;

/** Call, class of the error, rule, and what the message must say. */
const TABLE: [string, (w: World) => unknown, string, string, RegExp][] = [
  ["no options", ({ m }) => m["ram"]?.(), "RegionOptionsError", "options-object", /machine\.ram/],
  ["a string", ({ m }) => m["mmio"]?.("x"), "RegionOptionsError", "options-object", /"x"/],
  [
    "no name",
    ({ m }) => m["ram"]?.({ size: 16 }),
    "RegionOptionsError",
    "option-missing",
    /"name"/,
  ],
  [
    "no size",
    ({ m }) => m["ram"]?.({ name: "x" }),
    "RegionOptionsError",
    "option-missing",
    /x: .*"size"/,
  ],
  [
    "a number as name",
    ({ m }) => m["container"]?.({ name: 5, size: 1 }),
    "RegionOptionsError",
    "option-kind",
    /"name" is 5/,
  ],
  [
    "size 4.5",
    ({ m }) => m["ram"]?.({ name: "x", size: 4.5 }),
    "AddressError",
    "exact-number",
    /x: size 4\.5 is no exact integer/,
  ],
  [
    "size in quotes",
    ({ m }) => m["ram"]?.({ name: "x", size: "0x10" }),
    "AddressError",
    "address-type",
    /size "0x10" is string, where a number/,
  ],
  [
    "size NaN",
    ({ m }) => m["ram"]?.({ name: "x", size: NaN }),
    "AddressError",
    "exact-number",
    /NaN/,
  ],
  [
    "size 2^60",
    ({ m }) => m["container"]?.({ name: "x", size: 2 ** 60 }),
    "AddressError",
    "exact-number",
    /1152921504606846976n/,
  ],
  [
    "a misspelt option",
    ({ m }) => m["ram"]?.({ name: "x", size: 16, migratabel: true }),
    "RegionOptionsError",
    "option-unknown",
    /did you mean "migratable"/,
  ],
  [
    "an unknown option",
    ({ m }) => m["ram"]?.({ name: "x", size: 16, colour: 1 }),
    "RegionOptionsError",
    "option-unknown",
    /"colour"; there are name, size/,
  ],
  [
    "maxSize of plain RAM",
    ({ m }) => m["ram"]?.({ name: "x", size: 16, maxSize: 32 }),
    "RegionOptionsError",
    "option-unknown",
    /maxSize/,
  ],
  [
    "a misspelt callback",
    ({ m }) => m["mmio"]?.({ name: "x", size: 8, read, wirte: read }),
    "RegionOptionsError",
    "option-unknown",
    /did you mean "write"/,
  ],
  [
    "a callback that is none",
    ({ m }) => m["mmio"]?.({ name: "x", size: 8, read: 5 }),
    "RegionOptionsError",
    "option-kind",
    /"read" is 5, but must be a function/,
  ],
  [
    "endianness Big",
    ({ m }) => m["mmio"]?.({ name: "x", size: 8, read, endianness: "Big" }),
    "RegionOptionsError",
    "option-kind",
    /"little", "big" or "native"/,
  ],
  [
    "an unknown limit",
    ({ m }) => m["mmio"]?.({ name: "x", size: 8, read, valid: { maxSize: 4 } }),
    "RegionOptionsError",
    "option-unknown",
    /maxSize/,
  ],
  [
    "no callbacks",
    ({ m }) => m["mmio"]?.({ name: "x", size: 8 }),
    "RegionOptionsError",
    "no-callbacks",
    /x: .*machine\.reservation/,
  ],
  [
    "read64 alone",
    ({ m }) => m["mmio"]?.({ name: "x", size: 8, read, read64: () => 0n }),
    "RegionOptionsError",
    "read64-unreachable",
    /maxAccessSize: 8/,
  ],
  [
    "write64 alone",
    ({ m }) => m["mmio"]?.({ name: "x", size: 8, read, write64: read }),
    "RegionOptionsError",
    "write64-unreachable",
    /maxAccessSize: 8/,
  ],
  [
    "an alias of nothing",
    ({ m }) => m["alias"]?.({ name: "x", size: 8 }),
    "RegionOptionsError",
    "option-missing",
    /x: .*"target"/,
  ],
  [
    "an alias of a name",
    ({ m }) => m["alias"]?.({ name: "x", size: 8, target: "ram" }),
    "RegionOptionsError",
    "option-kind",
    /"target" is "ram"/,
  ],
  [
    "an owner that is none",
    ({ m }) => m["ram"]?.({ name: "x", size: 8, owner: {} }),
    "RegionOptionsError",
    "option-kind",
    /"owner"/,
  ],
  [
    "a device's memory left out",
    ({ m }) => m["ramDevice"]?.({ name: "x", size: 8 }),
    "RegionOptionsError",
    "option-missing",
    /"memory"/,
  ],
  [
    "an unknown option of a machine",
    () => new MemorySystem(loose({ logg: read })),
    "ArgumentError",
    "option-unknown",
    /did you mean "log"/,
  ],
  [
    "no subregion",
    ({ root }) => root.addSubregion(0, loose(undefined)),
    "ArgumentError",
    "option-missing",
    /subregion is missing/,
  ],
  [
    "arguments exchanged",
    ({ root, ram }) => root.addSubregion(loose(ram), loose(0)),
    "AddressError",
    "address-type",
    /offset/,
  ],
  [
    "a bare priority",
    ({ root, ram }) => root.addSubregion(0, ram, loose(5)),
    "ArgumentError",
    "options-object",
    /5/,
  ],
  [
    "a misspelt priority",
    ({ root, ram }) => root.addSubregion(0, ram, loose({ piority: 1 })),
    "ArgumentError",
    "option-unknown",
    /did you mean "priority"/,
  ],
  [
    "removing nothing",
    ({ root }) => root.removeSubregion(loose(undefined)),
    "ArgumentError",
    "option-missing",
    /removeSubregion/,
  ],
  [
    "a flag that is none",
    ({ ram }) => (ram.enabled = loose("false")),
    "ArgumentError",
    "option-kind",
    /ram.*"false"/,
  ],
  [
    "the guard's flag",
    ({ uart }) => (uart.reentrancyGuardDisabled = loose(1)),
    "ArgumentError",
    "option-kind",
    /1/,
  ],
  [
    "an offset in an alias",
    ({ shown }) => shown.ramBytes(1.5),
    "AddressError",
    "exact-number",
    /1\.5/,
  ],
  [
    "RAM too large",
    ({ machine }) =>
      machine.resizeableRam({ name: "r", size: 4096, maxSize: 8192 }).ramResize(0x9000),
    "RamBlockError",
    "ram-max-size",
    /r.*0x9000 bytes.*maxSize, 0x2000/,
  ],
  [
    "RAM of one size",
    ({ ram }) => ram.ramResize(0x9000),
    "RamBlockError",
    "ram-not-resizeable",
    /ram.*resizeableRam/,
  ],
  [
    "a trigger of nothing",
    () => addEventfd(loose(undefined), loose({})),
    "ArgumentError",
    "option-missing",
    /addEventfd/,
  ],
  [
    "a trigger without notifier",
    ({ uart }) => addEventfd(uart, loose({ addr: 0 })),
    "RegionOptionsError",
    "option-missing",
    /uart.*notifier/,
  ],
  [
    "a trigger in an alias",
    ({ shown, notifier }) => addEventfd(shown, { addr: 4, notifier }),
    "RegionOptionsError",
    "eventfd-unreachable",
    /alias.*uart.*0x4/,
  ],
  [
    "a trigger in a container",
    ({ root, notifier }) => addEventfd(root, { addr: 4, notifier }),
    "RegionOptionsError",
    "eventfd-unreachable",
    /container/,
  ],
  [
    "a trigger in memory",
    ({ ram, notifier }) => addEventfd(ram, { addr: 0, notifier }),
    "RegionOptionsError",
    "eventfd-unreachable",
    /memory/,
  ],
  [
    "a trigger behind the end",
    ({ uart, notifier }) => addEventfd(uart, { addr: uart.size, notifier }),
    "RegionOptionsError",
    "eventfd-unreachable",
    /leaves/,
  ],
  [
    "a trigger of a size that its device takes no writes of",
    ({ narrow, notifier }) => addEventfd(narrow, { addr: 0, size: 4, notifier }),
    "RegionOptionsError",
    "eventfd-unreachable",
    /narrow.*1 to 1 bytes, not of 4/,
  ],
  [
    "a trigger of a size that no write has",
    ({ uart, notifier }) => addEventfd(uart, { addr: 0, size: 3, notifier }),
    "RegionOptionsError",
    "eventfd-size",
    /3 bytes.*1, 2, 4 or 8/,
  ],
  [
    "no transaction",
    ({ machine }) => machine.transaction(loose(undefined)),
    "TransactionError",
    "not-a-function",
    /takes a function, not undefined/,
  ],
  [
    "a block's bytes from a text on",
    ({ ram }) => ram.ramBlock?.bytes(loose("0x10"), 1),
    "AddressError",
    "address-type",
    /ram.*offset/,
  ],
  [
    "a block read into nothing",
    ({ ram }) => ram.ramBlock?.read(0, loose(undefined)),
    "ArgumentError",
    "option-missing",
    /the buffer is missing/,
  ],
  [
    "a block written from an array",
    ({ ram }) => ram.ramBlock?.write(0, loose([1, 2])),
    "ArgumentError",
    "option-kind",
    /an array of 2/,
  ],
  ["hex of nothing", () => hex(loose(undefined)), "AddressError", "address-type", /value/],
  [
    "an offset that is a text",
    ({ uart }) => uart.dispatchRead(loose("0x10"), memOp(1), new Data64()),
    "AddressError",
    "address-type",
    /uart.*offset/,
  ],
  [
    "an offset below 0",
    ({ uart }) => uart.dispatchWrite(-1, memOp(1), new Data64()),
    "AddressError",
    "address-range",
    /uart.*offset/,
  ],
  [
    "an offset that is no integer",
    ({ uart }) => uart.accessValid(1.5, 1, false),
    "AddressError",
    "exact-number",
    /uart.*offset/,
  ],
  [
    "data wider than its trigger",
    ({ uart, notifier }) => addEventfd(uart, { addr: 0, size: 1, data: 0x100, notifier }),
    "RegionOptionsError",
    "eventfd-data",
    /0x100.*1 bytes/,
  ],
  [
    "data without size",
    ({ uart, notifier }) => addEventfd(uart, { addr: 0, data: 1, notifier }),
    "RegionOptionsError",
    "eventfd-size",
    /needs the size/,
  ],
  [
    "coalescing nothing",
    () => setCoalescing(loose(undefined)),
    "ArgumentError",
    "option-missing",
    /setCoalescing/,
  ],
  [
    "coalescing from 1.5",
    ({ uart }) => addCoalescing(uart, 1.5, 4),
    "AddressError",
    "exact-number",
    /1\.5/,
  ],
  [
    "an unknown attribute",
    () => memTxAttrs(loose({ secur: true })),
    "ArgumentError",
    "option-unknown",
    /did you mean "secure"/,
  ],
  ["a byte order", () => memOp(4, loose("Big")), "RegionOptionsError", "option-kind", /"Big"/],
  [
    "a device of no class",
    ({ machine }) => machine.device(loose("uart")),
    "ArgumentError",
    "option-kind",
    /DeviceObject/,
  ],
  [
    "a device of a foreign class",
    ({ machine }) => machine.device(loose(Map)),
    "ArgumentError",
    "option-kind",
    /DeviceObject/,
  ],
  [
    "a device below nothing",
    ({ machine }) => machine.device(DeviceObject, loose({ parent: 5 })),
    "ArgumentError",
    "option-kind",
    /parent/,
  ],
];

describe("what the compiler would refuse is refused", () => {
  it.each(TABLE)("%s", (_, call, name, rule, message) => {
    const it = world();
    const before = it.machine.objects.live.objects;
    const error = thrownBy(() => call(it));
    expect(error).toBeInstanceOf(MemoryModelError);
    expect(error).toMatchObject({ name, rule, message: expect.stringMatching(message) });
    expect([...it.root.subregions]).toEqual([]);
    const made = _ === "RAM too large" ? 1 : 0;
    expect(it.machine.objects.live.objects).toBe(before + made);
  });

  it("and a device may be given with its state, or be an instance of a class", () => {
    const machine = new MemorySystem();
    const device = {
      name: "state",
      size: 8,
      seed: 3,
      reads: 0,
      read() {
        return this.seed + ++this.reads;
      },
    };
    expect(machine.mmio(device).kind).toBe("mmio");
    class Uart {
      readonly name = "uart";
      readonly size = 8;
      readonly priority = 1;
      read(): number {
        return 1;
      }
    }
    const region: MemoryRegion = machine.mmio(new Uart());
    expect(region.name).toBe("uart");
  });
});

it("a trigger that can never fire is taken when QEMU's way is asked for", () => {
  const { shown, uart, notifier } = world();
  addEventfd(shown, { addr: 0, notifier, allowUnreachable: true });
  addEventfd(uart, { addr: 0, size: 1, data: 0x100, notifier, allowUnreachable: true });
  expect([
    internalsOf(shown).watchers.ioeventfds.length,
    internalsOf(uart).watchers.ioeventfds[0]?.data,
  ]).toEqual([1, 0x100n]);
});
