/**
 * Entry for the packages above this one, and for nobody else: the checks of arguments and options,
 * texts for `console.log`, callbacks that answer promises. It may change with any version.
 * `docs/PLUMBING.md` has a section about it.
 */
export { inkOf, isNested, linesBelow, plainValue } from "./inspect/inspect.js";
export { serialOf } from "./node/object-node.js";
export { isThenable, worksLater } from "./object/synchronous.js";
export * from "./options/index.js";
