import {
  internals,
  isObjectNode,
  type ObjectNode,
  operations,
  Phase,
} from "../node/object-node.js";
import type { Ink, Outline } from "./inspect.js";
import { plainValue } from "./inspect.js";

/** Most properties, objects or types that the data of one object list. */
export const MOST_DATA = 256;

/**
 * An object as data: plain, without cycles, and no longer than a screen or two.
 * @see {@link QomObject}
 */
export interface ObjectData {
  /** Path from the root, or a description of an object outside the tree. */
  readonly path: string;
  /** Name of the type. */
  readonly type: string;
  /** Number of references; 0 for an object that was finalized. */
  readonly refcount: number;
  /** Values of the properties that need no callback, by name; paths of what links and children are. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Names of the children, at most 256. */
  readonly children: readonly string[];
}

/** The text that `console.log` shows of an object: its place and type, then its properties and children. */
export function objectOutline(obj: ObjectNode): Outline {
  return { head: (ink) => headOf(obj, ink), lines: (ink) => propertyLines(obj, ink) };
}

/** Class, path, type, references. */
function headOf(obj: ObjectNode, ink: Ink): string {
  const { refs } = obj[internals];
  const path = obj.describe();
  const type = obj.klass.name;
  const named = path.includes(`(${type})`) ? "" : ` (${type})`;
  const count = `${refs} ${refs === 1 ? "reference" : "references"}`;
  return `${ink(className(obj), "kind")} ${ink(path, "name")}${named}, ${endOf(obj) ?? count}`;
}

/** The end of an object that is going or gone; null while it lives. */
function endOf(obj: ObjectNode): string | null {
  const { phase } = obj[internals];
  if (phase === Phase.DEAD) return "finalized";
  return phase === Phase.DYING ? "being finalized" : null;
}

/** The name of the class of a value. */
export function className(value: object): string {
  return value.constructor.name;
}

function* propertyLines(obj: ObjectNode, ink: Ink): Generator<string> {
  for (const property of obj.properties()) {
    const value = property[operations].peek(obj);
    const line = `${property.name} ${ink(property.type, "faint")}`;
    if (property.kind === "child" || value === undefined) yield line;
    else yield `${line} = ${ink(valueText(value), "number")}`;
  }
}

/** A value as a line shows it: texts in quotes, numbers of all sizes without. */
function valueText(value: unknown): string {
  return typeof value === "bigint" ? String(value) : JSON.stringify(dataOf(value));
}

/** The data of an object; see {@link ObjectData}. */
export function objectData(obj: ObjectNode): ObjectData {
  const properties: Record<string, unknown> = {};
  const children: string[] = [];
  let left = MOST_DATA;
  for (const property of obj.properties()) {
    if (left-- === 0) break;
    if (property.kind === "child") children.push(property.name);
    const value = property[operations].peek(obj);
    if (property.kind !== "child" && value !== undefined) {
      properties[property.name] = dataOf(value);
    }
  }
  return {
    path: obj.describe(),
    type: obj.klass.name,
    refcount: obj[internals].refs,
    properties,
    children,
  };
}

function dataOf(value: unknown): unknown {
  return isObjectNode(value) ? value.describe() : plainValue(value);
}

/** Everything below an object, depth first, as indented lines. */
export function* treeLines(top: ObjectNode, ink: Ink, indent = ""): Generator<string> {
  for (const child of top.children()) {
    yield `${indent}${ink(child.childName ?? "", "name")} ${ink(child.klass.name, "faint")}`;
    yield* treeLines(child, ink, `${indent}  `);
  }
}

/** The first of some values, as an array. */
export function firstOf<T>(values: Iterable<T>, most = MOST_DATA): T[] {
  const first: T[] = [];
  for (const value of values) {
    if (first.length === most) break;
    first.push(value);
  }
  return first;
}
