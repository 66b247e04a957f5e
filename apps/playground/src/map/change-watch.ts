/** Changes of the map of an address space. */
import type { AddressSpace, MemoryRegionSection } from "@mem/flat";
import { hex } from "./frame.js";

/** Has `changed` told after each commit that changed the map: what is gone, what has come. */
export function watchChanges(
  space: AddressSpace,
  changed: (gone: readonly string[], come: readonly string[]) => void,
): Disposable {
  let gone: string[] = [];
  let come: string[] = [];
  // Joining and leaving tell of everything; that is no change.
  let isJoined = false;
  const listening = space.listen({
    name: "picture",
    regionAdd: (section) => void (isJoined && come.push(sectionText(section))),
    regionDel: (section) => void (isJoined && gone.push(sectionText(section))),
    commit: () => {
      if (gone.length + come.length === 0) return;
      const [left, entered] = [gone, come];
      gone = [];
      come = [];
      changed(left, entered);
    },
  });
  isJoined = true;
  return {
    [Symbol.dispose]: () => {
      isJoined = false;
      listening[Symbol.dispose]();
    },
  };
}

function sectionText(section: MemoryRegionSection): string {
  const { offsetWithinAddressSpace: start, size, region, readonly } = section;
  return `${hex(start)}-${hex(start + size - 1n)} ${region.name}${readonly && region.isRam ? " (read-only)" : ""}`;
}
