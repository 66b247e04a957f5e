import type { QomObject } from "@mem/qom";
import type { Harness } from "../harness.js";
import type { OpFields } from "../op-fields.js";
import type { JsonObject } from "../script.js";
import type { OpTable } from "./handler.js";

/** The "Objects" table: owners, their place in the tree, and references. */
export const objectOps: OpTable = {
  object: (harness, op) => createObject(harness, op),
  attach: (harness, op) => {
    const id = op.text("obj");
    const child = harness.objects.get(id);
    parentOf(harness, op).addChild(op.text("name", id), child);
    harness.noteParent(id, child.parent);
    return state(child);
  },
  ref: (harness, op) => {
    const object = harness.objectOrRegion(op.text("obj"));
    object.ref();
    return alive(object);
  },
  unref: (harness, op) => {
    const object = harness.objectOrRegion(op.text("obj"));
    object.unref();
    return alive(object);
  },
  unparent: (harness, op) => {
    const object = harness.objectOrRegion(op.text("obj"));
    object.unparent();
    return alive(object);
  },
  refcount: (harness, op) => state(harness.objectOrRegion(op.text("obj"))),
};

function createObject(harness: Harness, op: OpFields): JsonObject {
  const id = op.text("id");
  const parent = op.has("parent") ? parentOf(harness, op) : null;
  const object = harness.types.create(op.text("type"), id);
  parent?.addChild(op.text("name", id), object);
  harness.addObject(id, object);
  if (op.flag("drop")) object.unref();
  return state(object);
}

/** The parent that an operation names: the path of a container, or an object's id. */
function parentOf(harness: Harness, op: OpFields): QomObject {
  const parent = op.text("parent");
  if (parent.startsWith("/")) return harness.machine.objects.container(parent);
  return harness.objects.get(parent);
}

function alive(object: QomObject): JsonObject {
  return { alive: !object.finalized };
}

function state(object: QomObject): JsonObject {
  return { ...alive(object), path: object.finalized ? null : object.canonicalPath() };
}
