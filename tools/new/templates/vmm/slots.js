const hex = (value) => `0x${value.toString(16)}`;

/**
 * Follows an address space as a hypervisor wants it: a slot for each run of RAM that the guest sees,
 * set when it comes and taken away when it goes.
 *
 * @param {import("@mem/flat").AddressSpace} space
 * @param {(line: string) => void} say   told of each; call your hypervisor here
 */
export function followSlots(space, say) {
  const slots = new Map();
  const listening = space.listen({
    regionAdd(section) {
      if (!section.region.isRam) return;
      const { offsetWithinAddressSpace: address, offsetWithinRegion: offset, size } = section;
      slots.set(address, { offset, size, readonly: section.readonly });
      say(`set ${hex(address)}, ${hex(size)} bytes from ${hex(offset)} of ${section.region.name}`);
    },
    regionDel({ offsetWithinAddressSpace: address }) {
      if (slots.delete(address)) say(`clear ${hex(address)}`);
    },
  });
  return { slots, end: () => listening[Symbol.dispose]() };
}
