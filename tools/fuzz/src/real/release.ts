import { systemInternals } from "@mem/core/plumbing";
import { expectedError, Violation } from "./expected-errors.js";
import type { RealWorld } from "./real-world.js";

/** Lets go of all that a world holds; nothing may be left. */
export function releaseAll(world: RealWorld): void {
  const { machine } = world;
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (expectedError(error) === null) throw error;
    }
  };
  while (world.depth > 0) {
    world.depth--;
    attempt(() => machine.commit());
  }
  for (const { mapping } of world.mappings.splice(0)) attempt(() => mapping.unmap());
  for (const cache of world.caches.splice(0)) cache.destroy();
  for (const { registration } of world.followers.splice(0)) {
    attempt(() => registration?.[Symbol.dispose]());
  }
  for (const space of machine.addressSpaces) {
    attempt(() => space.removeListeners());
    attempt(() => space.destroy());
  }
  for (const region of world.regions) {
    if (!region.finalized) attempt(() => region.container?.removeSubregion(region));
  }
  attempt(() => machine.transaction(() => systemInternals(machine).transactions.touchTopology()));
  for (const owner of world.owners) if (!owner.finalized) attempt(() => owner.unparent());
  const leaks = machine.leaks();
  if (leaks.length > 0) {
    throw new Violation(`left over: ${leaks.map(({ description }) => description).join("; ")}`);
  }
  const alive = world.owners.filter((owner) => !owner.finalized);
  if (alive.length > 0) throw new Violation(`${alive.length} owners are left`);
}
