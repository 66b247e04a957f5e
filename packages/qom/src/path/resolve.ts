import { type ObjectNode, operations } from "../node/object-node.js";

/**
 * Result of looking a path up.
 * @see {@link escapeName}, whose example looks a path up
 */
export interface Resolution<O extends ObjectNode> {
  /** The object; null when there is none or more than one. */
  readonly object: O | null;
  /** True when a partial path fits more than one place in the tree. */
  readonly ambiguous: boolean;
}

/**
 * Limits what a path may lead to.
 * @see {@link escapeName}, whose example looks paths up
 */
export interface ResolveOptions {
  /** Only objects of this type, by class or interface; of a partial path only these places count. */
  readonly type?: string;
}

const NOTHING: Resolution<never> = { object: null, ambiguous: false };
const AMBIGUOUS: Resolution<never> = { object: null, ambiguous: true };

/**
 * Resolves a path from the root: absolute with a leading `/`; otherwise partial, which means every
 * place in the composition tree is tried as its start and exactly one may fit. Two places that lead
 * to the same object, one of them through a link, are two.
 */
export function resolvePath<O extends ObjectNode>(
  root: O,
  path: string,
  options: ResolveOptions,
): Resolution<O> {
  const parts = path.split("/").filter((part) => part !== "");
  if (path.startsWith("/")) {
    return { object: follow(root, parts, options.type), ambiguous: false };
  }
  return resolvePartial(root, parts, options.type);
}

/** Follows components through children, links and aliases of these; null when one leads nowhere. */
export function followPath<O extends ObjectNode>(from: O, path: string, type?: string): O | null {
  return follow(
    from,
    path.split("/").filter((part) => part !== ""),
    type,
  );
}

function follow<O extends ObjectNode>(from: O, parts: readonly string[], type?: string): O | null {
  let at: O | null = from;
  for (const part of parts) {
    // All objects of a system are of one kind.
    at = (at.findProperty(part)?.[operations].step(at) ?? null) as O | null;
    if (at === null) return null;
  }
  return type === undefined || at.isA(type) ? at : null;
}

function resolvePartial<O extends ObjectNode>(
  root: O,
  parts: readonly string[],
  type?: string,
): Resolution<O> {
  let found: O | null = null;
  const pending: O[] = [root];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const object = follow(at, parts, type);
    if (object !== null) {
      if (found !== null) return AMBIGUOUS;
      found = object;
    }
    for (const child of at.children()) pending.push(child as O);
  }
  return found === null ? NOTHING : { object: found, ambiguous: false };
}
