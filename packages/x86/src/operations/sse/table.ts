/** The rows by opcode, prefix and ModRM byte. */
import { AT_REGISTERS, AT_ST, AT_WIDE_REGISTERS, AT_XMM } from "../../state/layout.js";
import { mmxRows } from "../mmx/rows.js";
import type { SseRow } from "./row.js";
import { Place, PREFIXES } from "./row.js";
import { sseRows } from "./rows.js";

/** The rows of one opcode, by {@link entryIndex}. */
export type SseEntry = readonly (SseRow | undefined)[];

/**
 * Index in an entry.
 * @param prefix none, 66, F3 and F2 as 0 to 3
 */
export function entryIndex(prefix: number, modrm: number): number {
  return 16 * prefix + (modrm < 0xc0 ? 8 : 0) + ((modrm >> 3) & 7);
}

/** The entries by opcode, 0f58 or 0f3817, of the features that there are. */
export function sseTable(
  has: (feature: string) => boolean = () => true,
): ReadonlyMap<number, SseEntry> {
  const table = new Map<number, (SseRow | undefined)[]>();
  for (const row of [...mmxRows(), ...sseRows()]) {
    if (!has(row.feature)) continue;
    let entry = table.get(row.opcode);
    if (entry === undefined) table.set(row.opcode, (entry = Array.from({ length: 64 })));
    const first = 16 * PREFIXES.indexOf(row.prefix);
    for (let k = 0; k < 16; k++) {
      if (row.extension >= 0 && (k & 7) !== row.extension) continue;
      if (k < 8 ? row.isMemoryOnly : row.bytes === 0) continue;
      entry[first + k] = row;
    }
  }
  return table;
}

/** The place where a register lies in the storage. */
export function placeOf(place: Place, register: number, is64 = false): number {
  if (place === Place.XMM) return AT_XMM + 16 * register;
  if (place === Place.MMX) return AT_ST + 16 * (register & 7);
  return is64 ? AT_WIDE_REGISTERS + 8 * register : AT_REGISTERS + 4 * register;
}
