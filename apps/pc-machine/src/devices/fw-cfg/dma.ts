/** fw_cfg's DMA requests: a descriptor in guest memory says what to copy where. */
import { MemTxResult } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

import type { FwCfgCursor } from "./cursor.js";

/** Bits of the descriptor's control word; its upper half is the key to select. */
export const FwCfgDmaControl = {
  ERROR: 0x01,
  READ: 0x02,
  SKIP: 0x04,
  SELECT: 0x08,
  WRITE: 0x10,
} as const;

const DESCRIPTOR_BYTES = 16;

function copyOut(
  memory: AddressSpace,
  cursor: FwCfgCursor,
  address: bigint,
  length: number,
): boolean {
  const bytes = cursor.item?.bytes ?? new Uint8Array(0);
  const chunk = bytes.subarray(cursor.offset, Math.min(bytes.length, cursor.offset + length));
  cursor.offset += chunk.length;
  const beyond = length - chunk.length;
  return (
    (chunk.length === 0 || memory.write(address, chunk) === MemTxResult.OK) &&
    (beyond === 0 || memory.set(address + BigInt(chunk.length), 0, beyond) === MemTxResult.OK)
  );
}

function copyIn(
  memory: AddressSpace,
  cursor: FwCfgCursor,
  address: bigint,
  length: number,
): boolean {
  const item = cursor.item;
  // A write must end within the item, and start where a former one ended.
  if (item === null || !item.writable || cursor.offset + length > item.bytes.length) {
    return false;
  }
  const target = item.bytes.subarray(cursor.offset, cursor.offset + length);
  cursor.offset += length;
  return memory.read(address, target) === MemTxResult.OK;
}

/**
 * Carry out the request whose descriptor is at `request`, and write its outcome there: control 0
 * on success, the error bit else.
 * @returns whether it succeeded
 */
export function runFwCfgDma(memory: AddressSpace, cursor: FwCfgCursor, request: bigint): boolean {
  const descriptor = new Uint8Array(DESCRIPTOR_BYTES);
  const view = new DataView(descriptor.buffer);
  let ok = memory.read(request, descriptor) === MemTxResult.OK;
  if (ok) {
    const control = view.getUint32(0);
    const length = view.getUint32(4);
    const address = view.getBigUint64(8);
    if ((control & FwCfgDmaControl.SELECT) !== 0) {
      cursor.select(control >>> 16);
    }
    if ((control & FwCfgDmaControl.READ) !== 0) {
      ok = copyOut(memory, cursor, address, length);
    } else if ((control & FwCfgDmaControl.WRITE) !== 0) {
      ok = copyIn(memory, cursor, address, length);
    } else if ((control & FwCfgDmaControl.SKIP) !== 0) {
      cursor.offset = Math.min(cursor.item?.bytes.length ?? 0, cursor.offset + length);
    }
  }
  const outcome = new Uint8Array(4);
  new DataView(outcome.buffer).setUint32(0, ok ? 0 : FwCfgDmaControl.ERROR);
  memory.write(request, outcome);
  return ok;
}
