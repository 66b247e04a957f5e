import { DeviceObject, TYPE_DEVICE } from "@mem/core";
import { QomObject, type ObjectInit } from "@mem/qom";
import type { Journal } from "../journal.js";

/** The class chain of the plain owners, base first. */
const PLAIN_TYPES = ["ms-base", "ms-mid", "ms-leaf"] as const;

/** The type of the owners that derive from a device, which the re-entrancy guard protects. */
const DEVICE_TYPE = "ms-dev";

/**
 * The types of the objects that scripts create. Each class logs the birth and the death of its
 * part of an object, and an object logs that it lost its parent.
 */
export class ScriptedTypes {
  readonly #harness: Journal;
  readonly #idOf = new WeakMap<QomObject, string>();
  #idBeingCreated = "";

  constructor(harness: Journal) {
    this.#harness = harness;
    const unparented = (object: QomObject) => {
      this.#harness.record({ cb: "unparent", id: this.#id(object) });
    };
    let parent = "object";
    for (const name of PLAIN_TYPES) {
      this.#register(name, parent, (init) => new ScriptedObject(init, unparented));
      parent = name;
    }
    this.#register(DEVICE_TYPE, TYPE_DEVICE, (init) => new ScriptedDevice(init, unparented));
  }

  /** Creates an object whose log entries carry `id`; the caller holds its reference. */
  create(type: string, id: string): QomObject {
    this.#idBeingCreated = id;
    return this.#harness.machine.objects.create(type);
  }

  #register(name: string, parent: string, construct: (init: ObjectInit) => QomObject): void {
    this.#harness.machine.objects.types.register({
      name,
      parent,
      construct,
      instanceInit: (object) => {
        this.#idOf.set(object, this.#idBeingCreated);
        this.#harness.record({ cb: "init", id: this.#idBeingCreated, type: name });
      },
      instanceFinalize: (object) => {
        this.#harness.record({ cb: "finalize", id: this.#id(object), type: name });
      },
    });
  }

  #id(object: QomObject): string {
    return this.#idOf.get(object) ?? "unknown";
  }
}

class ScriptedObject extends QomObject {
  readonly #unparented: (object: QomObject) => void;

  constructor(init: ObjectInit, unparented: (object: QomObject) => void) {
    super(init);
    this.#unparented = unparented;
  }

  protected override onUnparent(): void {
    super.onUnparent();
    this.#unparented(this);
  }
}

class ScriptedDevice extends DeviceObject {
  readonly #unparented: (object: QomObject) => void;

  constructor(init: ObjectInit, unparented: (object: QomObject) => void) {
    super(init);
    this.#unparented = unparented;
  }

  protected override onUnparent(): void {
    super.onUnparent();
    this.#unparented(this);
  }
}
