import { isBytes } from "@mem/qom/plumbing";
import { RamBlockError, RegionOptionsError } from "../errors.js";
import { type RamSource, SparseStorage } from "./sparse.js";
import { allocate, ContiguousStorage, isShared, type RamStorage } from "./storage.js";
import { type GrowingMemory, WasmStorage } from "./wasm.js";

/** RAM above this is sparse unless the caller says otherwise. */
const CONTIGUOUS_LIMIT = 2 ** 31;

/** Memory that a caller may bring. */
export type SuppliedMemory = ArrayBufferLike | Uint8Array | GrowingMemory;

/**
 * Fresh zeroed storage of `length` bytes.
 * @param sparse true if it is allocated as it is touched; default: above 2 GiB
 * @param source fills its chunks as they are touched; makes it sparse
 * @throws RamBlockError when it is to be shared and the host cannot share memory, and when the
 *   host has no memory of that length in one piece.
 */
export function allocateStorage(
  length: number,
  shared: boolean,
  region: string,
  options: { readonly sparse?: boolean | undefined; readonly source?: RamSource | undefined } = {},
): RamStorage {
  if (shared && typeof SharedArrayBuffer === "undefined") {
    throw new RamBlockError(`${region}: there is no SharedArrayBuffer here`, {
      rule: "ram-not-shared",
      region,
    });
  }
  const { source, sparse = length > CONTIGUOUS_LIMIT } = options;
  if (source || sparse) return new SparseStorage(length, shared, source);
  try {
    return new ContiguousStorage(allocate(length, shared));
  } catch (error) {
    throw new RamBlockError(`${region}: the host refuses ${length} bytes: ${String(error)}`, {
      rule: "host-memory",
      region,
      address: length,
    });
  }
}

/**
 * Storage on memory that the caller supplies, of `size` to `most` bytes: as many as are there. It
 * never reaches further, for what follows in the buffer may be another region's.
 * @param offset its first byte in the memory
 * @returns the storage, its length, and true if its bytes may move to another buffer, as those of a
 *   `WebAssembly.Memory` do
 * @throws RamBlockError when fewer than `size` bytes are there, when the memory has ended
 *   (`detached`), and when it is to be shared and is not.
 * @throws RegionOptionsError for a buffer that can shrink under the region.
 */
export function adoptStorage(
  memory: SuppliedMemory,
  offset: number,
  size: number,
  most: number,
  shared: boolean,
  region: string,
): { storage: RamStorage; length: number; moves: boolean } {
  const buffer = "buffer" in memory ? memory.buffer : memory;
  const whole = isBytes(memory) ? memory : wholeOf(buffer);
  const fail = (rule: string, reason: string): never => {
    throw new RamBlockError(`${region}: ${reason}`, { rule, region, address: offset });
  };
  if (whole === null || wholeOf(buffer) === null) {
    return fail("memory-detached", "the memory supplied is detached");
  }
  if (isResizable(buffer)) {
    throw new RegionOptionsError(`${region}: the memory supplied may shrink (it is resizable)`, {
      rule: "memory-resizable",
      region,
    });
  }
  if (!Number.isSafeInteger(offset) || offset < 0 || whole.byteLength - offset < size) {
    fail(
      "memory-too-small",
      `${size} bytes of RAM do not fit the ${whole.byteLength} bytes supplied, from ${offset} on`,
    );
  }
  if (shared && !isShared(buffer)) {
    fail("ram-not-shared", "the memory supplied is not a SharedArrayBuffer");
  }
  const length = Math.min(whole.byteLength - offset, most);
  if (isGrowing(memory) && !isShared(buffer)) {
    return { storage: new WasmStorage(memory, offset, length), length, moves: true };
  }
  return {
    storage: new ContiguousStorage(whole.subarray(offset, offset + length)),
    length,
    moves: false,
  };
}

function isGrowing(memory: SuppliedMemory): memory is GrowingMemory {
  return "buffer" in memory && !ArrayBuffer.isView(memory);
}

/** `null` for a buffer that has ended: a view on one cannot be made. */
function wholeOf(buffer: ArrayBufferLike): Uint8Array | null {
  try {
    return new Uint8Array(buffer);
  } catch {
    return null;
  }
}

/** Shared buffers only ever grow. */
function isResizable(buffer: ArrayBufferLike): boolean {
  return "resizable" in buffer && buffer.resizable === true;
}
