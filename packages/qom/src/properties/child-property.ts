import type { QomObject } from "../object/qom-object.js";
import { Property } from "./property.js";

/** @internal `child<T>`: the composition edge. Taking the object apart is the lifecycle's business. */
export class ChildProperty extends Property {
  readonly kind = "child";
  readonly child: QomObject;

  constructor(name: string, child: QomObject) {
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

  read(): QomObject {
    return this.child;
  }

  write(): void {}

  override step(): QomObject {
    return this.child;
  }

  readonly hasRelease = true;

  release(): void {}
}
