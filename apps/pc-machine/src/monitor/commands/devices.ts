/** `device_add` and `device_del`. */
import { pluggingProblems } from "../../board/plugging-problems.js";
import { plugWithNamedParts } from "../../device/named-parts.js";
import { isHotpluggable } from "../../device/definition.js";
import { deviceHelp, devicesHelp, propertyRows } from "../../device/properties/help.js";
import type { DeviceRequest } from "../../device/properties/request.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";

/** @throws MonitorError with what is wrong with it */
function tried<T>(command: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const problems = pluggingProblems(error);
    if (problems === null) throw error;
    throw new MonitorError(problems.map((message) => `${command}: ${message}`).join("\n"));
  }
}

function add({ target, print }: CommandContext, argument: string): void {
  const { pc } = target;
  const [driver = "", ...parts] = argument.split(",");
  if (driver === "" || driver.includes("=")) {
    throw new MonitorError("device_add: a device expected; 'device_add help' lists them");
  }
  const definition = pc.registry.get(driver);
  if (driver === "help") {
    print(
      devicesHelp(pc.registry)
        .map((line) => `${line}\n`)
        .join(""),
    );
    return;
  }
  if (definition !== null && parts.includes("help")) {
    print(
      deviceHelp(definition)
        .map((line) => `${line}\n`)
        .join(""),
    );
    return;
  }
  const values = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf("=");
    if (equals <= 0) throw new MonitorError(`device_add: '${part}' has no value`);
    values.set(part.slice(0, equals), part.slice(equals + 1));
  }
  tried("device_add", () => {
    const request = requestOf(driver, values);
    if (definition === null) {
      pc.plug(request);
      return;
    }
    plugWithNamedParts(target, definition, request.properties, (properties) =>
      pc.plug({ ...request, properties }),
    );
  });
}

function requestOf(
  device: string,
  values: Map<string, string>,
): DeviceRequest & { readonly properties: Readonly<Record<string, string>> } {
  const { id, addr, bus, ...properties } = Object.fromEntries(values);
  return {
    device,
    properties,
    ...(id === undefined ? {} : { id }),
    ...(addr === undefined ? {} : { addr }),
    ...(bus === undefined ? {} : { bus }),
  };
}

/** Devices, and behind the first comma the properties of one. */
function completeAdd({ target }: CommandContext, words: readonly string[]): readonly string[] {
  const { registry } = target.pc;
  const typed = words.at(-1) ?? "";
  const comma = typed.lastIndexOf(",");
  if (words.length > 1) return [];
  const hotpluggable = registry.creatable.filter(isHotpluggable);
  if (comma < 0) return hotpluggable.map(({ name }) => `${name},`);
  const definition = registry.get(typed.slice(0, typed.indexOf(",")));
  if (definition === null) return [];
  const names = ["id", ...propertyRows(definition).map(({ name }) => name)];
  return names.map((name) => `${typed.slice(0, comma)},${name}=`);
}

/** The commands on devices. */
export const deviceCommands: readonly Command[] = [
  {
    names: ["device_add"],
    parameters: "driver[,prop=value][,...]",
    help: "add device, like -device on the command line; 'help' lists devices and properties",
    complete: completeAdd,
    run: add,
  },
  {
    names: ["device_del"],
    parameters: "device",
    help: "remove device",
    complete: ({ target }) => target.pc.devices.flatMap(({ id }) => id ?? []),
    run: ({ target }, argument) => {
      if (argument === "") throw new MonitorError("device_del: the name of a device expected");
      tried("device_del", () => target.pc.askToUnplug(argument));
    },
  },
];
