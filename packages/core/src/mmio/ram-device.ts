import type { Address } from "../address.js";
import { type Data64, loadPart, storePart } from "../access/data64.js";
import { type MemOp, memOpSize, MemOp as Op } from "../access/mem-op.js";
import { MemTxResult } from "../access/mem-tx.js";
import type { DeviceMemory } from "./device-port.js";

/**
 * Reads a RAM device: memory of a physical device, reached with exactly the access that the
 * guest made, of up to 8 bytes and at any alignment.
 */
export function ramDeviceRead(
  block: DeviceMemory | null,
  addr: Address,
  op: MemOp,
  data: Data64,
): MemTxResult {
  const size = memOpSize(op);
  const bytes = locate(block, addr, size);
  if (!bytes) return MemTxResult.DECODE_ERROR;
  loadPart(data, bytes, 0, size);
  if (op & Op.BIG) data.swap(size);
  return MemTxResult.OK;
}

/** Writes a RAM device; see {@link ramDeviceRead}. */
export function ramDeviceWrite(
  block: DeviceMemory | null,
  addr: Address,
  op: MemOp,
  data: Data64,
): MemTxResult {
  const size = memOpSize(op);
  const bytes = locate(block, addr, size);
  if (!bytes) return MemTxResult.DECODE_ERROR;
  if (op & Op.BIG) data.swap(size);
  storePart(data, bytes, 0, size);
  return MemTxResult.OK;
}

function locate(block: DeviceMemory | null, addr: Address, size: number): Uint8Array | null {
  if (!block || addr > block.maxLength - size) return null;
  return block.bytes(Number(addr), size);
}
