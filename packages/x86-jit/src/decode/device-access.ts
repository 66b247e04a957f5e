/** Instructions whose access may be a device's: those with one access, a load before all else or a store after it. */
import { groupField, type Instruction } from "./instruction.js";

/** Opcodes of loads: MOV, MOVZX, MOVSX, CMP, TEST. */
const LOADS = new Set([
  0x38, 0x39, 0x3a, 0x3b, 0x84, 0x85, 0x8a, 0x8b, 0xa0, 0xa1, 0x1b6, 0x1b7, 0x1be, 0x1bf,
]);
/** Opcodes of stores: MOV. */
const STORES = new Set([0x88, 0x89, 0xa2, 0xa3, 0xc6, 0xc7]);
const CMP = 7;

/** Is it a TEST of an operand in memory with an immediate one? */
export function isTestOfImmediate(i: Instruction): boolean {
  return (i.opcode === 0xf6 || i.opcode === 0xf7) && groupField(i) === 0;
}
/** Does it store and do no more? */
export function storesOnly(i: Instruction): boolean {
  return STORES.has(i.opcode);
}
/** May the access of an instruction be made by dispatch in the midst of a unit? */
export function mayAccessDevice(i: Instruction): boolean {
  const { opcode } = i;
  if (i.memory === null || i.sse !== null || i.x87 !== null) return false;
  if (STORES.has(opcode) || LOADS.has(opcode) || isTestOfImmediate(i)) return true;
  // OR, AND and the like of a register with what is loaded.
  if (opcode < 0x40 && ((opcode & 7) === 2 || (opcode & 7) === 3)) return true;
  return opcode >= 0x80 && opcode <= 0x83 && groupField(i) === CMP;
}
