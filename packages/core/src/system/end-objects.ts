import type { ObjectSystem } from "@mem/qom";
import { attemptAll } from "./belongings.js";
import { LifecycleError } from "../errors.js";
import type { MemoryLeak } from "./leaks.js";
import { internalsOf, MemoryRegion } from "../region/memory-region.js";

/**
 * Takes the tree of a machine that ends apart. Regions leave their containers first, so that none keeps
 * another's owner; what has no name, and so no place in the tree, belongs to the machine.
 */
export function endObjects(objects: ObjectSystem, onError: (error: unknown) => void): void {
  const attempt = (work: () => void): void => attemptAll([work], onError);
  attempt(() =>
    objects.deferFinalization(() => {
      const regions = [...objects.liveObjects()].filter((obj) => obj instanceof MemoryRegion);
      for (const region of regions) attempt(() => region.container?.removeSubregion(region));
      for (const child of [...objects.root.children()]) attempt(() => child.unparent());
      for (const region of regions) {
        if (internalsOf(region).label === null && region.refcount === 1)
          attempt(() => region.unref());
      }
    }),
  );
}

/**
 * Error that names who still holds objects of a machine that has ended; `null` when nobody does.
 */
export function heldError(leaks: readonly MemoryLeak[]): LifecycleError | null {
  if (leaks.length === 0) return null;
  const lines = leaks.map(({ description, type, holders }) => {
    const names = holders.map(({ holder, count }) => `${holder} (${count})`);
    return `${description} (${type}) by ${names.join(", ")}`;
  });
  return new LifecycleError(`the machine has ended, but objects are held: ${lines.join("; ")}`, {
    rule: "machine-held",
  });
}
