import { KiB, Machine } from "@mem/flat";
import { renderMap } from "@mem/picture";

const BANK = 8 * KiB;

/** A small computer: RAM, a ROM of eight banks behind a window, and the registers of a display. */
export function makeMap() {
  const machine = new Machine();
  const map = machine.container({ name: "map", size: 64 * KiB });
  map.addSubregion(0, machine.ram({ name: "ram", size: 64 * KiB }));
  const rom = machine.rom({ name: "rom", size: 8 * BANK });
  const window = machine.alias({ name: "window", target: rom, size: BANK });
  map.addSubregion(0x8000, window, { priority: 1 });
  const display = machine.mmio({ name: "display", size: 0x100, read: () => 0, write: () => {} });
  map.addSubregion(0xd000, display, { priority: 1 });
  const bus = machine.addressSpace(map, "cpu");
  return {
    bus,
    /** Has the window show bank 0 to 7. */
    selectBank: (bank) => {
      window.aliasOffset = bank * BANK;
    },
    /** The map as it is now, as SVG. */
    draw: () => renderMap(bus, { title: "What the processor sees", legend: false }),
  };
}
