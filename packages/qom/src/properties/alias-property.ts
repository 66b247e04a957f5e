import { internals, Phase } from "../object/object-state.js";
import type { QomObject } from "../object/qom-object.js";
import { requireReadable, requireWritable } from "./access.js";
import { Property } from "./property.js";

/**
 * An alias: another name, here, for a property of some object.
 * @see {@link escapeName}, whose example adds an alias
 */
export interface AliasDefinition {
  /** Its name; `"irq[*]"` takes the first free index. */
  readonly name: string;
  /** The object the aliased property is on. No reference is held on it. */
  readonly target: QomObject;
  /** The aliased property's name. Default: the alias's own. */
  readonly targetName?: string;
  /** What it means, for people. Default: the aliased property's description. */
  readonly description?: string;
}

/** @internal An alias. Everything it says follows the property it stands for, by name. */
export class AliasProperty extends Property {
  readonly kind = "alias";
  readonly hasRelease = false;
  readonly target: QomObject;
  readonly targetName: string;

  constructor(name: string, definition: AliasDefinition, aliased: Property) {
    super(name, definition.description ?? aliased.description);
    this.target = definition.target;
    this.targetName = aliased.name;
  }

  /** The property it stands for; null once that is gone. */
  get aliased(): Property | null {
    return this.target[internals].phase === Phase.DEAD
      ? null
      : this.target.findProperty(this.targetName);
  }

  /** That of the aliased property; of a child `link<T>`, as the child is elsewhere. */
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
    return requireReadable(this.target, this.targetName).read(this.target);
  }

  write(_obj: QomObject, value: unknown): void {
    requireWritable(this.target, this.targetName).write(this.target, value);
  }

  override parseText(text: string): unknown {
    return this.aliased?.parseText(text);
  }

  override step(): QomObject | null {
    return this.aliased?.step(this.target) ?? null;
  }

  release(): void {}
}
