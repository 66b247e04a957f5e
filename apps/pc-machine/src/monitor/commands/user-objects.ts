/** `object_add` and `object_del`. */
import {
  USER_OBJECT_TYPES,
  UserObjectError,
  type UserObjects,
} from "../../objects/user-objects.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";

/** @throws MonitorError with what is wrong */
function tried(context: CommandContext, action: (objects: UserObjects) => void): void {
  const { objects } = context.target;
  if (objects === undefined) throw new MonitorError("there are no objects here", { usage: false });
  try {
    action(objects);
  } catch (error) {
    if (!(error instanceof UserObjectError)) throw error;
    throw new MonitorError(`Error: ${error.message}`, { usage: false });
  }
}

/** Keys and values; the first is the type. @throws MonitorError for a key without a value */
function valuesOf(argument: string): Readonly<Record<string, string>> {
  const pairs = argument.split(",").map((part, at) => {
    const equals = part.indexOf("=");
    if (equals > 0) return [part.slice(0, equals), part.slice(equals + 1)] as const;
    if (at > 0) throw new MonitorError(`object_add: '${part}' has no value`);
    return ["qom-type", part] as const;
  });
  return Object.fromEntries(pairs);
}

/** The commands. */
export const userObjectCommands: readonly Command[] = [
  {
    names: ["object_add"],
    parameters: "[qom-type=]type,id=str[,prop=value][,...]",
    help: "create QOM object",
    complete: (_context, words) =>
      words.length > 1 ? [] : USER_OBJECT_TYPES.map((name) => `${name},id=`),
    run: (context, argument) =>
      tried(context, (objects) => objects.add(valuesOf(argument), "text")),
  },
  {
    names: ["object_del"],
    parameters: "id",
    help: "destroy QOM object",
    complete: ({ target }, words) => (words.length > 1 ? [] : (target.objects?.ids ?? [])),
    run: (context, argument) => tried(context, (objects) => objects.remove(argument.trim())),
  },
];
