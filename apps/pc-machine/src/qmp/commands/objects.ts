/** Commands on objects and devices: the tree, types, and what comes and goes. */
import { TYPE_DEVICE } from "@mem/core";
import type { QomObject } from "@mem/qom";

import { pluggingProblems } from "../../board/plugging-problems.js";
import { plugWithNamedParts } from "../../device/named-parts.js";
import { isHotpluggable, isUserCreatable } from "../../device/definition.js";
import { propertyRows } from "../../device/properties/help.js";
import { qomJson } from "../json/qom-json.js";
import { USER_OBJECT_TYPES, userObjectTreeProperties } from "../../objects/user-objects.js";
import { isIdentifier } from "../../text/identifier.js";
import { command } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";
import type { QmpTarget } from "../target.js";

const PROPERTIES = qmp.array(
  qmp.object({ name: qmp.str, type: qmp.str, description: qmp.optional(qmp.str) }),
);

function objectAt({ pc }: QmpTarget, path: string): QomObject {
  const { object, ambiguous } = pc.machine.objects.lookup(path);
  if (object === null) {
    if (ambiguous) throw new QmpError(`Path '${path}' is ambiguous`);
    throw new QmpError(`Device '${path}' not found`, { errorClass: "DeviceNotFound" });
  }
  return object;
}

function textOf(value: unknown): string {
  return typeof value === "boolean" ? (value ? "on" : "off") : String(value);
}

/** @throws QmpError with what is wrong with a device that comes or goes */
function inWords(action: () => void): void {
  try {
    action();
  } catch (error) {
    const problems = pluggingProblems(error);
    if (problems === null) throw error;
    throw new QmpError(problems.join("; "));
  }
}

function addDevice(
  { pc, blocks, objects, networks, characters }: QmpTarget,
  { driver, id, bus, ...rest }: Readonly<Record<string, unknown>>,
): void {
  if (typeof driver !== "string") return;
  const definition = pc.registry.get(driver);
  if (definition === null) throw new QmpError(`'${driver}' is not a valid device model name`);
  if (!isUserCreatable(definition) || !isHotpluggable(definition)) {
    throw new QmpError("Parameter 'driver' expects a pluggable device type");
  }
  if (typeof id === "string") {
    if (!isIdentifier(id)) throw new QmpError("Parameter 'id' expects an identifier");
    if (pc.devices.some((one) => one.id === id)) throw new QmpError(`Duplicate device ID '${id}'`);
  }
  if (bus !== undefined && bus !== "pci.0" && definition.bus === "PCI") {
    throw new QmpError(`Bus '${String(bus)}' not found`);
  }
  const { addr, ...properties } = rest;
  inWords(() => {
    const texts = Object.entries(properties).map(([name, value]) => [name, textOf(value)] as const);
    const parts = { blocks, objects, networks, characters };
    plugWithNamedParts(parts, definition, Object.fromEntries(texts), (found) =>
      pc.plug({
        device: driver,
        ...(typeof id === "string" ? { id } : {}),
        ...(addr === undefined ? {} : { addr: textOf(addr) }),
        ...(typeof bus === "string" ? { bus } : {}),
        properties: found,
      }),
    );
  });
}

function removeDevice({ pc }: QmpTarget, id: string): void {
  const named = id.startsWith("/")
    ? pc.devices.find(({ device }) => device.object?.canonicalPath() === id)
    : pc.devices.find((one) => one.id === id);
  if (named === undefined)
    throw new QmpError(`Device '${id}' not found`, { errorClass: "DeviceNotFound" });
  if (!isUserCreatable(named.definition) || !isHotpluggable(named.definition)) {
    throw new QmpError(`Device '${named.definition.name}' does not support hotplugging`);
  }
  inWords(() => pc.askToUnplug(id));
}

/** True if QEMU makes no object of the type: of `device` the memory model does, for owners without a type. */
function isAbstract({
  name,
  abstract,
}: {
  readonly name: string;
  readonly abstract: boolean;
}): boolean {
  return abstract || name === TYPE_DEVICE;
}

/** The commands. */
export const objectCommands = [
  command({
    name: "qom-list",
    early: true,
    members: { path: qmp.str },
    returns: PROPERTIES,
    run: (target, { path }) =>
      [...objectAt(target, path).properties()].map(({ name, type }) => ({ name, type })),
  }),
  command({
    name: "qom-get",
    early: true,
    members: { path: qmp.str, property: qmp.str },
    returns: qmp.any,
    run: (target, { path, property }) => {
      const object = objectAt(target, path);
      const found = object.findProperty(property);
      const full = `${object.klass.name}.${property}`;
      if (found === null) throw new QmpError(`Property '${full}' not found`);
      if (!found.readable) throw new QmpError(`Property '${full}' is not readable`);
      return qomJson(object.getProperty(property));
    },
  }),
  command({
    name: "qom-set",
    early: true,
    members: { path: qmp.str, property: qmp.str, value: qmp.any },
    returns: EMPTY,
    run: (target, { path, property, value }) => {
      const object = objectAt(target, path);
      const found = object.findProperty(property);
      const full = `${object.klass.name}.${property}`;
      if (found === null) throw new QmpError(`Property '${full}' not found`);
      if (!found.writable) throw new QmpError(`Property '${full}' is not writable`);
      try {
        object.setProperty(property, value);
      } catch (error) {
        throw new QmpError(error instanceof Error ? error.message : String(error));
      }
    },
  }),
  command({
    name: "qom-list-types",
    early: true,
    members: { implements: qmp.optional(qmp.str), abstract: qmp.optional(qmp.bool) },
    returns: qmp.array(
      qmp.object({
        name: qmp.str,
        abstract: qmp.optional(qmp.bool),
        parent: qmp.optional(qmp.str),
      }),
    ),
    run: ({ pc }, args) => {
      const { types } = pc.machine.objects;
      const wanted = args.implements;
      if (wanted === "user-creatable") return USER_OBJECT_TYPES.map((name) => ({ name }));
      if (wanted !== undefined && !types.has(wanted)) return [];
      return types
        .list(wanted === undefined ? {} : { implementing: wanted })
        .filter((one) => args.abstract === true || !isAbstract(one))
        .map((one) => ({
          name: one.name,
          ...(isAbstract(one) ? { abstract: true } : {}),
          ...(one.parent === null ? {} : { parent: one.parent.name }),
        }));
    },
  }),
  command({
    name: "qom-list-properties",
    early: true,
    members: { typename: qmp.str },
    returns: PROPERTIES,
    run: ({ pc }, { typename }) => {
      const { types } = pc.machine.objects;
      const definition = pc.registry.get(typename);
      const added = userObjectTreeProperties(typename);
      if (definition === null && added === null && !types.has(typename)) {
        throw new QmpError(`Class '${typename}' not found`, { errorClass: "DeviceNotFound" });
      }
      const own = definition === null ? [] : propertyRows(definition);
      return [
        { name: "type", type: "string" },
        ...(added ?? []),
        ...own.map(({ name, type, help }) => ({ name, type, description: help })),
      ];
    },
  }),
  command({
    name: "device-list-properties",
    members: { typename: qmp.str },
    returns: PROPERTIES,
    run: ({ pc }, { typename }) => {
      const definition = pc.registry.get(typename);
      if (definition === null) {
        if (pc.machine.objects.types.has(typename)) {
          throw new QmpError("Parameter 'typename' expects a non-abstract device type");
        }
        throw new QmpError(`Device '${typename}' not found`, { errorClass: "DeviceNotFound" });
      }
      return propertyRows(definition).map(({ name, type, help }) => ({
        name,
        description: help,
        type,
      }));
    },
  }),
  command({
    name: "device_add",
    members: { driver: qmp.str, bus: qmp.optional(qmp.str), id: qmp.optional(qmp.str) },
    open: true,
    returns: EMPTY,
    run: (target, args) => addDevice(target, args),
  }),
  command({
    name: "device_del",
    members: { id: qmp.str },
    returns: EMPTY,
    run: (target, { id }) => removeDevice(target, id),
  }),
];
