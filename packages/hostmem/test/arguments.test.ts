import { MemoryModelError, MemorySystem } from "@mem/core";
import { fileRam, ramFile } from "@mem/hostmem";
import { thrownBy } from "@mem/common";
import { expect, it } from "vitest";

/** What a program in JavaScript may hand over: no compiler looks at it. */
const loose = (value: unknown) => value as never;

const given = { name: "nv", size: 4096, path: "/nowhere/at/all" };

/** Call, class of the error, rule, and what the message must say. */
const TABLE: [string, (m: MemorySystem) => unknown, string, string, RegExp][] = [
  [
    "no machine",
    () => fileRam(loose(undefined), given),
    "ArgumentError",
    "option-missing",
    /the machine/,
  ],
  [
    "options alone",
    () => fileRam(loose(given), loose(undefined)),
    "ArgumentError",
    "option-kind",
    /the machine/,
  ],
  [
    "no options",
    (m) => fileRam(m, loose(undefined)),
    "RegionOptionsError",
    "options-object",
    /fileRam/,
  ],
  [
    "no size",
    (m) => fileRam(m, loose({ name: "nv", path: "x" })),
    "RegionOptionsError",
    "option-missing",
    /nv: .*"size"/,
  ],
  [
    "an option misspelt",
    (m) => fileRam(m, loose({ ...given, shar: true })),
    "RegionOptionsError",
    "option-unknown",
    /did you mean "share"/,
  ],
  [
    "a descriptor in quotes",
    (m) => fileRam(m, { name: "nv", size: 4096, fd: loose("3") }),
    "RegionOptionsError",
    "option-kind",
    /"fd" is "3"/,
  ],
  [
    "mapping as a flag",
    (m) => fileRam(m, { ...given, mapping: loose(true) }),
    "RegionOptionsError",
    "option-kind",
    /"auto", "required" or "never"/,
  ],
];

it.each(TABLE)("%s", (_, call, name, rule, message) => {
  const machine = new MemorySystem();
  const before = machine.objects.live.objects;
  const error = thrownBy(() => call(machine));
  expect(error).toBeInstanceOf(MemoryModelError);
  expect(error).toMatchObject({ name, rule, message: expect.stringMatching(message) });
  expect(machine.objects.live.objects).toBe(before);
});

const CALLS: Readonly<Record<string, (value: never) => unknown>> = {
  ramFile: (region) => ramFile(region),
};

/** What stands where something of ours belongs. */
const FOREIGN = [undefined, null, 0, NaN, "0x10", {}, [], () => 0];

it.each(Object.entries(CALLS))("%s takes nothing else", (name, call) => {
  for (const value of FOREIGN) {
    expect(
      thrownBy(() => call(loose(value))),
      `${name}(${String(value)})`,
    ).toBeInstanceOf(MemoryModelError);
  }
});
