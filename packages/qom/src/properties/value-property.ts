import { PropertyDefinitionError, PropertyValueError } from "../errors/index.js";
import { internals, type ObjectNode } from "../node/object-node.js";
import { isThenable } from "../object/synchronous.js";
import { ObjectProperty } from "./property.js";
import type { ValueType } from "./value-type.js";

/**
 * A value property. Without `get` and `set` the object stores the value; with one of them only, it
 * can only be read or only be written.
 * @see {@link value}, whose example defines one
 */
export interface PropertyDefinition<T, O extends ObjectNode> {
  /** Its name; on an object `"irq[*]"` takes the first free index. */
  readonly name: string;
  /** Type of its values, see {@link value}. */
  readonly type: ValueType<T>;
  /** Description for people. */
  readonly description?: string;
  /** Its value until somebody sets it. With a `set`, that is called with it instead. */
  readonly default?: T;
  /** Reads the value, one of the type's: any other is an error for who reads it. */
  get?(obj: O): T;
  /** Sets the value, which is of the right type, before it returns. May throw to refuse it. */
  set?(obj: O, value: T): void;
  /** For a stored value: who sets it, if anybody. Default `"read-write"`. */
  readonly access?: "read-write" | "read-only" | "write-only";
  /** Runs when the object lets go of the property. */
  release?(obj: O): void;
}

/** A property with a value of some {@link ValueType}. */
export class ValueProperty<T> extends ObjectProperty {
  readonly kind = "value";
  readonly #definition: PropertyDefinition<T, ObjectNode>;

  constructor(definition: PropertyDefinition<T, ObjectNode>, where: () => string) {
    super(definition.name);
    this.#definition = definition;
    const { type, default: initial, get, set, access } = definition;
    const fail = (why: string): never => {
      throw new PropertyDefinitionError(where(), definition.name, why);
    };
    if (initial !== undefined) {
      const why = type.refuse(initial);
      if (why !== null) fail(`its default is none of its values: it ${why}`);
      if (get !== undefined && set === undefined) fail("a getter alone cannot take a default");
    }
    if (access !== undefined && (get !== undefined || set !== undefined)) {
      fail("with a getter or a setter, these alone say how it is accessed");
    }
  }

  override get description(): string | null {
    return this.#definition.description ?? null;
  }

  get type(): string {
    return this.#definition.type.name;
  }

  get readable(): boolean {
    const { get, set, access } = this.#definition;
    return get !== undefined || (set === undefined && access !== "write-only");
  }

  get writable(): boolean {
    const { get, set, access } = this.#definition;
    return set !== undefined || (get === undefined && access !== "read-only");
  }

  override get defaultValue(): T | undefined {
    return this.#definition.default;
  }

  /** Tells the setter the default, where there are both. */
  applyDefault(obj: ObjectNode): void {
    const { set, default: initial } = this.#definition;
    if (set !== undefined && initial !== undefined) set.call(this.#definition, obj, initial);
  }

  read(obj: ObjectNode): unknown {
    const { get } = this.#definition;
    if (get !== undefined) return this.#checked(obj, get.call(this.#definition, obj));
    const stored = obj[internals].values;
    return stored?.has(this) === true ? stored.get(this) : this.#definition.default;
  }

  peek(obj: ObjectNode): unknown {
    const { get, set, default: initial } = this.#definition;
    return get !== undefined || set !== undefined
      ? undefined
      : (obj[internals].values?.get(this) ?? initial);
  }

  write(obj: ObjectNode, value: unknown): void {
    const { type, set, name } = this.#definition;
    const why = type.refuse(value);
    if (why !== null) throw new PropertyValueError(obj.describe(), obj.klass.name, name, why);
    if (set === undefined) {
      obj[internals].store(this, value);
      return;
    }
    const answer: unknown = set.call(this.#definition, obj, value as T);
    if (!isThenable(answer)) return;
    // The caller has an error; another one, of nobody's promise, would end the process.
    answer.then(undefined, () => undefined);
    throw this.#refusal(obj, "has a setter that answers a promise: it is over when it returns");
  }

  /** Answer of a getter, if it is one of the property's values. */
  #checked(obj: ObjectNode, value: unknown): unknown {
    const why = this.#definition.type.refuse(value);
    if (why !== null)
      throw this.#refusal(obj, `has a getter that answers something else: it ${why}`);
    return value;
  }

  #refusal(obj: ObjectNode, why: string): PropertyValueError {
    return new PropertyValueError(obj.describe(), obj.klass.name, this.#definition.name, why);
  }

  override parseText(text: string): unknown {
    return this.#definition.type.parse?.(text);
  }

  get hasRelease(): boolean {
    return this.#definition.release !== undefined;
  }

  release(obj: ObjectNode): void {
    this.#definition.release?.(obj);
  }
}
