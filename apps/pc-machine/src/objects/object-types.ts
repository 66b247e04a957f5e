/** The types of objects that people and programs can add, with their properties. */
import type { ValueType } from "@mem/qom";

import { parseNumber, parseSize } from "../text/size.js";

/** The form of values: JSON, in types of their own, or the texts of `name=value`. */
export type ValueForm = "json" | "text";

/** A value of a property. */
export type ObjectValue = boolean | number | string;

/** A kind of values. */
interface ValueKind {
  /** Its name in the help. */
  readonly help: string;
  /** Its type in the object tree, where values are shown. */
  readonly tree: ValueType<ObjectValue>;
  /** A value of JSON; `null` for one of another kind. */
  json(given: unknown): ObjectValue | null;
  /** The value of a text; `null` for nothing of that kind. */
  text(given: string): ObjectValue | null;
  /** QEMU's words for a value of another kind. */
  expects(name: string, form: ValueForm, given: unknown): string;
}

/** A property of a type. */
export interface ObjectProperty {
  readonly kind: ValueKind;
  /** Value where none is given; absent: the property is then not there. */
  readonly usual?: ObjectValue;
  /** It has to be given. */
  readonly required?: boolean;
}

/** A type. */
export type ObjectProperties = Readonly<Record<string, ObjectProperty>>;

function shown(name: string): ValueType<ObjectValue> {
  return { name, refuse: () => null };
}

const wrongType = (name: string, type: string): string =>
  `Invalid parameter type for '${name}', expected: ${type}`;

const bool: ValueKind = {
  help: "bool",
  tree: shown("bool"),
  json: (given) => (typeof given === "boolean" ? given : null),
  text: (given) =>
    given === "on" || given === "yes" ? true : given === "off" || given === "no" ? false : null,
  expects: (name, form) =>
    form === "json" ? wrongType(name, "boolean") : `Parameter '${name}' expects 'on' or 'off'`,
};

const text: ValueKind = {
  help: "string",
  tree: shown("string"),
  json: (given) => (typeof given === "string" ? given : null),
  text: (given) => given,
  expects: (name) => wrongType(name, "string"),
};

const size: ValueKind = {
  help: "size",
  tree: shown("int"),
  json: (given) => (isInteger(given) ? given : null),
  text: (given) => parseSize(given, "B"),
  expects: (name, form) =>
    form === "json" ? `Parameter '${name}' expects uint64` : `Parameter '${name}' expects size`,
};

const int: ValueKind = {
  help: "int",
  tree: shown("int"),
  json: (given) => (isInteger(given) ? given : null),
  text: (given) => {
    const number = parseNumber(given.replace(/^-/, ""));
    return number === null ? null : given.startsWith("-") ? -number : number;
  },
  expects: (name, form) =>
    form === "json" ? wrongType(name, "integer") : `Parameter '${name}' expects int64`,
};

/** One of `words`. */
function words(name: string, of: readonly string[]): ValueKind {
  return {
    help: name,
    tree: shown(name),
    json: (given) => of.find((word) => word === given) ?? null,
    text: (given) => of.find((word) => word === given) ?? null,
    expects: (property, _form, given) =>
      typeof given === "string"
        ? `Parameter '${property}' does not accept value '${given}'`
        : wrongType(property, "string"),
  };
}

function isInteger(given: unknown): given is number {
  return typeof given === "number" && Number.isInteger(given);
}

/** Properties of every kind of memory. */
const MEMORY: ObjectProperties = {
  dump: { kind: bool },
  merge: { kind: bool },
  prealloc: { kind: bool },
  share: { kind: bool },
  reserve: { kind: bool },
  size: { kind: size, required: true },
};

/** Names of the limits of a group of disks: what is limited, of what, and for how long. */
const LIMITS = [
  "x-iops-size",
  ...["iops", "bps"].flatMap((what) =>
    ["total", "read", "write"].flatMap((of) =>
      ["", "-max", "-max-length"].map((end) => `x-${what}-${of}${end}`),
    ),
  ),
];

/** The properties that `limits`, an object without the `x-`, stands for; `null` for what is no object. */
export function limitsOf(limits: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof limits !== "object" || limits === null) return null;
  return Object.fromEntries(Object.entries(limits).map(([name, most]) => [`x-${name}`, most]));
}

/** An integer that cannot be negative. @param refusal QEMU's words for one that is */
function positive(refusal: (name: string) => string): ValueKind {
  const checked = (read: ObjectValue | null): ObjectValue | null =>
    typeof read === "number" && read < 0 ? null : read;
  return {
    ...int,
    json: (given) => checked(int.json(given)),
    text: (given) => checked(int.text(given)),
    expects: (name, form, given) =>
      Number(given) < 0 ? refusal(name) : int.expects(name, form, given),
  };
}

const threadNumber = positive((name) => `${name} value must be in range [0, 9223372036854775807]`);
const limit = positive(() => "Property values cannot be negative");

/** The types, with their properties in the order in which QEMU's schema has them. */
export const OBJECT_TYPES: ReadonlyMap<string, ObjectProperties> = new Map<
  string,
  ObjectProperties
>([
  [
    "iothread",
    {
      "poll-max-ns": { kind: threadNumber, usual: 32_768 },
      "poll-grow": { kind: threadNumber, usual: 0 },
      "poll-shrink": { kind: threadNumber, usual: 0 },
      "aio-max-batch": { kind: threadNumber, usual: 0 },
      "thread-pool-min": { kind: threadNumber, usual: 0 },
      "thread-pool-max": { kind: threadNumber, usual: 64 },
    },
  ],
  [
    "memory-backend-file",
    {
      ...MEMORY,
      align: { kind: size },
      "discard-data": { kind: bool },
      "mem-path": { kind: text, required: true },
      pmem: { kind: bool },
      readonly: { kind: bool },
    },
  ],
  ["memory-backend-ram", MEMORY],
  ["rng-builtin", {}],
  ["rng-random", { filename: { kind: text, usual: "/dev/urandom" } }],
  [
    "secret",
    {
      data: { kind: text },
      file: { kind: text },
      format: { kind: words("QCryptoSecretFormat", ["raw", "base64"]), usual: "raw" },
      iv: { kind: text },
      keyid: { kind: text },
    },
  ],
  ["throttle-group", Object.fromEntries(LIMITS.map((name) => [name, { kind: limit, usual: 0 }]))],
]);
