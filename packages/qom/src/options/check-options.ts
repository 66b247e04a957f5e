import { closest } from "./closest.js";
import { type OptionKind, shown } from "./kinds.js";

/**
 * Options that a call knows, and the kind of each.
 * @see {@link checkOptions}
 */
export interface OptionTable {
  /** The call as people write it, for messages: `"machine.ram"`, `"new Bus"`. */
  readonly call: string;
  /** Options that must be there. */
  readonly required?: Readonly<Record<string, OptionKind>>;
  /** Options that may be left out, or be undefined. */
  readonly optional?: Readonly<Record<string, OptionKind>>;
  /**
   * True if the object may have more: a device that is given with its state, the options of a
   * subclass. Of names that nobody knows only those are refused that are near to one that is not
   * there, and whose value that one could have. Default false.
   */
  readonly isOpen?: boolean;
}

/**
 * Rules that a call can break: no object is given, an option is not there, of the wrong kind, or
 * one that nobody knows.
 * @see {@link checkOptions}
 */
export type OptionRule = "options-object" | "option-missing" | "option-kind" | "option-unknown";

/**
 * Throws the error of the package whose call was wrong.
 * @see {@link checkOptions}
 */
export type OptionRefusal = (
  message: string,
  details: {
    readonly rule: OptionRule;
    /** The option or argument at fault. */
    readonly option: string;
    /** The options as given, to name what they describe. */
    readonly options: unknown;
  },
) => never;

/**
 * Checks options against a table: what TypeScript's compiler says, said to everybody else. Options
 * that nobody knows are refused in plain objects; what is an instance of a class may have fields of
 * its own. Nothing is allocated when all is well.
 *
 * @example
 * const refuse: OptionRefusal = (message, { rule }) => {
 *   throw new MemError(message, { rule });
 * };
 * const table = { call: "blink", required: { times: aNumber }, optional: { fast: aFlag } };
 * checkOptions({ times: 3 }, table, refuse);
 * // checkOptions({ times: 3, fsat: true }, table, refuse) throws
 * // blink: there is no option "fsat"; did you mean "fast"?
 */
export function checkOptions(options: unknown, table: OptionTable, refuse: OptionRefusal): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    refuse(`${table.call}: the options are ${shown(options)}, but must be an object`, {
      rule: "options-object",
      option: "options",
      options,
    });
  }
  const given = options as Readonly<Record<string, unknown>>;
  const { required, optional } = table;
  for (const name in required) {
    if (given[name] === undefined) refuseMissing(name, table, refuse, given);
  }
  for (const name in given) {
    const kind = required?.[name] ?? optional?.[name];
    // What every object has, such as `toString`, is found in a table too.
    if (kind?.accepts === undefined) {
      if (isPlain(given)) refuseUnknown(name, table, refuse, given);
      continue;
    }
    const value = given[name];
    if (value !== undefined && !kind.accepts(value)) refuseKind(name, kind, table, refuse, given);
  }
}

/**
 * Checks one argument that is no option.
 * @param call the call as people write it
 * @param name the argument's name
 * @see {@link checkOptions}
 */
export function checkArgument(
  value: unknown,
  kind: OptionKind,
  call: string,
  name: string,
  refuse: OptionRefusal,
): void {
  if (value !== undefined && kind.accepts(value)) return;
  const details = { option: name, options: null } as const;
  if (value === undefined) {
    refuse(`${call}: ${name} is missing: it must be ${kind.expects}`, {
      rule: "option-missing",
      ...details,
    });
  }
  refuse(`${call}: ${name} is ${shown(value)}, but must be ${kind.expects}`, {
    rule: "option-kind",
    ...details,
  });
}

/** True if an object was written as one, and is not of a class. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuseMissing(
  option: string,
  { call, required }: OptionTable,
  refuse: OptionRefusal,
  options: unknown,
): void {
  const expects = required?.[option]?.expects ?? "there";
  refuse(`${call}: the option "${option}" is missing: it must be ${expects}`, {
    rule: "option-missing",
    option,
    options,
  });
}

function refuseKind(
  option: string,
  kind: OptionKind,
  { call }: OptionTable,
  refuse: OptionRefusal,
  options: Readonly<Record<string, unknown>>,
): void {
  const value = shown(options[option]);
  refuse(`${call}: the option "${option}" is ${value}, but must be ${kind.expects}`, {
    rule: "option-kind",
    option,
    options,
  });
}

function refuseUnknown(
  option: string,
  { call, required, optional, isOpen }: OptionTable,
  refuse: OptionRefusal,
  options: Readonly<Record<string, unknown>>,
): void {
  const known = [...Object.keys(required ?? {}), ...Object.keys(optional ?? {})];
  const near = closest(option, known);
  if (isOpen === true) {
    if (near === null || options[near] !== undefined) return;
    const meant = required?.[near] ?? optional?.[near];
    if (meant?.accepts(options[option]) !== true) return;
  }
  const hint =
    near !== null
      ? `did you mean "${near}"?`
      : known.length === 0
        ? "it takes none"
        : `there are ${known.join(", ")}`;
  refuse(`${call}: there is no option "${option}"; ${hint}`, {
    rule: "option-unknown",
    option,
    options,
  });
}
