import { UnknownHolderError } from "../errors/index.js";
import { refuse } from "../node/definitions.js";
import { internals, type ObjectState, type ObjectNode } from "../node/object-node.js";
import { checkArgument } from "../options/check-options.js";
import { aText } from "../options/kinds.js";

/** Takes a reference that only {@link dropReference} may drop: a parent's or a link's. */
export function takeReference(obj: ObjectNode): void {
  const state = obj[internals];
  state.refs++;
  state.pinned++;
}

/** Drops a reference taken by {@link takeReference}. */
export function dropReference(obj: ObjectNode): void {
  const state = obj[internals];
  state.pinned--;
  if (--state.refs === 0) obj.objects[internals].finalizer.doom(obj);
}

/**
 * Notes that one of the references belongs to the holder.
 * @throws QomArgumentError when the holder is no text
 */
export function addHolder(state: ObjectState, holder: string): void {
  if (typeof holder !== "string") checkArgument(holder, aText, "ref", "the holder", refuse);
  const holders = (state.parts.holders ??= new Map<string, number>());
  holders.set(holder, (holders.get(holder) ?? 0) + 1);
  state.pinned++;
}

/**
 * Forgets one reference of the holder.
 * @throws UnknownHolderError when it has none
 * @throws QomArgumentError when the holder is no text
 */
export function removeHolder(obj: ObjectNode, holder: string): void {
  const state = obj[internals];
  const count = state.holders?.get(holder);
  if (count === undefined) {
    checkArgument(holder, aText, "unref", "the holder", refuse);
    throw new UnknownHolderError(obj.describe(), holder);
  }
  if (count === 1) state.holders?.delete(holder);
  else state.holders?.set(holder, count - 1);
  state.pinned--;
}
