import type { Data64 } from "@mem/core";

/** Composes the bytes of a piece (at most 8), first byte lowest. */
export function loadChunk(piece: Uint8Array, data: Data64): void {
  data.set(0, 0);
  for (let i = 0; i < piece.length; i++) data.orShifted(piece[i] ?? 0, 0, 8 * i);
}

/** Takes a value apart into the bytes of a piece (at most 8), lowest first. */
export function storeChunk(piece: Uint8Array, data: Data64): void {
  for (let i = 0; i < piece.length; i++) {
    piece[i] = i < 4 ? data.lo >>> (8 * i) : data.hi >>> (8 * (i - 4));
  }
}
