import { thrownBy } from "@mem/common";
import { describe, expect, it } from "vitest";
import { ObjectSystem, QomArgumentError, value } from "../src/index.js";

/** A value that the compiler takes for whatever is wanted. */
const loose = (wrong: unknown): never => wrong as never;

function world() {
  const system = new ObjectSystem();
  system.types.register({ name: "timer" });
  return { system, timer: system.createChild(system.root, "timer", "timer") };
}

type World = ReturnType<typeof world>;

const WRONG: [string, (world: World) => unknown, string, string, RegExp][] = [
  [
    "no type",
    ({ system }) => system.types.register(loose(undefined)),
    "options-object",
    "options",
    /object/,
  ],
  [
    "a type without a name",
    ({ system }) => system.types.register(loose({})),
    "option-missing",
    "name",
    /name/,
  ],
  [
    "a hook by a wrong name",
    ({ system }) => system.types.register(loose({ name: "a", instanceInitt: () => undefined })),
    "option-unknown",
    "instanceInitt",
    /did you mean "instanceInit"/,
  ],
  [
    "interfaces as a text",
    ({ system }) => system.types.register(loose({ name: "a", interfaces: "b" })),
    "option-kind",
    "interfaces",
    /array/,
  ],
  [
    "an object of no type",
    ({ system }) => system.create(loose(undefined)),
    "option-missing",
    "the type",
    /create/,
  ],
  [
    "a parent by its path",
    ({ system }) => system.create("timer", loose({ parent: "/machine" })),
    "option-kind",
    "parent",
    /object of a tree/,
  ],
  [
    "properties by a wrong name",
    ({ system }) => system.create("timer", loose({ prop: {} })),
    "option-unknown",
    "prop",
    /did you mean "props"/,
  ],
  [
    "a child of nobody",
    ({ system }) => system.createChild(loose(null), "a", "timer"),
    "option-kind",
    "the parent",
    /createChild/,
  ],
  [
    "a child that is none",
    ({ timer }) => timer.addChild("a", loose({})),
    "option-kind",
    "the child",
    /addChild/,
  ],
  [
    "a child without a name",
    ({ timer }) => timer.addChild(loose(7), timer),
    "option-kind",
    "the name",
    /addChild/,
  ],
  [
    "a property without a type",
    ({ timer }) => timer.addProperty(loose({ name: "a" })),
    "option-missing",
    "type",
    /addProperty/,
  ],
  [
    "an access that there is not",
    ({ timer }) => timer.addProperty({ name: "a", type: value.bool, access: loose("readonly") }),
    "option-kind",
    "access",
    /"read-only"/,
  ],
  [
    "a link to an object",
    ({ timer }) => timer.addLink(loose({ name: "a", target: timer })),
    "option-kind",
    "target",
    /string/,
  ],
  [
    "an alias of nothing",
    ({ timer }) => timer.addAlias(loose({ name: "a" })),
    "option-missing",
    "target",
    /addAlias/,
  ],
  [
    "a path that is a number",
    ({ system }) => system.resolve(loose(1)),
    "option-kind",
    "the path",
    /resolve/,
  ],
  [
    "a container nowhere",
    ({ system }) => system.container(loose(undefined)),
    "option-missing",
    "the path",
    /container/,
  ],
];

describe("a call that the compiler would refuse", () => {
  it.each(WRONG)("is refused before anything has changed: %s", (_, call, rule, option, says) => {
    const made = world();
    const before = JSON.stringify(made.system);
    const thrown = thrownBy(() => call(made));
    expect(thrown).toBeInstanceOf(QomArgumentError);
    expect(thrown).toMatchObject({ rule, option });
    expect(String(thrown)).toMatch(says);
    expect(JSON.stringify(made.system)).toBe(before);
  });
});
