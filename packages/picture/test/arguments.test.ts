import { Machine } from "@mem/flat";
import { layoutMap, PictureError, renderMap, writeSvg } from "@mem/picture";
import { thrownBy } from "@mem/common";
import { expect, it } from "vitest";

/** What a program in JavaScript may hand over: no compiler looks at it. */
const loose = (value: unknown) => value as never;

function world() {
  const machine = new Machine();
  return { machine, bus: machine.addressSpace(machine.ram({ name: "ram", size: 4096 }), "cpu") };
}

/** Call, rule, and what the message must say. */
const TABLE: [string, (w: ReturnType<typeof world>) => unknown, string, RegExp][] = [
  [
    "a picture of a machine",
    ({ machine }) => renderMap(loose(machine)),
    "option-kind",
    /class Machine/,
  ],
  [
    "a picture of nothing",
    () => layoutMap(loose(undefined)),
    "option-missing",
    /the address space/,
  ],
  ["a title alone", ({ bus }) => renderMap(bus, loose("The map")), "options-object", /"The map"/],
  [
    "an option misspelt",
    ({ bus }) => renderMap(bus, loose({ lables: () => "" })),
    "option-unknown",
    /did you mean "labels"/,
  ],
  [
    "another theme",
    ({ bus }) => renderMap(bus, { theme: loose("Dark") }),
    "option-kind",
    /"auto", "light" or "dark"/,
  ],
  [
    "a drawing's theme",
    ({ bus }) => writeSvg(layoutMap(bus), { theme: loose("night") }),
    "option-kind",
    /"night"/,
  ],
  [
    "a width that is a symbol",
    ({ bus }) => layoutMap(bus, { width: loose(Symbol("wide")) }),
    "picture-width",
    /Symbol\(wide\)/,
  ],
  [
    "a depth that is a symbol",
    ({ bus }) => layoutMap(bus, { depth: loose(Symbol("deep")) }),
    "picture-depth",
    /Symbol\(deep\)/,
  ],
  [
    "a greatest width of nothing",
    ({ bus }) => layoutMap(bus, { maxWidth: 0 }),
    "picture-width",
    /not 0/,
  ],
  [
    "a width in quotes",
    ({ bus }) => layoutMap(bus, { width: loose("wide") }),
    "picture-width",
    /wide/,
  ],
];

it.each(TABLE)("%s", (_, call, rule, message) => {
  const error = thrownBy(() => call(world()));
  expect(error).toBeInstanceOf(PictureError);
  expect(error).toMatchObject({ rule, message: expect.stringMatching(message) });
});
