/** Paths of the objects that a machine is made of, for completion. */
import type { ObjectSystem } from "@mem/qom";

/** The paths that continue `typed` by a step; those that go on end in `/`. */
export function objectPaths(objects: ObjectSystem, typed: string): readonly string[] {
  const slash = typed.lastIndexOf("/");
  const parent = slash <= 0 ? "/" : typed.slice(0, slash);
  const found = objects.resolve(parent);
  if (found === null) return [];
  const base = parent === "/" ? "/" : `${parent}/`;
  return [...found.children()].map((child) => {
    const path = base + (child.childName ?? "");
    const goesOn = child.children().next().done !== true;
    return goesOn ? `${path}/` : path;
  });
}
