import { thrownBy, wrongValues } from "@mem/common";
import { systemInternals } from "@mem/core/plumbing";
import { type AddressSpace, ArgumentError, Data64, Machine, memOp } from "@mem/flat";
import { expect, it } from "vitest";

function board(): AddressSpace {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 0x10000 });
  root.addSubregion(0, machine.ram({ name: "ram", size: 0x2000 }));
  root.addSubregion(0x4000, machine.mmio({ name: "uart", size: 0x100, read: () => 0 }));
  return machine.addressSpace(root, "cpu");
}

const word = new Data64();
/** Entrances that take attributes, where no fast path answers. */
const CALLS: [string, (space: AddressSpace, attrs: never) => unknown][] = [
  ["load", (space, attrs) => space.load(0x8000, 4, attrs)],
  ["load64", (space, attrs) => space.load64(0x8000, attrs)],
  ["loadData", (space, attrs) => space.loadData(0x8000, memOp(2), word, attrs)],
  ["store", (space, attrs) => space.store(0x8000, 4, 1, attrs)],
  ["store64", (space, attrs) => space.store64(0x8000, 1n, attrs)],
  ["storeData", (space, attrs) => space.storeData(0x8000, memOp(2), word, attrs)],
  ["read", (space, attrs) => space.read(0x4000, new Uint8Array(4), attrs)],
  ["write", (space, attrs) => space.write(0x4000, new Uint8Array(4), attrs)],
  ["writeRom", (space, attrs) => space.writeRom(0, new Uint8Array(4), attrs)],
  ["set", (space, attrs) => space.set(0x4000, 1, 4, attrs)],
  ["accessValid", (space, attrs) => space.accessValid(0x4000, 4, false, attrs)],
  ["translate", (space, attrs) => space.translate(0x4000, 4, false, attrs)],
];

it.each(CALLS)("attributes that are none are refused by name: %s", (_, call) => {
  for (const [kind, value] of wrongValues("undefined", "array", "object", "date")) {
    const space = board();
    const thrown = thrownBy(() => call(space, value as never));
    expect(thrown, kind).toBeInstanceOf(ArgumentError);
    expect(thrown, kind).toMatchObject({ rule: "option-kind", option: "attrs" });
    expect(systemInternals(space.system).reclaimer.inFlight, kind).toBe(0);
  }
});
