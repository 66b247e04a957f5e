import {
  AmbiguousPathError,
  ForeignObjectError,
  PathNotFoundError,
  PropertyValueError,
  type QomError,
} from "../errors/index.js";
import { dropReference, takeReference } from "../lifecycle/references.js";
import {
  internals,
  Phase,
  isObjectNode,
  type ObjectNode,
  type WeakLink,
} from "../node/object-node.js";
import { checkAlive } from "../node/usable.js";
import { ObjectProperty } from "./property.js";

/**
 * A link: a named edge to an object somewhere else, or to none.
 * @see {@link escapeName}, whose example adds a link
 */
export interface LinkDefinition<O extends ObjectNode> {
  /** Its name; on an object `"bus[*]"` takes the first free index. */
  readonly name: string;
  /** Type the target must have (by class or by interface). */
  readonly target: string;
  /** Meaning, for people. */
  readonly description?: string;
  /** True holds a reference on the target; false is cleared when the target dies. Default false. */
  readonly strong?: boolean;
  /** False makes it read-only through setProperty. Default true. */
  readonly writable?: boolean;
  /** May refuse a new target (or null) by throwing; nothing has changed when it runs. */
  check?(obj: O, target: O | null): void;
  /** Told after the target changed, also when a weak link is cleared because its target dies. */
  changed?(obj: O, target: O | null): void;
}

/** `link<T>`. */
export class LinkProperty extends ObjectProperty implements WeakLink {
  readonly kind = "link";
  readonly #definition: LinkDefinition<ObjectNode>;
  readonly hasRelease = true;

  constructor(definition: LinkDefinition<ObjectNode>) {
    super(definition.name);
    this.#definition = definition;
  }

  override get description(): string | null {
    return this.#definition.description ?? null;
  }

  get type(): string {
    return `link<${this.#definition.target}>`;
  }

  get readable(): boolean {
    return true;
  }

  get writable(): boolean {
    return this.#definition.writable !== false;
  }

  /** True if the link holds a reference. */
  get strong(): boolean {
    return this.#definition.strong === true;
  }

  override get defaultValue(): null {
    return null;
  }

  read(obj: ObjectNode): ObjectNode | null {
    const target = obj[internals].values?.get(this);
    // A dying target is gone already, though the word of it may still be on its way.
    return isObjectNode(target) && target[internals].phase <= Phase.LIVE ? target : null;
  }

  peek(obj: ObjectNode): ObjectNode | null {
    return this.read(obj);
  }

  override step(obj: ObjectNode): ObjectNode | null {
    return this.read(obj);
  }

  /**
   * Takes an object, null, or the path of an object (`""` for none).
   * @throws PropertyValueError for another value, and where the link's check throws
   */
  write(obj: ObjectNode, value: unknown): void {
    const target = this.#target(obj, value);
    const { check } = this.#definition;
    if (check !== undefined) {
      try {
        check.call(this.#definition, obj, target);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw this.#refusal(obj, `refuses ${target?.describe() ?? "null"}: ${why}`, cause);
      }
    }
    const old = this.read(obj);
    if (target === old) return;
    if (target !== null) {
      // The check hook may have ended either of them.
      checkAlive(obj, "setting link", this.name);
      checkAlive(target, `becoming the target of ${obj.describe()}'s link`, this.name);
      this.#attach(obj, target);
    }
    obj[internals].store(this, target);
    try {
      this.#definition.changed?.(obj, target);
    } finally {
      if (old !== null) this.#detach(obj, old);
    }
  }

  release(obj: ObjectNode): void {
    const old = this.read(obj);
    if (old === null) return;
    obj[internals].values?.delete(this);
    this.#detach(obj, old);
  }

  /** The target of this weak link is about to die; the link may have moved on by now. */
  targetGone(obj: ObjectNode, target: ObjectNode): void {
    if (obj[internals].values?.get(this) !== target) return;
    obj[internals].values?.delete(this);
    this.#definition.changed?.(obj, null);
  }

  #attach(obj: ObjectNode, target: ObjectNode): void {
    if (this.strong) {
      takeReference(target);
      return;
    }
    const state = target[internals];
    const weakLinks = (state.parts.weakLinks ??= new Map<ObjectNode, Set<WeakLink>>());
    const properties = weakLinks.get(obj);
    if (properties === undefined) weakLinks.set(obj, new Set([this]));
    else properties.add(this);
  }

  #detach(obj: ObjectNode, target: ObjectNode): void {
    if (this.strong) {
      dropReference(target);
      return;
    }
    const { weakLinks } = target[internals];
    const properties = weakLinks?.get(obj);
    properties?.delete(this);
    if (properties?.size === 0) weakLinks?.delete(obj);
  }

  #target(obj: ObjectNode, value: unknown): ObjectNode | null {
    if (value === null || value === "") return null;
    const target = typeof value === "string" ? this.#resolve(obj, value) : value;
    if (!isObjectNode(target)) {
      throw this.#refusal(obj, "expects an object, a path or null");
    }
    const path = target.describe();
    if (target.objects !== obj.objects) {
      throw new ForeignObjectError(obj.describe(), path, `linked by '${this.name}' of`);
    }
    if (!target.isA(this.#definition.target)) {
      const types = `${this.#definition.target}, not ${target.klass.name}`;
      throw this.#refusal(obj, `expects type ${types} (${path})`);
    }
    return target;
  }

  #resolve(obj: ObjectNode, path: string): ObjectNode {
    try {
      return obj.objects.require(path, { type: this.#definition.target });
    } catch (error) {
      if (error instanceof PathNotFoundError || error instanceof AmbiguousPathError) {
        throw this.#refusal(obj, `refuses a path. ${error.message}`, error);
      }
      throw error;
    }
  }

  #refusal(obj: ObjectNode, why: string, cause?: unknown): QomError {
    return new PropertyValueError(obj.describe(), obj.klass.name, this.name, why, cause);
  }
}
