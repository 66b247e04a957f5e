import { MemoryModelError } from "@mem/core";
import { Machine } from "@mem/flat";
import { array, Bus, defineLayout, loadBytes, MemoryRegionCache, u32le, u8 } from "@mem/ldst";
import { thrownBy } from "@mem/common";
import { expect, it } from "vitest";

/** What a program in JavaScript may hand over: no compiler looks at it. */
const loose = (value: unknown) => value as never;

function world() {
  const machine = new Machine();
  const space = machine.addressSpace(machine.ram({ name: "ram", size: 0x1000 }), "cpu");
  return { machine, space, layout: defineLayout({ addr: u32le, tag: array(u8, 4) }) };
}

/** Call, class of the error, rule, and what the message must say. */
const TABLE: [string, (w: ReturnType<typeof world>) => unknown, string, string, RegExp][] = [
  [
    "a bus of a machine",
    ({ machine }) => new Bus(loose(machine)),
    "ArgumentError",
    "option-kind",
    /new Bus: .* class Machine, but must be an AddressSpace/,
  ],
  [
    "a bus of nothing",
    () => new Bus(loose(undefined)),
    "ArgumentError",
    "option-missing",
    /new Bus/,
  ],
  [
    "a cache of a machine",
    ({ machine }) => new MemoryRegionCache(loose(machine), 0, 16, true),
    "ArgumentError",
    "option-kind",
    /new MemoryRegionCache/,
  ],
  [
    "options for a direction",
    ({ space }) => new MemoryRegionCache(space, 0, 16, loose({ renew: true })),
    "ArgumentError",
    "option-kind",
    /isWrite/,
  ],
  [
    "a cache's option misspelt",
    ({ space }) => new MemoryRegionCache(space, 0, 16, true, loose({ renews: true })),
    "ArgumentError",
    "option-unknown",
    /did you mean "renew"/,
  ],
  [
    "a cache's callback that is none",
    ({ space }) => new MemoryRegionCache(space, 0, 16, true, { onChange: loose(1) }),
    "ArgumentError",
    "option-kind",
    /"onChange" is 1/,
  ],
  [
    "a cache's options as a flag",
    ({ space }) => new MemoryRegionCache(space, 0, 16, true, loose(true)),
    "ArgumentError",
    "options-object",
    /true/,
  ],
  [
    "a cache without length",
    ({ space }) => new MemoryRegionCache(space, 0, 0, true),
    "AddressError",
    "cache-length",
    /./,
  ],
  [
    "no layout",
    () => defineLayout(loose(undefined)),
    "LayoutError",
    "layout-fields",
    /object of fields/,
  ],
  [
    "a field by its name",
    () => defineLayout(loose({ addr: "u32" })),
    "LayoutError",
    "layout-fields",
    /"addr" is no field/,
  ],
  [
    "a factory as field",
    () => defineLayout(loose({ tag: array })),
    "LayoutError",
    "layout-fields",
    /"tag"/,
  ],
  [
    "a layout's option misspelt",
    () => defineLayout({ addr: u32le }, loose({ alignd: true })),
    "ArgumentError",
    "option-unknown",
    /did you mean "aligned"/,
  ],
  [
    "a view of a machine",
    ({ layout, machine }) => layout.view(loose(machine), 0),
    "ArgumentError",
    "option-kind",
    /a Bus, a MemoryRegionCache/,
  ],
  [
    "a view's option misspelt",
    ({ layout, space }) => layout.read(space, 0, loose({ attr: {} })),
    "ArgumentError",
    "option-unknown",
    /did you mean "attrs"/,
  ],
  [
    "a byte order",
    () => loadBytes(new Uint8Array(8), 0, 4, loose("Big")),
    "RegionOptionsError",
    "option-kind",
    /"Big"/,
  ],
];

it.each(TABLE)("%s", (_, call, name, rule, message) => {
  const error = thrownBy(() => call(world()));
  expect(error).toBeInstanceOf(MemoryModelError);
  expect(error).toMatchObject({ name, rule, message: expect.stringMatching(message) });
});

const cacheOf = (length: number) => new MemoryRegionCache(world().space, 0, length, true);

const CALLS: Readonly<Record<string, (value: never) => unknown>> = {
  st16: (value) => new Bus(world().space).st16(0, value),
  st32be: (value) => new Bus(world().space).st32be(0, value),
  "st8 of a cache": (value) => cacheOf(16).st8(0, value),
  "st16le of a cache": (value) => cacheOf(16).st16le(0, value),
  "st32be of a cache": (value) => cacheOf(16).st32be(0, value),
  "st16 at the end of a cache": (value) => cacheOf(16).st16(14, value),
  st64: (value) => new Bus(world().space).st64(0, value),
  st64le: (value) => new MemoryRegionCache(world().space, 0, 16, true).st64le(0, value),
  ld64Into: (carrier) => new Bus(world().space).ld64Into(0, carrier),
  st64From: (carrier) => new Bus(world().space).st64From(0, carrier),
};
/** What some of them take. */
const ALLOWED: readonly string[] = [
  ...Object.keys(CALLS)
    .filter((name) => /^st(8|16|32)/.test(name))
    .flatMap((name) => [`${name} 0`, `${name} NaN`]),
  "st64 5",
  "st64le 5",
  "ld64Into null",
  "ld64Into [object Object]",
  "ld64Into ",
  "st64From null",
  "st64From [object Object]",
  "st64From ",
];

/** What stands where something of ours belongs. */
const FOREIGN = [undefined, null, 0, 5n, NaN, "0x10", {}, [], () => 0];

it.each(Object.entries(CALLS))("%s takes nothing else", (name, call) => {
  for (const value of FOREIGN) {
    if (ALLOWED.includes(`${name} ${String(value)}`)) continue;
    expect(
      thrownBy(() => call(loose(value))),
      `${name}(${String(value)})`,
    ).toBeInstanceOf(MemoryModelError);
  }
});
