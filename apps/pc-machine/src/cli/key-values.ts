/** The `key=value,key=value` form many options take. */
import { isIdentifier } from "../text/identifier.js";
import { didYouMean } from "../text/nearest.js";
import { optionError } from "./cli-error.js";

/** A parsed list; {@link KeyValues.finish} refuses what nobody asked for. */
export class KeyValues {
  readonly #option: string;
  readonly #values = new Map<string, string>();
  readonly #taken = new Set<string>();

  /**
   * @param option   the option with its argument, for messages
   * @param text     the argument; a comma in a value is doubled; empty: nothing is given
   * @param implied  the key of a first part without `=`
   * @param typed    the argument as it was typed, for messages
   * @throws CliError when a part has no key
   */
  constructor(option: string, text: string, implied: string | null = null, typed = text) {
    this.#option = `${option} ${typed}`;
    if (text === "") return;
    for (const [index, part] of splitList(text).entries()) {
      const equals = part.indexOf("=");
      if (equals > 0) {
        this.#values.set(part.slice(0, equals), part.slice(equals + 1));
      } else if (index === 0 && implied !== null && part !== "") {
        this.#values.set(implied, part);
      } else {
        throw optionError(this.#option, part === "" ? "an empty part" : `"${part}" has no value`);
      }
    }
  }

  /** The value of `key`, if given. */
  get(key: string): string | undefined {
    this.#taken.add(key);
    return this.#values.get(key);
  }

  /** The value of `key`. @throws CliError when it is not given */
  need(key: string): string {
    const value = this.get(key);
    if (value === undefined || value === "") {
      throw this.error(`${key}= is missing`);
    }
    return value;
  }

  /** The name that `key` gives to something. @throws CliError when it is not given, or is none */
  identifier(key: string): string {
    const name = this.need(key);
    if (!isIdentifier(name)) {
      throw this.error(
        `${key}=${name}: a name has letters, digits and any of -._, and begins with a letter`,
      );
    }
    return name;
  }

  /** The value of an on/off key. @throws CliError when it is neither */
  flag(key: string): boolean | undefined {
    const value = this.get(key);
    if (value === undefined || value === "on" || value === "off") {
      return value === undefined ? undefined : value === "on";
    }
    throw this.error(`${key}=${value}: must be on or off`);
  }

  /** The value of `key`, one of `allowed`. @throws CliError when it is another */
  choice(key: string, allowed: readonly string[]): string | undefined {
    const value = this.get(key);
    if (value !== undefined && !allowed.includes(value)) {
      throw this.error(`${key}=${value}: must be ${allowed.join(" or ")}`);
    }
    return value;
  }

  /** The keys that nobody has asked for. */
  rest(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#values].filter(([key]) => !this.#taken.has(key)));
  }

  /** Call it last. @throws CliError naming a key that was not asked for */
  finish(): void {
    for (const key of this.#values.keys()) {
      if (!this.#taken.has(key)) {
        const known = [...this.#taken];
        throw this.error(
          `"${key}" is not known here (${known.join(", ")})${didYouMean(key, known)}`,
        );
      }
    }
  }

  /** An error about this option. */
  error(message: string): Error {
    return optionError(this.#option, message);
  }
}

/** Split at single commas; a doubled one stands for itself. */
export function splitList(text: string): string[] {
  return text
    .replaceAll(",,", "\0")
    .split(",")
    .map((part) => part.replaceAll("\0", ","));
}
