/** Processor exceptions as thrown while an instruction runs. */
import type { Cpu } from "./cpu.js";
import { EX_GP, EX_NM, EX_NP, EX_PF, EX_SS, EX_TS, EX_UD } from "../constants.js";

/**
 * Raises an exception without an error code.
 * @throws CpuFault always: the processor's own, reused
 */
export function raise(c: Cpu, vector: number): never {
  c.fault.vector = vector;
  c.fault.error = -1;
  throw c.fault;
}

/**
 * Raises an exception with an error code.
 * @throws CpuFault always: the processor's own, reused
 */
export function raiseError(c: Cpu, vector: number, error: number): never {
  c.fault.vector = vector;
  c.fault.error = error;
  throw c.fault;
}

/**
 * #GP with an error code (a selector or 0).
 * @throws CpuFault always
 */
export function gp(c: Cpu, error: number): never {
  return raiseError(c, EX_GP, error & 0xffff);
}

/**
 * #NP with a selector.
 * @throws CpuFault always
 */
export function np(c: Cpu, selector: number): never {
  return raiseError(c, EX_NP, selector & 0xfffc);
}

/**
 * #SS with an error code.
 * @throws CpuFault always
 */
export function ss(c: Cpu, error: number): never {
  return raiseError(c, EX_SS, error & 0xffff);
}

/**
 * #TS with a selector.
 * @throws CpuFault always
 */
export function ts(c: Cpu, selector: number): never {
  return raiseError(c, EX_TS, selector & 0xfffc);
}

/** #GP(0) unless the current privilege level is 0. */
export function privileged(c: Cpu): void {
  if (c.cpl !== 0) gp(c, 0);
}

/**
 * #UD.
 * @throws CpuFault always
 */
export function ud(c: Cpu): never {
  return raise(c, EX_UD);
}

/**
 * #NM.
 * @throws CpuFault always
 */
export function nm(c: Cpu): never {
  return raise(c, EX_NM);
}

/**
 * #PF at a linear address; bit 0 of `error` = protection, bit 1 = write, bit 2 = user.
 * @param high bits 32 to 63 of the address
 * @throws CpuFault always
 */
export function pageFault(c: Cpu, linear: number, error: number, high = 0): never {
  c.cr2 = linear;
  c.long.cr2 = high * 0x1_0000_0000 + (linear >>> 0);
  return raiseError(c, EX_PF, error);
}
