/** The area of system management mode in which an SMI saves the registers: words of memory. */
import type { Cpu } from "../state/cpu.js";
import { storePhysical } from "../mmu/physical.js";

/** Offset from SMBASE of the handler's first instruction; those of the area count from here. */
export const SMM_ENTRY = 0x8000;
/** The revision bit that says SMBASE may be moved. */
export const RELOCATABLE = 0x20000;

/** Writes a doubleword of the area. */
export function put(c: Cpu, offset: number, value: number): void {
  storePhysical(c, ((c.smbase + SMM_ENTRY + offset) & c.a20mask) >>> 0, 4, value >>> 0);
}
/** Reads one, unsigned. */
export function get(c: Cpu, offset: number): number {
  return c.memory.load(((c.smbase + SMM_ENTRY + offset) & c.a20mask) >>> 0, 4) >>> 0;
}
/** Writes a quadword. */
export function put64(c: Cpu, offset: number, value: bigint): void {
  put(c, offset, Number(value & 0xffff_ffffn));
  put(c, offset + 4, Number(value >> 32n));
}
/** Reads one, unsigned. */
export function get64(c: Cpu, offset: number): bigint {
  return (BigInt(get(c, offset + 4)) << 32n) | BigInt(get(c, offset));
}
