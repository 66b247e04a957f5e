import { type MmioOps, type RamOptions } from "@mem/core";
import { Machine } from "@mem/flat";
import { Bus } from "@mem/ldst";

/** A machine with one bus over a 64-bit root, and shorthands to put things on it. */
export function makeMachine() {
  const machine = new Machine();
  const root = machine.container({ name: "system", size: 2n ** 64n });
  const space = machine.addressSpace(root, "cpu");
  return {
    machine,
    root,
    space,
    bus: new Bus(space),
    /** RAM at an address, filled with 0, 1, 2... */
    ram(addr: number | bigint, size = 0x4000, options: Partial<RamOptions> = {}) {
      const region = machine.ram({ name: "ram", size, ...options });
      region.ramBytes().forEach((_, i, bytes) => (bytes[i] = i));
      root.addSubregion(addr, region);
      return region;
    },
    rom(addr: number, size = 0x1000) {
      const region = machine.rom({ name: "rom", size });
      region.ramBytes().forEach((_, i, bytes) => (bytes[i] = i));
      root.addSubregion(addr, region);
      return region;
    },
    mmio(addr: number, ops: MmioOps, size = 0x100) {
      const region = machine.mmio({ name: "io", size, ...ops });
      root.addSubregion(addr, region, { priority: 1 });
      return region;
    },
  };
}

/** Every load with its store: bits and byte order. */
export const WORDS = [
  { bits: 8, order: "little", load: "ld8", store: "st8" },
  { bits: 16, order: "little", load: "ld16le", store: "st16le" },
  { bits: 16, order: "big", load: "ld16be", store: "st16be" },
  { bits: 16, order: "native", load: "ld16", store: "st16" },
  { bits: 32, order: "little", load: "ld32le", store: "st32le" },
  { bits: 32, order: "big", load: "ld32be", store: "st32be" },
  { bits: 32, order: "native", load: "ld32", store: "st32" },
] as const;

/** The 64-bit ones. */
export const QUADS = [
  { bits: 64, order: "little", load: "ld64le", store: "st64le" },
  { bits: 64, order: "big", load: "ld64be", store: "st64be" },
  { bits: 64, order: "native", load: "ld64", store: "st64" },
] as const;

/** The value of bytes in an order. */
export function valueOf(bytes: Uint8Array, order: "little" | "big" | "native"): bigint {
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  return BigInt(`0x${(order === "big" ? digits : digits.reverse()).join("")}`);
}
