/** Reading and writing the operand a ModRM byte names, register or memory. */
import type { Cpu } from "./cpu.js";
import { read16, read32, read8, write16, write32, write8 } from "./memory.js";
import { ea } from "./modrm.js";
import { index8 } from "./table-build.js";

/** The r/m operand, 8 bits. */
export function rm8(c: Cpu, m: number): number {
  if (m >= 0xc0) return c.reg8[index8(m)];
  const offset = ea(c, m);
  return read8(c, c.eaSeg, offset);
}
/** The r/m operand, 16 bits. */
export function rm16(c: Cpu, m: number): number {
  if (m >= 0xc0) return c.reg16[(m & 7) << 1];
  const offset = ea(c, m);
  return read16(c, c.eaSeg, offset);
}
/** The r/m operand, 32 bits. */
export function rm32(c: Cpu, m: number): number {
  if (m >= 0xc0) return c.reg32[m & 7];
  const offset = ea(c, m);
  return read32(c, c.eaSeg, offset);
}
/** Writes the r/m operand, 8 bits. */
export function setRm8(c: Cpu, m: number, value: number): void {
  if (m >= 0xc0) c.reg8[index8(m)] = value;
  else {
    const offset = ea(c, m);
    write8(c, c.eaSeg, offset, value);
  }
}
/** Writes the r/m operand, 16 bits. */
export function setRm16(c: Cpu, m: number, value: number): void {
  if (m >= 0xc0) c.reg16[(m & 7) << 1] = value;
  else {
    const offset = ea(c, m);
    write16(c, c.eaSeg, offset, value);
  }
}
/** Writes the r/m operand, 32 bits. */
export function setRm32(c: Cpu, m: number, value: number): void {
  if (m >= 0xc0) c.reg32[m & 7] = value;
  else {
    const offset = ea(c, m);
    write32(c, c.eaSeg, offset, value);
  }
}
