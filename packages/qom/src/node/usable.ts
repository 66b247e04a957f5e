import { UseAfterFinalizeError } from "../errors/index.js";
import { internals, Phase, type ObjectNode } from "./object-node.js";

/**
 * Refuses what is asked of an object that is taken apart. While it is being taken apart its hooks
 * may still read and write properties, so this lets a dying object pass.
 * @throws UseAfterFinalizeError when it is taken apart
 */
export function checkUsable(obj: ObjectNode, what: string, name: string): void {
  if (obj[internals].phase === Phase.DEAD) {
    throw new UseAfterFinalizeError(obj.describe(), `${what} '${name}'`);
  }
}

/**
 * Refuses what is asked of an object that can gain nothing any more.
 * @throws UseAfterFinalizeError when it is taken apart, or on its way there
 */
export function checkAlive(obj: ObjectNode, what: string, name: string): void {
  if (obj[internals].phase > Phase.LIVE) {
    throw new UseAfterFinalizeError(obj.describe(), `${what} '${name}'`);
  }
}
