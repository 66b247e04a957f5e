import { QomObject } from "../object/qom-object.js";
import { ObjectTree } from "./object-tree.js";

/**
 * One machine's object model: its types, its tree and its bookkeeping. Nothing is shared between
 * systems, so two machines in one process do not meet.
 *
 * @example
 * const objects = new ObjectSystem(); // one per machine: nothing is global
 * objects.types.register({ name: "uart" });
 * const board = objects.container("/machine");
 * const uart = objects.createChild(board, "uart0", "uart");
 * console.log(uart.canonicalPath(), objects.resolve("uart0") === uart); // prints: /machine/uart0 true
 */
export class ObjectSystem extends ObjectTree<QomObject> {
  constructor() {
    super((init) => new QomObject(init));
  }
}
