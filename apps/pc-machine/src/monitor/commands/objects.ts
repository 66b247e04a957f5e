/** Commands on the object tree. */
import { qomList } from "@mem/qom";

import { jsonText } from "../../qmp/json/json-text.js";
import { qomJson } from "../../qmp/json/qom-json.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";
import { objectPaths } from "../object-paths.js";

function list({ target, print }: CommandContext, argument: string): void {
  const { objects } = target.pc.machine;
  print(argument === "" ? "/\n" : qomList(objects, argument));
}

function get({ target, print }: CommandContext, argument: string): void {
  const [path = "", property = ""] = argument.split(/\s+/);
  if (property === "") throw new MonitorError("qom-get: string expected");
  const { object, ambiguous } = target.pc.machine.objects.lookup(path);
  if (object === null) {
    const why = ambiguous ? `Path '${path}' is ambiguous` : `Device '${path}' not found`;
    print(`Error: ${why}\n`);
    return;
  }
  const found = object.findProperty(property);
  if (found === null || !found.readable) {
    const what = found === null ? "not found" : "is not readable";
    print(`Error: Property '${object.klass.name}.${property}' ${what}\n`);
    return;
  }
  print(`${jsonText(qomJson(object.getProperty(property)), true)}\n`);
}

function set({ target, print }: CommandContext, argument: string): void {
  const [, path = "", property = "", text = ""] = /^(\S+)\s+(\S+)\s+(.*)$/.exec(argument) ?? [];
  if (property === "") throw new MonitorError("qom-set: string expected");
  const { object } = target.pc.machine.objects.lookup(path);
  if (object === null) {
    print(`Error: Device '${path}' not found\n`);
    return;
  }
  try {
    object.setPropertyText(property, text);
  } catch (error) {
    print(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

const paths = ({ target }: CommandContext, words: readonly string[]): readonly string[] =>
  words.length > 1 ? [] : objectPaths(target.pc.machine.objects, words[0] ?? "");
/** Completes a path, then the names of those properties of the object that can be used so. */
const propertiesThat =
  (use: "readable" | "writable") =>
  (context: CommandContext, words: readonly string[]): readonly string[] => {
    const [path = "", , ...more] = words;
    if (words.length < 2) return paths(context, words);
    if (more.length > 0) return [];
    const { object } = context.target.pc.machine.objects.lookup(path);
    return [...(object?.properties() ?? [])].filter((each) => each[use]).map(({ name }) => name);
  };

/** The commands. */
export const objectCommands: readonly Command[] = [
  {
    names: ["qom-list"],
    parameters: "path",
    help: "list QOM properties",
    complete: paths,
    run: list,
  },
  {
    names: ["qom-get"],
    parameters: "path property",
    help: "print QOM property",
    complete: propertiesThat("readable"),
    run: get,
  },
  {
    names: ["qom-set"],
    parameters: "path property value",
    help: "set QOM property",
    complete: propertiesThat("writable"),
    run: set,
  },
];
