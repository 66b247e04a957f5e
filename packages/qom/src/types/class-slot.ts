import { refuse } from "../node/definitions.js";
import { checkArgument } from "../options/check-options.js";
import { aText } from "../options/kinds.js";
import { inspectCustom, type InspectOptions, outlined } from "../inspect/inspect.js";

/**
 * A typed key for a value kept on classes, what QEMU keeps in fields of its class structs: virtual
 * methods, constants. A derived class sees its parent's value until it sets its own.
 */
export class ClassSlot<T> {
  /** For error messages; two slots of the same name are still different slots. */
  readonly name: string;
  // Ties the key to its value type; never assigned.
  declare protected readonly valueType: (value: T) => T;

  /**
   * Makes a key; `name` is for error messages.
   * @throws QomArgumentError when the name is no text
   */
  constructor(name: string) {
    checkArgument(name, aText, "new ClassSlot", "the name", refuse);
    this.name = name;
  }

  /** `slot NAME`. */
  toString(): string {
    return `slot ${this.name}`;
  }

  /** The name. */
  toJSON(): object {
    return { name: this.name };
  }

  /** The text that `console.log` shows: the name. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, { head: (ink) => `ClassSlot ${ink(this.name, "name")}` });
  }
}
