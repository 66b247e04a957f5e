/** The ring of buffers for frames that arrive. */
import { MemTxResult } from "@mem/core";

import type { TransmitMemory } from "./transmitter.js";
import { Control, Receive, Reg } from "./registers.js";

const DESCRIPTOR_BYTES = 16;
const SHORTEST = 60;
const CRC_BYTES = 4;
const Status = { DONE: 0x01, END: 0x02, NO_CHECKSUM: 0x04, TAG: 0x08 } as const;
/** Place of a tag in a frame, behind the addresses, and its length. */
const TAG = { OFFSET: 12, BYTES: 4 } as const;
const SIZES = [2048, 1024, 512, 256];

/** The bytes of a buffer that RCTL asks for. */
export function bufferSize(rctl: number): number {
  const size = SIZES[(rctl >>> 16) & 3] ?? 2048;
  return (rctl & Receive.SIZE_EXTENDED) === 0 || size === 2048 ? size : size * 16;
}

/** Registers as the receiver uses them: by their offset. */
export interface ReceiveRegisters {
  get(offset: number): number;
  set(offset: number, value: number): void;
}

/** Number of descriptors in the ring that the guest has filled with buffers. */
export function buffersLeft(registers: ReceiveRegisters): number {
  const count = Math.floor(registers.get(Reg.RDLEN) / DESCRIPTOR_BYTES);
  const head = registers.get(Reg.RDH);
  const tail = registers.get(Reg.RDT);
  if (count === 0 || head >= count) return 0;
  return (Math.min(tail, count) - head + count) % count;
}

/** The tag of a frame that has one of a VLAN, -1 without. */
export function vlanTag(frame: Uint8Array, registers: ReceiveRegisters): number {
  const type = ((frame[TAG.OFFSET] ?? 0) << 8) | (frame[TAG.OFFSET + 1] ?? 0);
  if (type !== (registers.get(Reg.VET) & 0xffff)) return -1;
  return ((frame[TAG.OFFSET + 2] ?? 0) << 8) | (frame[TAG.OFFSET + 3] ?? 0);
}

/**
 * Put a frame into the ring's buffers.
 * @returns false, with nothing written, when there are too few
 */
export function storeFrame(
  frame: Uint8Array,
  registers: ReceiveRegisters,
  memory: TransmitMemory,
): boolean {
  const rctl = registers.get(Reg.RCTL);
  const size = bufferSize(rctl);
  const crc = (rctl & Receive.STRIP_CRC) === 0 ? CRC_BYTES : 0;
  const takesTags = (registers.get(Reg.CTRL) & Control.VLANS) !== 0;
  const tag = takesTags ? vlanTag(frame, registers) : -1;
  const whole = new Uint8Array(Math.max(frame.length, SHORTEST) + crc);
  whole.set(frame);
  if (tag >= 0) whole.copyWithin(TAG.BYTES, 0, TAG.OFFSET);
  const padded = whole.subarray(tag >= 0 ? TAG.BYTES : 0);
  if (buffersLeft(registers) < Math.ceil(padded.length / size)) return false;
  const count = Math.floor(registers.get(Reg.RDLEN) / DESCRIPTOR_BYTES);
  const base = registers.get(Reg.RDBAH) * 2 ** 32 + registers.get(Reg.RDBAL);
  const descriptor = new Uint8Array(DESCRIPTOR_BYTES);
  const view = new DataView(descriptor.buffer);
  for (let from = 0; from < padded.length; from += size) {
    const head = registers.get(Reg.RDH);
    const at = base + head * DESCRIPTOR_BYTES;
    const part = padded.subarray(from, from + size);
    const isLast = from + size >= padded.length;
    if (memory.read(at, descriptor) === MemTxResult.OK) {
      memory.write(view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true), part);
      view.setUint16(8, part.length, true);
      view.setUint16(10, 0, true);
      descriptor[12] = Status.DONE | Status.NO_CHECKSUM | (isLast ? Status.END : 0);
      descriptor.fill(0, 13);
      if (isLast && tag >= 0) {
        descriptor[12] |= Status.TAG;
        view.setUint16(14, tag, true);
      }
      memory.write(at + 8, descriptor.subarray(8));
    }
    registers.set(Reg.RDH, (head + 1) % count);
  }
  return true;
}
