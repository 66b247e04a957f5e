import { type AddressSpace, ArgumentError, Machine } from "@mem/flat";
import { describe, expect, it } from "vitest";

/** What a program in JavaScript may hand over: no compiler looks at it. */
const loose = (value: unknown) => value as never;

/** Addresses by what lies there. */
const PLACES = { ram: 8, "a device": 0x4000, nothing: 0x9000, "nothing above 4 GiB": 2 ** 40 };

function bus(): AddressSpace {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 2n ** 64n });
  root.addSubregion(0, machine.ram({ name: "ram", size: 0x2000 }));
  root.addSubregion(0x4000, machine.mmio({ name: "uart", size: 0x100, read: () => 1 }));
  return machine.addressSpace(root, "cpu");
}

/** Rule and message of the `ArgumentError` that a call throws; anything else comes out. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    return `${error.rule}: ${error.message}`;
  }
  return "nothing is thrown";
}

describe("a word that is no number", () => {
  it.each(Object.entries(PLACES))("is refused for %s, at first and later", (_, addr) => {
    const space = bus();
    const first = refusal(() => space.store(addr, 4, loose(5n)));
    expect(first).toBe(
      "option-kind: addressSpace.store: the value is 5n, but must be a number: write Number(5n)",
    );
    for (let i = 0; i < 3; i++) {
      space.store(addr, 2, 0x1234);
      expect(refusal(() => space.store(addr, 4, loose(5n)))).toBe(first);
    }
    expect(refusal(() => space.store(addr, 4, loose(undefined)))).toMatch("option-missing: ");
    expect(refusal(() => space.store(addr, 4, loose("5")))).toMatch("option-kind: ");
  });

  it("leaves memory as it is", () => {
    const space = bus();
    space.store(8, 4, 0x1234_5678);
    refusal(() => space.store(8, 4, loose(5n)));
    expect(space.load(8, 4)).toBe(0x1234_5678);
  });
});

describe("attributes that are none", () => {
  const others = Object.entries(PLACES).filter(([name]) => name !== "ram");

  it.each(others)("are refused for %s, at first and later", (_, addr) => {
    const space = bus();
    const message = "option-kind: an access: the attributes are null, but must be an object";
    for (let i = 0; i < 3; i++) {
      expect(refusal(() => space.load(addr, 4, loose(null)))).toBe(message);
      expect(refusal(() => space.store(addr, 4, 1, loose(null)))).toBe(message);
      space.load(addr, 4);
    }
    expect(refusal(() => space.load(addr, 4, loose(1)))).toMatch("option-kind: ");
  });
});
