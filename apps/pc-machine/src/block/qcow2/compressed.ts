/** Compressed clusters: several in a row, each with a length in sectors. */
import { BlockError, SECTOR_BYTES } from "../../storage/block-backend.js";
import type { ClusterFile } from "./cluster-file.js";
import type { Entry } from "./entry.js";

/** Unpacks what is compressed: raw deflate. @throws Error when it is damaged */
export type Inflate = (packed: Uint8Array, bytes: number) => Uint8Array;

const PLACE_BITS = 62;

/** Place of a compressed cluster, in bytes of the file. */
export interface Packed {
  readonly offset: number;
  /** Bytes at most: the last sector may hold what follows. */
  readonly bytes: number;
}

/** The place that an entry tells of. */
export function packedPlace({ high, low }: Entry, clusterBytes: number): Packed {
  // The upper bits count the sectors after the first.
  const offsetBits = PLACE_BITS - (Math.log2(clusterBytes) - 8);
  const value = (BigInt(high & 0x3fff_ffff) << 32n) | BigInt(low);
  const offset = Number(BigInt.asUintN(offsetBits, value));
  const sectors = Number(value >> BigInt(offsetBits)) + 1;
  return { offset, bytes: sectors * SECTOR_BYTES - (offset % SECTOR_BYTES) };
}

/** Unpacks clusters, and keeps the last. */
export class Unpacker {
  readonly #file: ClusterFile;
  readonly #inflate: Inflate | undefined;
  #last: { readonly key: string; readonly bytes: Uint8Array } | null = null;

  constructor(file: ClusterFile, inflate: Inflate | undefined) {
    this.#file = file;
    this.#inflate = inflate;
  }

  /** The bytes of a cluster. @throws BlockError when it is damaged, or nothing here unpacks it */
  cluster(entry: Entry): Uint8Array {
    const key = `${entry.high}:${entry.low}`;
    if (this.#last?.key === key) return this.#last.bytes;
    if (this.#inflate === undefined) {
      throw new BlockError("compressed clusters cannot be read here", { rule: "qcow2" });
    }
    const { clusterBytes } = this.#file;
    const { offset, bytes } = packedPlace(entry, clusterBytes);
    const within = offset % SECTOR_BYTES;
    const packed = new Uint8Array(within + bytes);
    this.#file.read(offset - within, packed);
    try {
      const unpacked = this.#inflate(packed.subarray(within), clusterBytes);
      if (unpacked.length !== clusterBytes) throw new BlockError("too short", { rule: "qcow2" });
      this.#last = { key, bytes: unpacked };
      return unpacked;
    } catch (cause) {
      throw new BlockError("a compressed cluster is damaged", { rule: "qcow2", cause });
    }
  }

  /** The place of the last may hold something else from now on. */
  forget(): void {
    this.#last = null;
  }
}
