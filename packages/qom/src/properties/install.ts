import { DuplicatePropertyError } from "../errors/index.js";
import { internals, type ObjectNode, type Property } from "../node/object-node.js";
import { arrayStem, checkPropertyName } from "./names.js";
import { PropertyTable } from "./property-table.js";

/**
 * The name itself, or with the first free index for a name such as `"irq[*]"`; checked.
 * @throws DuplicatePropertyError when the object has a property of that name
 */
export function freeName(obj: ObjectNode, name: string): string {
  checkPropertyName(name, () => obj.describe());
  const stem = arrayStem(name);
  if (stem !== null) {
    return tableOf(obj).freeName(stem, (candidate) => obj.findProperty(candidate) !== null);
  }
  if (obj.findProperty(name) !== null) {
    throw new DuplicatePropertyError(obj.describe(), obj.klass.name, name);
  }
  return name;
}

/** Adds a property whose name {@link freeName} gave. */
export function installProperty(obj: ObjectNode, property: Property): void {
  tableOf(obj).set(property);
}

function tableOf(obj: ObjectNode): PropertyTable<Property> {
  return (obj[internals].parts.table ??= new PropertyTable());
}
