import {
  internals,
  Phase,
  type ObjectNode,
  operations,
  type Property,
} from "../node/object-node.js";
import { requireReadable, requireWritable } from "./access.js";
import { ObjectProperty } from "./property.js";

/**
 * An alias: another name, here, for a property of some object.
 * @see {@link escapeName}, whose example adds an alias
 */
export interface AliasDefinition<O extends ObjectNode> {
  /** Its name; `"irq[*]"` takes the first free index. */
  readonly name: string;
  /** The object the aliased property is on. No reference is held on it. */
  readonly target: O;
  /** The aliased property's name. Default: the alias's own. */
  readonly targetName?: string;
  /** Meaning, for people. Default: the aliased property's description. */
  readonly description?: string;
}

/** An alias. Everything it says follows the property it stands for, by name. */
export class AliasProperty extends ObjectProperty {
  readonly kind = "alias";
  readonly hasRelease = false;
  readonly target: ObjectNode;
  readonly targetName: string;
  readonly #description: string | null;

  constructor(name: string, definition: AliasDefinition<ObjectNode>, aliased: Property) {
    super(name);
    this.#description = definition.description ?? aliased.description;
    this.target = definition.target;
    this.targetName = aliased.name;
  }

  override get description(): string | null {
    return this.#description;
  }

  /** The property it stands for; null once that is gone. */
  get aliased(): Property | null {
    return this.target[internals].phase === Phase.DEAD
      ? null
      : this.target.findProperty(this.targetName);
  }

  /** Type of the aliased property; of a child `link<T>`, as the child is elsewhere. */
  get type(): string {
    const type = this.aliased?.type ?? "gone";
    return type.startsWith("child<") ? `link<${type.slice("child<".length)}` : type;
  }

  get readable(): boolean {
    return this.aliased?.readable ?? true;
  }

  get writable(): boolean {
    return this.aliased?.writable ?? true;
  }

  override get defaultValue(): unknown {
    return this.aliased?.defaultValue;
  }

  read(): unknown {
    return requireReadable(this.target, this.targetName)[operations].read(this.target);
  }

  peek(): unknown {
    return this.aliased?.[operations].peek(this.target);
  }

  write(_obj: ObjectNode, value: unknown): void {
    requireWritable(this.target, this.targetName)[operations].write(this.target, value);
  }

  override parseText(text: string): unknown {
    return this.aliased?.[operations].parseText(text);
  }

  override step(): ObjectNode | null {
    return this.aliased?.[operations].step(this.target) ?? null;
  }

  release(): void {}
}
