/** The pieces of memory that a core file holds. */
import type { AddressSpace } from "@mem/flat";

import type { MappedPage } from "../board/memory/page-tables.js";
import type { CoreSegmentPlace } from "./core-file.js";

/** A place in physical memory, `bytes` bytes long. */
export interface PhysicalPiece {
  readonly physical: bigint;
  readonly bytes: bigint;
}

/** RAM and ROM as an address space shows them, neighbours of one region joined. */
export function memoryPieces(memory: AddressSpace): PhysicalPiece[] {
  const pieces: { physical: bigint; bytes: bigint; region: unknown; offset: bigint }[] = [];
  for (const { region, start, end, offset } of memory.flatView.ranges()) {
    if (!region.isRam) continue;
    const last = pieces.at(-1);
    const joins =
      last?.region === region &&
      last.physical + last.bytes === start &&
      last.offset + last.bytes === offset;
    if (joins) last.bytes += end - start;
    else pieces.push({ physical: start, bytes: end - start, region, offset });
  }
  return pieces;
}

/** The parts of `pieces` from `begin` on, `length` bytes of addresses. */
export function piecesWithin(
  pieces: readonly PhysicalPiece[],
  begin: bigint,
  length: bigint,
): PhysicalPiece[] {
  return pieces.flatMap((piece) => {
    const from = piece.physical > begin ? piece.physical : begin;
    const pieceEnd = piece.physical + piece.bytes;
    const to = pieceEnd < begin + length ? pieceEnd : begin + length;
    return to > from ? [{ physical: from, bytes: to - from }] : [];
  });
}

/** The parts of `pieces` that `pages` map, at the addresses that they give them; neighbours joined. */
export function mappedPieces(
  pieces: readonly PhysicalPiece[],
  pages: Iterable<MappedPage>,
): CoreSegmentPlace[] {
  const mapped: { linear: bigint; physical: bigint; bytes: bigint }[] = [];
  for (const { address, physical, bytes } of pages) {
    for (const part of piecesWithin(pieces, physical, bytes)) {
      const linear = address + part.physical - physical;
      const last = mapped.at(-1);
      const joins =
        last !== undefined &&
        last.linear + last.bytes === linear &&
        last.physical + last.bytes === part.physical;
      if (joins) last.bytes += part.bytes;
      else mapped.push({ linear, ...part });
    }
  }
  return mapped;
}
