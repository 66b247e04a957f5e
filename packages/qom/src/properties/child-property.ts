import type { ChildEdge, ObjectNode } from "../node/object-node.js";
import { ObjectProperty } from "./property.js";

/** `child<T>`: the composition edge. Taking the object apart is the lifecycle's business. */
export class ChildProperty extends ObjectProperty implements ChildEdge {
  readonly parent: ObjectNode;
  readonly child: ObjectNode;
  isBreaking = false;

  constructor(parent: ObjectNode, name: string, child: ObjectNode) {
    super(name);
    this.parent = parent;
    this.child = child;
  }

  get kind(): "child" {
    return "child";
  }

  get type(): string {
    return `child<${this.child.klass.name}>`;
  }

  get readable(): boolean {
    return true;
  }

  get writable(): boolean {
    return false;
  }

  read(): ObjectNode {
    return this.child;
  }

  peek(): ObjectNode {
    return this.child;
  }

  write(): void {}

  override step(): ObjectNode {
    return this.child;
  }

  get hasRelease(): boolean {
    return true;
  }

  release(): void {}
}
