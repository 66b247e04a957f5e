import { QomObject } from "../object/qom-object.js";
import { ObjectTree } from "./object-tree.js";

/**
 * One machine's object model: its types, its tree and its bookkeeping. Nothing is shared between
 * systems, so two machines in one process do not meet.
 * @see the README of `@mem/qom`
 */
export class ObjectSystem extends ObjectTree<QomObject> {
  constructor() {
    super((init) => new QomObject(init));
  }
}
