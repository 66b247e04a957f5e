import { FinalizationError, HookError } from "../errors/index.js";
import {
  internals,
  Phase,
  type Endings,
  type ObjectNode,
  operations,
  type Property,
  runHook,
  type WeakLink,
} from "../node/object-node.js";
import { ChildProperty } from "../properties/child-property.js";
import { detachChild } from "./composition.js";

/** One object being taken apart, and how far that is. */
interface Teardown {
  readonly obj: ObjectNode;
  readonly own: Iterator<Property, unknown>;
  classProperties: Iterator<Property, unknown> | null;
}

/**
 * Takes objects apart whose last reference is gone. It keeps its own stack, so that neither deep
 * trees nor chains of hooks that drop references can exhaust the engine's.
 *
 * An object that loses its last reference inside a hook is taken apart right after that hook, before
 * the object whose hook it was goes on; several in the order they lost it.
 */
export class Finalizer implements Endings {
  /** Told of each error of a hook; null collects them and throws when everything is done. */
  onHookError: ((error: HookError) => void) | null = null;
  /** Told of each object that was taken apart. */
  onFinalized: (obj: ObjectNode) => void = () => {};

  readonly #stack: Teardown[] = [];
  #doomed: ObjectNode[] = [];
  #errors: unknown[] = [];
  #running = false;
  #deferred = 0;

  /**
   * The object's last reference is gone.
   * @throws FinalizationError when hooks threw and nobody is told of each
   */
  doom(obj: ObjectNode): void {
    obj[internals].phase = Phase.DYING;
    this.#doomed.push(obj);
    if (!this.#running && this.#deferred === 0) this.#drain();
  }

  /** Runs fn; objects that lose their last reference meanwhile are taken apart after it. */
  defer<T>(fn: () => T): T {
    this.#deferred++;
    let failed = true;
    let failure: unknown;
    try {
      const result = fn();
      failed = false;
      return result;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      this.#deferred--;
      if (this.#deferred === 0 && !this.#running) this.#finishDeferred(failed, failure);
    }
  }

  /** Calls a hook; what it throws is reported or kept for the end. */
  guard(obj: ObjectNode, hook: string, call: () => void): void {
    try {
      call();
    } catch (cause) {
      this.#report(new HookError(obj.describe(), hook, cause));
    }
  }

  #finishDeferred(failed: boolean, failure: unknown): void {
    if (!failed) return this.#drain();
    try {
      this.#drain();
    } catch (error) {
      if (!(error instanceof FinalizationError)) throw error;
      throw new FinalizationError([failure, ...error.errors], failure);
    }
  }

  #drain(): void {
    this.#running = true;
    try {
      do {
        this.#admit();
        const teardown = this.#stack.at(-1);
        if (teardown !== undefined) this.#advance(teardown);
      } while (this.#stack.length > 0 || this.#doomed.length > 0);
    } finally {
      this.#running = false;
    }
    if (this.#errors.length === 0) return;
    const errors = this.#errors;
    this.#errors = [];
    throw new FinalizationError(errors);
  }

  /** Puts the doomed on the stack, the first on top. */
  #admit(): void {
    if (this.#doomed.length === 0) return;
    const doomed = this.#doomed;
    this.#doomed = [];
    for (let i = doomed.length - 1; i >= 0; i--) {
      const obj = doomed[i];
      if (obj === undefined) continue;
      const own = obj[internals].table?.values() ?? [].values();
      this.#stack.push({ obj, own, classProperties: null });
    }
  }

  /** One step: the links pointing here cleared, one property released, or the object's own hooks run. */
  #advance(teardown: Teardown): void {
    const { obj } = teardown;
    const state = obj[internals];
    if (state.weakLinks !== null) {
      this.#clearLinks(obj, state.weakLinks);
      state.parts.weakLinks = null;
      return;
    }
    const own = teardown.own.next();
    if (own.done !== true) {
      this.#release(obj, own.value);
      return;
    }
    teardown.classProperties ??= obj.klass.properties();
    for (;;) {
      const inherited = teardown.classProperties.next();
      if (inherited.done === true) break;
      if (!inherited.value[operations].hasRelease) continue;
      this.#release(obj, inherited.value);
      return;
    }
    this.#stack.pop();
    this.#finalizeClasses(obj);
    state.clear();
    this.guard(obj, "onFinalize of the object system", () => this.onFinalized(obj));
  }

  #release(obj: ObjectNode, property: Property): void {
    if (property instanceof ChildProperty) {
      detachChild(property.child);
      return;
    }
    const { [operations]: ops } = property;
    if (ops.hasRelease) {
      this.guard(obj, `release of '${property.name}'`, () => ops.release(obj));
    }
    obj[internals].table?.remove(property);
  }

  /**
   * Derived to base. The JS object's own hook runs in the place of the type whose `construct`
   * brought its JS class in.
   */
  #finalizeClasses(obj: ObjectNode): void {
    const { lineage } = obj.klass;
    let jsHookRan = false;
    for (let i = lineage.length - 1; i >= 0; i--) {
      const info = lineage[i]?.info;
      if (info === undefined) continue;
      if (!jsHookRan && (info.construct !== undefined || i === 0)) {
        jsHookRan = true;
        this.guard(obj, "onFinalize", () => obj[runHook]("finalize"));
      }
      if (i < obj[internals].initialized && info.instanceFinalize !== undefined) {
        this.guard(obj, `instanceFinalize of '${info.name}'`, () => info.instanceFinalize?.(obj));
      }
    }
  }

  #clearLinks(target: ObjectNode, weakLinks: ReadonlyMap<ObjectNode, ReadonlySet<WeakLink>>): void {
    for (const [obj, links] of weakLinks) {
      for (const link of links) {
        this.guard(obj, `changed of '${link.name}'`, () => link.targetGone(obj, target));
      }
    }
  }

  #report(error: HookError): void {
    if (this.onHookError === null) {
      this.#errors.push(error);
      return;
    }
    try {
      this.onHookError(error);
    } catch (thrown) {
      this.#errors.push(error, thrown);
    }
  }
}
