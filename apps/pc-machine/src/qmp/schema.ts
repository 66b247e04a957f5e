/** Types of QMP's arguments and answers, as data: checks, handlers' types and the schema are theirs. */
import { isObject } from "./json/json-value.js";
import { QmpError } from "./qmp-error.js";

/** Type as the schema describes it. */
export type QmpShape =
  | { readonly meta: "builtin"; readonly name: string; readonly json: string }
  | { readonly meta: "enum"; readonly words: readonly string[] }
  | { readonly meta: "array"; readonly of: QmpType<unknown> }
  | { readonly meta: "object"; readonly members: QmpMembers; readonly open: boolean };

/** A type. */
export interface QmpType<T> {
  readonly shape: QmpShape;
  /** True if a member of it may be missing. */
  readonly isOptional?: boolean;
  /** The value, checked. @throws QmpError naming the parameter */
  check(value: unknown, name: string): T;
}

/** The members of an object. */
export type QmpMembers = Readonly<Record<string, QmpType<unknown>>>;

type Checked<T> = T extends QmpType<infer V> ? V : never;

/** Value of an object with these members. */
export type MemberValues<M extends QmpMembers> = {
  readonly [Name in keyof M]: Checked<M[Name]>;
};

function builtin<T>(
  name: string,
  json: string,
  expected: string,
  accepts: (value: unknown) => value is T,
): QmpType<T> {
  return {
    shape: { meta: "builtin", name, json },
    check: (value, parameter) => {
      if (accepts(value)) return value;
      throw wrongType(parameter, expected);
    },
  };
}

function wrongType(parameter: string, expected: string): QmpError {
  return new QmpError(`Invalid parameter type for '${parameter}', expected: ${expected}`);
}

const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value);

/** The types there are. */
export const qmp = {
  str: builtin("str", "string", "string", (value) => typeof value === "string"),
  bool: builtin("bool", "boolean", "boolean", (value) => typeof value === "boolean"),
  /** An integer; those beyond 2^53 are not needed by any command here. */
  int: builtin("int", "int", "integer", isNumber),
  any: builtin("any", "value", "value", (value): value is unknown => value !== undefined),

  /** Words. */
  enumeration<const T extends string>(words: readonly T[]): QmpType<T> {
    return {
      shape: { meta: "enum", words },
      check: (value, name) => {
        if (typeof value !== "string") throw wrongType(name, "string");
        const word = words.find((one) => one === value);
        if (word === undefined) {
          throw new QmpError(`Parameter '${name}' does not accept value '${value}'`);
        }
        return word;
      },
    };
  },

  array<T>(of: QmpType<T>): QmpType<readonly T[]> {
    return {
      shape: { meta: "array", of },
      check: (value, name) => {
        if (!Array.isArray(value)) throw wrongType(name, "array");
        // QEMU, too, has no name for an item.
        return value.map((item: unknown) => of.check(item, "null"));
      },
    };
  },

  /** An object. With `open` it may have members besides. */
  object<const M extends QmpMembers>(members: M, open = false): QmpType<MemberValues<M>> {
    return {
      shape: { meta: "object", members, open },
      check: (value, name) => {
        if (!isObject(value)) throw wrongType(name, "object");
        return checkMembers(members, value, open);
      },
    };
  },

  optional<T>(type: QmpType<T>): QmpType<T | undefined> {
    return {
      shape: type.shape,
      isOptional: true,
      check: (value, name) => (value === undefined ? undefined : type.check(value, name)),
    };
  },
} as const;

/** Command as the schema describes it. */
export interface QmpSignature {
  readonly name: string;
  readonly members: QmpMembers;
  /** True if it takes members that are not listed. */
  readonly open: boolean;
  readonly returns: QmpType<unknown>;
  /** True if it may be carried out while another is. */
  readonly oob: boolean;
}

/** Nothing, as an argument or an answer. */
export const EMPTY = qmp.object({});

/** The values of `given`, checked. @throws QmpError for what is missing, wrong or unexpected */
export function checkMembers<M extends QmpMembers>(
  members: M,
  given: Readonly<Record<string, unknown>>,
  open = false,
): MemberValues<M> {
  const values = Object.entries(members).map(([name, type]) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined && type.isOptional !== true) {
      throw new QmpError(`Parameter '${name}' is missing`);
    }
    return [name, type.check(value, name)] as const;
  });
  const extra = Object.keys(given).find((name) => !Object.hasOwn(members, name));
  if (extra !== undefined && !open) throw new QmpError(`Parameter '${extra}' is unexpected`);
  return Object.fromEntries([...(open ? Object.entries(given) : []), ...values]) as MemberValues<M>;
}
