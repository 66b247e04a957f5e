import type { ObjectNode } from "../node/object-node.js";
import { ObjectProperty } from "./property.js";

/** `child<T>`: the composition edge. Taking the object apart is the lifecycle's business. */
export class ChildProperty extends ObjectProperty {
  readonly kind = "child";
  readonly child: ObjectNode;

  constructor(name: string, child: ObjectNode) {
    super(name, null);
    this.child = child;
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

  readonly hasRelease = true;

  release(): void {}
}
