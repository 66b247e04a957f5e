import { memOp, type MemoryRegion, type MemTxAttrs, MemTxResult } from "@mem/core";
import {
  accessChunk,
  addWrapped,
  dispatchRead,
  dispatchWrite,
  internalsOf,
  loadPart,
  storePart,
} from "@mem/core/plumbing";
import type { MemAccess } from "./mem-access.js";
import { translate, type Translation } from "../translation/translation.js";

/** True if a master that insists on memory may go on. */
function isAllowed(region: MemoryRegion, attrs: MemTxAttrs): boolean {
  if (!attrs.memory || region.isRam) return true;
  region.system.logOnce(
    `memory-only:${internalsOf(region).id}`,
    "guest_error",
    `${region.describe()}: an access whose attributes allow memory alone reached a device; refused`,
    internalsOf(region),
  );
  return false;
}

/** Bytes of a direct piece: up to the end of the RAM block; 0 where it does not reach. */
function directLength({ region, xlat, length }: Translation): number {
  const { ramBlock } = region;
  const room = ramBlock ? ramBlock.maxLength - Number(xlat) : 0;
  if (room <= 0) return 0;
  return length < room ? Number(length) : room;
}

/**
 * Reads or writes bytes (`flatview_read`, `flatview_write`), piece by piece; each piece is translated
 * anew, as a device may change the map.
 */
export function transfer(access: MemAccess): MemTxResult {
  const { addr, attrs, bytes, isWrite } = access;
  let result: MemTxResult = MemTxResult.OK;
  for (let done = 0; done < bytes.length;) {
    translate(access, addWrapped(addr, done), bytes.length - done);
    const { region } = access;
    if (!isAllowed(region, attrs)) {
      const n = Number(access.length);
      access.pieceEnded(done, n, MemTxResult.ACCESS_ERROR, false);
      if (done === 0) return MemTxResult.ACCESS_ERROR;
      result |= MemTxResult.ACCESS_ERROR;
      done += n;
      continue;
    }
    let n = internalsOf(region).isDirect(isWrite, attrs) ? directLength(access) : 0;
    let piece: MemTxResult = MemTxResult.OK;
    if (n > 0) {
      const run = bytes.subarray(done, done + n);
      if (isWrite) writeBlock(access, run);
      else region.ramBlock?.read(Number(access.xlat), run);
    } else {
      n = accessChunk(internalsOf(region), access.length, access.xlat);
      piece = moveByDevice(access, done, n);
    }
    access.pieceEnded(done, n, piece);
    result |= piece;
    done += n;
  }
  return result;
}

/** One device access of `n` bytes. */
function moveByDevice(access: MemAccess, done: number, n: number): MemTxResult {
  const { attrs, bytes, isWrite, ownData, region, xlat } = access;
  if (isWrite) {
    loadPart(ownData, bytes, done, n);
    return dispatchWrite(internalsOf(region), xlat, memOp(n), ownData, attrs);
  }
  const result = dispatchRead(internalsOf(region), xlat, memOp(n), ownData, attrs);
  storePart(ownData, bytes, done, n);
  return result;
}

function writeBlock({ region, xlat }: Translation, run: Uint8Array): void {
  const offset = Number(xlat);
  internalsOf(region).ramBlock?.copyIn(offset, run);
  region.markWritten(offset, run.length);
}

/** Writes RAM and ROM alike and silently skips devices (`address_space_write_rom`). */
export function transferToRom(access: MemAccess): MemTxResult {
  const { addr, bytes } = access;
  for (let done = 0; done < bytes.length;) {
    translate(access, addWrapped(addr, done), bytes.length - done);
    const { region } = access;
    const n = region.directRead ? directLength(access) : 0;
    if (n > 0) {
      writeBlock(access, bytes.subarray(done, done + n));
      access.pieceEnded(done, n, MemTxResult.OK);
      done += n;
    } else {
      done += accessChunk(internalsOf(region), access.length, access.xlat);
    }
  }
  return MemTxResult.OK;
}

/** Asks whether every piece of an access would be accepted (`address_space_access_valid`). */
export function probe(access: MemAccess): MemTxResult {
  const { addr, attrs, isWrite, size } = access;
  for (let done = 0; done < size;) {
    const at = addWrapped(addr, done);
    translate(access, at, size - done);
    const { region } = access;
    if (internalsOf(region).isDirect(isWrite, attrs)) {
      done += Number(access.length);
      continue;
    }
    // The size of a piece follows the bus address here, not the offset in the region.
    const n = accessChunk(internalsOf(region), access.length, at);
    if (!region.accessValid(access.xlat, n, isWrite, attrs)) return MemTxResult.DECODE_ERROR;
    done += n;
  }
  return MemTxResult.OK;
}
