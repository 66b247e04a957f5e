import { PropertyAccessError, PropertyNotFoundError } from "../errors/index.js";
import type { QomObject } from "../object/qom-object.js";
import { checkUsable } from "../object/usable.js";
import type { Property } from "./property.js";

/**
 * The property of that name, the object's own or its class's.
 * @throws UseAfterFinalizeError, PropertyNotFoundError
 */
export function requireProperty(obj: QomObject, name: string, what: string): Property {
  checkUsable(obj, what, name);
  const property = obj.findProperty(name);
  if (property === null) throw new PropertyNotFoundError(obj.describe(), obj.klass.name, name);
  return property;
}

/** As {@link requireProperty}, and it can be read. */
export function requireReadable(obj: QomObject, name: string): Property {
  const property = requireProperty(obj, name, "getting property");
  if (property.readable) return property;
  throw new PropertyAccessError(obj.describe(), obj.klass.name, name, "readable");
}

/** As {@link requireProperty}, and it can be written. */
export function requireWritable(obj: QomObject, name: string): Property {
  const property = requireProperty(obj, name, "setting property");
  if (property.writable) return property;
  throw new PropertyAccessError(obj.describe(), obj.klass.name, name, "writable");
}
