import {
  AdoptionError,
  AlreadyParentedError,
  CompositionCycleError,
  ForeignObjectError,
  UseAfterFinalizeError,
} from "../errors/index.js";
import { internals, Phase, type ObjectNode, runHook } from "../node/object-node.js";
import { checkAlive } from "../node/usable.js";
import { ChildProperty } from "../properties/child-property.js";
import { freeName, installProperty } from "../properties/install.js";
import { dropReference, takeReference } from "./references.js";

/**
 * Makes child the named child of parent, which takes a reference on it.
 * @throws QomError for a child that has a parent, is above it, or is of another system or at its end
 */
export function attachChild(parent: ObjectNode, name: string, child: ObjectNode): void {
  checkAlive(parent, "adding child", name);
  checkCandidate(parent, name, child);
  const property = new ChildProperty(parent, freeName(parent, name), child);
  installProperty(parent, property);
  child[internals].childProperty = property;
  parent[internals].parts.childCount++;
  takeReference(child);
}

/** Throws unless child may become a child of parent. Describes nothing unless it does throw. */
function checkCandidate(parent: ObjectNode, name: string, child: ObjectNode): void {
  const { phase, parent: present } = child[internals];
  if (child.objects !== parent.objects) {
    const role = `to become child '${name}' of`;
    throw new ForeignObjectError(parent.describe(), child.describe(), role);
  }
  if (phase > Phase.LIVE) {
    const what = `becoming child '${name}' of ${parent.describe()}`;
    throw new UseAfterFinalizeError(child.describe(), what);
  }
  if (phase === Phase.CONSTRUCTED) throw new AdoptionError(child.describe(), "not-adopted");
  if (present !== null) {
    throw new AlreadyParentedError(parent.describe(), child.describe(), name);
  }
  if (isAncestor(child, parent)) {
    throw new CompositionCycleError(parent.describe(), child.describe(), name);
  }
}

/**
 * Takes a child off its parent: first its unparent hook, while everything is still in place; then
 * the parent forgets it and drops its reference. Does nothing without a parent, or within the hook.
 */
export function detachChild(child: ObjectNode): void {
  const state = child[internals];
  const { childProperty } = state;
  if (childProperty === null || childProperty.isBreaking) return;
  const { parent } = childProperty;
  const { finalizer } = child.objects[internals];
  childProperty.isBreaking = true;
  finalizer.defer(() => {
    finalizer.guard(child, "onUnparent", () => child[runHook]("unparent"));
    parent[internals].table?.remove(childProperty);
    parent[internals].parts.childCount--;
    state.childProperty = null;
    dropReference(child);
  });
}

/** True if obj is `candidate` or one of its ancestors; the root counts as everybody's. */
function isAncestor(obj: ObjectNode, candidate: ObjectNode): boolean {
  if (obj === candidate || obj === obj.objects.root) return true;
  // Without children it is nobody's ancestor: keeps building a deep tree linear.
  if (obj[internals].childCount === 0) return false;
  for (let up = candidate.parent; up !== null; up = up.parent) {
    if (up === obj) return true;
  }
  return false;
}
