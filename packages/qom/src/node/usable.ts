import { UseAfterFinalizeError } from "../errors/index.js";
import { internals, Phase, type ObjectNode } from "./object-node.js";

/**
 * Throws when the object is taken apart. While it is being taken apart its hooks may still read
 * and write properties, so this lets a dying object pass.
 */
export function checkUsable(obj: ObjectNode, what: string, name: string): void {
  if (obj[internals].phase === Phase.DEAD) {
    throw new UseAfterFinalizeError(obj.describe(), `${what} '${name}'`);
  }
}

/** Throws when the object is taken apart or on its way there: it can gain nothing any more. */
export function checkAlive(obj: ObjectNode, what: string, name: string): void {
  if (obj[internals].phase > Phase.LIVE) {
    throw new UseAfterFinalizeError(obj.describe(), `${what} '${name}'`);
  }
}
