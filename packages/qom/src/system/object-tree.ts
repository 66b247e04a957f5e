import {
  AdoptionError,
  AmbiguousPathError,
  ForeignObjectError,
  NotSynchronousError,
  PathFormError,
  PathNotFoundError,
  TypeDefinitionError,
  type HookError,
} from "../errors/index.js";
import { inspectCustom, type InspectOptions, outlined } from "../inspect/inspect.js";
import { className, firstOf, treeLines } from "../inspect/object-text.js";
import { Finalizer } from "../lifecycle/finalizer.js";
import { makeLeakReport, type LeakOptions, type LeakReport } from "../lifecycle/leak-report.js";
import { Population, type LiveStatistics } from "../lifecycle/population.js";
import { takeReference } from "../lifecycle/references.js";
import { anObject, checkDefinition, refuse } from "../node/definitions.js";
import {
  internals,
  type ObjectNode,
  operations,
  Phase,
  valueProperties,
} from "../node/object-node.js";
import { isThenable, worksLater } from "../object/synchronous.js";
import { checkArgument } from "../options/check-options.js";
import { aFunction, aText, orNull } from "../options/kinds.js";
import { followPath, resolvePath, type Resolution, type ResolveOptions } from "../path/resolve.js";
import { TYPE_CONTAINER } from "../types/builtin-types.js";
import type { ObjectClass, ObjectInit } from "../types/object-class.js";
import { TypeRegistry } from "../types/type-registry.js";

/** Object, as the system uses it beyond what every part of the package does. */
export interface SystemObject extends ObjectNode {
  addChild(name: string, child: SystemObject): unknown;
  setProperty(name: string, value: unknown): void;
}

/**
 * Treatment of the new object before {@link ObjectSystem.create} returns it.
 * @see {@link ObjectSystem}
 */
export interface CreateOptions<O extends ObjectNode> {
  /** Makes it a child of this object, which takes a reference of its own. Needs `name`. */
  readonly parent?: O;
  /** Its name under the parent. Default, with a parent: `"TYPE[*]"`. */
  readonly name?: string;
  /** Properties to set, in order, before it gets its parent. */
  readonly props?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a JS object of a type.
 * @see {@link QomObject}
 */
export type Constructor<T, O extends ObjectNode> = (init: ObjectInit<O>) => T;

/**
 * One machine's object model: its types, its tree and its bookkeeping. Nothing is shared between
 * systems, so two machines in one process do not meet.
 */
export class ObjectTree<O extends SystemObject> {
  /** The types. */
  readonly types = new TypeRegistry<O>();
  /** The top of the composition tree, `"/"`; it lives as long as the system. */
  readonly root: O;
  /** Called with each object that was finalized. Default: nothing. */
  onFinalize: ((obj: O) => void) | undefined = undefined;
  readonly #population = new Population<O>();
  readonly #finalizer = new Finalizer();
  readonly #plain: Constructor<O, O>;
  #serial = 0;
  /** State for this package only. */
  readonly [internals] = { finalizer: this.#finalizer, nextSerial: () => this.#serial++ };

  /** @param plain makes the objects of types that name no JS class of their own */
  constructor(plain: Constructor<O, O>) {
    this.#plain = plain;
    this.#finalizer.onFinalized = (obj) => {
      // All objects of a system are of one kind.
      this.#population.leave(obj as O);
      this.onFinalize?.(obj as O);
    };
    this.root = this.adopt(plain(this.#init(this.types.get(TYPE_CONTAINER))));
    takeReference(this.root);
    this.root.unref();
  }

  /**
   * Called with each error of a hook while objects are taken apart. Without it they are collected
   * and thrown as one FinalizationError when everything is done.
   * @throws QomArgumentError when it is set to what is neither a function nor null
   */
  get onHookError(): ((error: HookError) => void) | null {
    return this.#finalizer.onHookError;
  }
  set onHookError(handler: ((error: HookError) => void) | null) {
    checkArgument(handler, orNull(aFunction), "onHookError", "the handler", refuse);
    this.#finalizer.onHookError = handler;
  }

  // --- Making objects ---------------------------------------------------------------------------

  /**
   * Makes an object of a type. The caller owns one reference on it; a parent takes another.
   * When anything fails, no object is left behind.
   * @throws UnknownTypeError, AbstractTypeError, and what property setters and addChild throw
   * @throws QomArgumentError for what is no type name, or no such options
   */
  create(type: string, options: CreateOptions<O> = {}): O {
    checkArgument(type, aText, "create", "the type", refuse);
    checkDefinition(options, "create");
    const klass = this.types.get(type);
    const obj = this.build(type, constructorOf(klass, this.#plain));
    try {
      for (const [name, value] of Object.entries(options.props ?? {})) obj.setProperty(name, value);
      options.parent?.addChild(options.name ?? `${type}[*]`, obj);
    } catch (error) {
      this.#abandon(obj, error);
    }
    return obj;
  }

  /**
   * Makes a child whose only reference is its parent's: it lives until it is unparented.
   * @param name its name; `"timer[*]"` takes the first free index
   * @throws what {@link create} throws
   */
  createChild(
    parent: O,
    name: string,
    type: string,
    props: Readonly<Record<string, unknown>> = {},
  ): O {
    checkArgument(parent, anObject, "createChild", "the parent", refuse);
    checkArgument(name, aText, "createChild", "the name", refuse);
    const obj = this.create(type, { parent, name, props });
    obj.unref();
    return obj;
  }

  /**
   * Makes an object with a JS constructor of the caller's choice and adopts it:
   * `system.build("timer", (init) => new Timer(init, options))`.
   * @throws UnknownTypeError, AbstractTypeError
   * @throws TypeDefinitionError when the constructor made an object of another type
   * @throws QomArgumentError unless it is given a type's name and a function
   */
  build<T extends O>(type: string, construct: Constructor<T, O>): T {
    checkArgument(type, aText, "build", "the type", refuse);
    checkArgument(construct, aFunction, "build", "the constructor", refuse);
    const klass = this.types.get(type);
    const obj = construct(this.#init(klass));
    checkArgument(obj, anObject, "build", "what the constructor made", refuse);
    if (obj.klass !== klass) {
      throw new TypeDefinitionError(type, `its constructor made a '${obj.klass.name}'`);
    }
    return this.adopt(obj);
  }

  /**
   * Puts an object that JS code made with `new` into use: sets class defaults and runs instanceInit,
   * then instancePostInit, base to derived. The caller owns its one reference. When a hook throws,
   * the classes initialized so far are finalized and the error passes on.
   * @throws AdoptionError when it was adopted before
   * @throws ForeignObjectError when it is of another system
   * @throws QomArgumentError for what is no object of a tree
   */
  adopt<T extends O>(obj: T): T {
    checkArgument(obj, anObject, "adopt", "the object", refuse);
    const state = obj[internals];
    if (obj.objects !== this) {
      throw new ForeignObjectError("this object system", obj.describe(), "to be adopted by");
    }
    if (state.phase !== Phase.CONSTRUCTED) throw new AdoptionError(obj.describe(), "adopted-twice");
    state.phase = Phase.LIVE;
    this.#population.enter(obj);
    try {
      for (const property of obj.klass[valueProperties]) property.applyDefault(obj);
      for (const { info } of obj.klass.lineage) {
        info.instanceInit?.(obj);
        state.countInitialized();
      }
      for (const { info } of obj.klass.lineage) info.instancePostInit?.(obj);
    } catch (error) {
      this.#abandon(obj, error);
    }
    return obj;
  }

  /**
   * The object at an absolute path; plain containers are made where there is nothing yet.
   * @throws PathFormError when the path is not absolute, or a value property is in the way
   */
  container(path: string): O {
    checkArgument(path, aText, "container", "the path", refuse);
    if (!path.startsWith("/")) throw new PathFormError(path, "does not start with '/'");
    let at = this.root;
    for (const part of path.split("/")) {
      if (part === "") continue;
      const property = at.findProperty(part);
      const next = (property?.[operations].step(at) ?? null) as O | null;
      if (next === null && property !== null) {
        throw new PathFormError(path, `has '${part}', a property without an object, in it`);
      }
      at = next ?? this.createChild(at, part, TYPE_CONTAINER);
    }
    return at;
  }

  // --- Paths ------------------------------------------------------------------------------------

  /**
   * The object at a path: absolute (`"/machine/rtc"`) or partial, the end of one object's path
   * (`"rtc"`). Null when there is none, or when a partial path fits several places.
   * @throws QomArgumentError for what is no path, or no such options
   */
  resolve(path: string, options: ResolveOptions = {}): O | null {
    return this.lookup(path, options).object;
  }

  /**
   * As {@link resolve}, and says whether the path is ambiguous.
   * @throws QomArgumentError for what is no path, or no such options
   */
  lookup(path: string, options: ResolveOptions = {}): Resolution<O> {
    checkArgument(path, aText, "resolve", "the path", refuse);
    checkDefinition(options, "resolve");
    return resolvePath(this.root, path, options);
  }

  /**
   * As {@link resolve}, but throws when there is no single object.
   * @throws PathNotFoundError, AmbiguousPathError
   * @throws QomArgumentError for what is no path, or no such options
   */
  require(path: string, options: ResolveOptions = {}): O {
    const { object, ambiguous } = this.lookup(path, options);
    if (object !== null) return object;
    throw ambiguous ? new AmbiguousPathError(path) : new PathNotFoundError(path);
  }

  /**
   * The object at a path that starts at another object, or at the root with a leading `/`.
   * @throws QomArgumentError for what is no object, no path, or no such options
   */
  resolveAt(from: O, path: string, options: ResolveOptions = {}): O | null {
    checkArgument(from, anObject, "resolveAt", "the object", refuse);
    checkArgument(path, aText, "resolveAt", "the path", refuse);
    checkDefinition(options, "resolve");
    return followPath(path.startsWith("/") ? this.root : from, path, options.type);
  }

  // --- Lifecycle --------------------------------------------------------------------------------

  /**
   * Runs a function; objects that lose their last reference in it are finalized after it, in that
   * order. They cannot be revived meanwhile. Nests.
   * @throws NotSynchronousError for an `async` function or a generator, before it is called; for
   *   another function that answers a promise, after what lost its last reference by then has ended.
   * @throws QomArgumentError for what is no function
   */
  deferFinalization<T>(fn: () => T): T {
    checkArgument(fn, aFunction, "deferFinalization", "the function", refuse);
    const what = "deferFinalization";
    if (worksLater(fn)) throw new NotSynchronousError(what, "it was not called");
    const answer = this.#finalizer.defer(fn);
    if (!isThenable(answer)) return answer;
    // The caller has an error; another one, of nobody's promise, would end the process.
    answer.then(undefined, () => undefined);
    throw new NotSynchronousError(what, "what it does after its first await is not deferred");
  }

  /**
   * Objects that are still held, and their holders: every live object that something besides its
   * parent keeps alive.
   * @throws QomArgumentError for options that it does not have
   */
  leaks(options: LeakOptions = {}): LeakReport<O> {
    checkDefinition(options, "leaks");
    return makeLeakReport(this.#population.values(), options);
  }

  /** Number of objects that there are and were. */
  get live(): LiveStatistics {
    return this.#population.statistics();
  }

  /** The live objects, oldest first. */
  liveObjects(): Iterable<O> {
    return this.#population.values();
  }

  // --- Texts ------------------------------------------------------------------------------------

  /** `N objects of M types`. */
  toString(): string {
    return `${this.#population.size} objects of ${this.types.size} types`;
  }

  /** Number of objects and types, and paths of the objects, at most 256. */
  toJSON(): object {
    const objects = firstOf(this.#population.values()).map((obj) => obj.describe());
    return { live: this.#population.size, types: this.types.size, objects };
  }

  /** The text that `console.log` shows: how many objects, then the tree. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, {
      head: (ink) => `${ink(className(this), "kind")} of ${this}`,
      lines: (ink) => treeLines(this.root, ink),
    });
  }

  /** Drops the reference of a caller who will get an error instead of the object. */
  #abandon(obj: O, error: unknown): never {
    return this.#finalizer.defer(() => {
      if (obj[internals].phase === Phase.LIVE) obj.unref();
      throw error;
    });
  }

  #init(klass: ObjectClass<O>): ObjectInit<O> {
    // Objects name the system that they live in, which is this one, by its type.
    return { objects: this as O["objects"], klass };
  }
}

function constructorOf<O extends ObjectNode>(
  klass: ObjectClass<O>,
  plain: Constructor<O, O>,
): Constructor<O, O> {
  for (let at: ObjectClass<O> | null = klass; at !== null; at = at.parent) {
    const { info } = at;
    if (info.construct !== undefined) return (init) => info.construct?.(init) ?? plain(init);
  }
  return plain;
}
