import { internals, type ObjectNode } from "../node/object-node.js";

/** The path from the root; null when the object is not below it. */
export function canonicalPath(obj: ObjectNode): string | null {
  const { top, path } = climb(obj);
  if (top !== obj.objects.root) return null;
  return path === "" ? "/" : path;
}

/** The path, or for an object outside the tree one that starts with its topmost ancestor's number. */
export function describe(obj: ObjectNode): string {
  const { top, path } = climb(obj);
  if (top !== top.objects.root) return `#${top[internals].serial} (${top.klass.name})${path}`;
  return path === "" ? "/" : path;
}

function climb(obj: ObjectNode): { top: ObjectNode; path: string } {
  const names: string[] = [];
  let top = obj;
  for (let up = top.parent; up !== null; up = top.parent) {
    names.push(top.childName ?? "");
    top = up;
  }
  return {
    top,
    path: names
      .reverse()
      .map((name) => `/${name}`)
      .join(""),
  };
}
