import type { ObjectNode } from "../node/object-node.js";
import { anyString } from "../properties/value-type.js";
import type { TypeInfo } from "./object-class.js";

/** Name of the type every object type derives from. */
export const TYPE_OBJECT = "object";
/** Name of the type every interface derives from. */
export const TYPE_INTERFACE = "interface";
/** Name of the plain type that only groups children; the root is one. */
export const TYPE_CONTAINER = "container";

/** The types every registry knows from the start. */
export function builtinTypes<O extends ObjectNode>(): readonly TypeInfo<O>[] {
  return [
    {
      name: TYPE_OBJECT,
      abstract: true,
      classInit(klass) {
        klass.addProperty({
          name: "type",
          type: anyString,
          description: "the object's type name",
          get: (obj) => obj.klass.name,
        });
      },
    },
    { name: TYPE_INTERFACE, abstract: true, isInterface: true },
    { name: TYPE_CONTAINER },
  ];
}
