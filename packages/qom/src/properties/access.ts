import type { ObjectNode, Property } from "../node/object-node.js";
import { PropertyAccessError, PropertyNotFoundError } from "../errors/index.js";
import { refuse } from "../node/definitions.js";
import { checkUsable } from "../node/usable.js";
import { checkArgument } from "../options/check-options.js";
import { aText } from "../options/kinds.js";

/**
 * The property of that name, the object's own or its class's.
 * @throws UseAfterFinalizeError, PropertyNotFoundError, QomArgumentError
 */
export function requireProperty(obj: ObjectNode, name: string, what: string): Property {
  checkUsable(obj, what, name);
  const property = obj.findProperty(name);
  if (property !== null) return property;
  checkArgument(name, aText, what, "the name", refuse);
  throw new PropertyNotFoundError(obj.describe(), obj.klass.name, name);
}

/**
 * The property of that name, which can be read.
 * @throws PropertyNotFoundError when there is none; PropertyAccessError when it cannot be read
 */
export function requireReadable(obj: ObjectNode, name: string): Property {
  const property = requireProperty(obj, name, "getting property");
  if (property.readable) return property;
  throw new PropertyAccessError(obj.describe(), obj.klass.name, name, "readable");
}

/**
 * The property of that name, which can be written.
 * @throws PropertyNotFoundError when there is none; PropertyAccessError when it cannot be written
 */
export function requireWritable(obj: ObjectNode, name: string): Property {
  const property = requireProperty(obj, name, "setting property");
  if (property.writable) return property;
  throw new PropertyAccessError(obj.describe(), obj.klass.name, name, "writable");
}
