import type { QomObject } from "../object/qom-object.js";
import { refuse } from "../node/definitions.js";
import { checkArgument } from "../options/check-options.js";
import { anInstance } from "../options/kinds.js";
import { ObjectSystem } from "../system/object-system.js";

const A_SYSTEM = anInstance("an ObjectSystem", () => ObjectSystem);

/**
 * Text of `info qom-tree [PATH]` in QEMU's monitor: the object at the path (default `"/machine"`)
 * and everything it is composed of, children sorted by name, two blanks a level, each as `/NAME
 * (TYPE)`. Ends with a newline. A path that leads to no single object gives the monitor's message.
 *
 * @example
 * const objects = new ObjectSystem();
 * objects.container("/machine");
 * for (const line of qomTree(objects, "/").trimEnd().split("\n")) console.log(line);
 * // prints: / (container)
 * // prints:   /machine (container)
 */
export function qomTree(system: ObjectSystem, path = "/machine"): string {
  checkArgument(system, A_SYSTEM, "qomTree", "the system", refuse);
  const top = system.resolve(path);
  if (top === null) return `Path '${path}' could not be resolved.\n`;
  const lines: string[] = [];
  const pending: { obj: QomObject; depth: number }[] = [{ obj: top, depth: 0 }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { obj, depth } = at;
    lines.push(`${"  ".repeat(depth)}/${obj.childName ?? ""} (${obj.klass.name})\n`);
    const children = [...obj.children()].sort(byNameDescending);
    for (const child of children) pending.push({ obj: child, depth: depth + 1 });
  }
  return lines.join("");
}

/**
 * Text of `qom-list PATH` in QEMU's monitor: one `NAME (TYPE)` per property, the object's type
 * first. Ends with a newline; errors are the monitor's message.
 */
export function qomList(system: ObjectSystem, path: string): string {
  checkArgument(system, A_SYSTEM, "qomList", "the system", refuse);
  const { object, ambiguous } = system.lookup(path);
  if (object === null) {
    return ambiguous
      ? `Error: Path '${path}' is ambiguous\n`
      : `Error: Device '${path}' not found\n`;
  }
  const properties = [...object.properties()];
  const ordered = [
    ...properties.filter(({ name }) => name === "type"),
    ...properties.filter(({ name }) => name !== "type"),
  ];
  return ordered.map(({ name, type }) => `${name} (${type})\n`).join("");
}

function byNameDescending(a: QomObject, b: QomObject): number {
  const [x, y] = [a.childName ?? "", b.childName ?? ""];
  return x < y ? 1 : x > y ? -1 : 0;
}
