import type { MemoryRegion } from "@mem/core";
import { Machine, MemoryRegionSection } from "@mem/flat";
import { BitmapRamDiscardManager, type RamDiscardListener } from "@mem/ramdiscard";

export const GRAIN = 0x1000;

/** A machine with 16 blocks of RAM at 0x10000, managed. */
export function makeMachine(size = 0x10000) {
  const log: string[] = [];
  const machine = new Machine({ log: (_category, message) => log.push(message) });
  const system = machine.container({ name: "system", size: 2n ** 64n });
  const ram = machine.ram({ name: "ram", size });
  system.addSubregion(0x10000, ram);
  const memory = machine.addressSpace(system, "memory");
  const manager = new BitmapRamDiscardManager(ram, GRAIN);
  return { machine, log, system, ram, memory, manager };
}

/** A part of a region, at 0x100000 of nowhere in particular. */
export function sectionOf(region: MemoryRegion, offset: number, size: number): MemoryRegionSection {
  return new MemoryRegionSection({
    region,
    offsetWithinRegion: BigInt(offset),
    offsetWithinAddressSpace: 0x10_0000n,
    size: BigInt(size),
  });
}

/** A listener that writes down what it is told, as `name+offset+size` or `name-offset+size`. */
export function listener(
  name: string,
  told: string[],
  options: { double?: boolean; refuse?: (section: MemoryRegionSection) => number } = {},
): RamDiscardListener {
  return {
    doubleDiscardSupported: options.double ?? false,
    notifyPopulate(section) {
      told.push(`${name}+${text(section)}`);
      return options.refuse?.(section);
    },
    notifyDiscard: (section) => void told.push(`${name}-${text(section)}`),
  };
}

/** E.g. `2000+1000`, hexadecimal. */
export function text(section: MemoryRegionSection): string {
  return `${section.offsetWithinRegion.toString(16)}+${section.size.toString(16)}`;
}
