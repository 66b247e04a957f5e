/** Stores to physical addresses by dispatch. */
import type { Cpu } from "../state/cpu.js";

/** Stores an unsigned value, and tells the translator, if there is one. */
export function storePhysical(c: Cpu, address: number, size: 1 | 2 | 4, value: number): void {
  c.memory.store(address, size, value);
  if (c.engine === null) return;
  const { bytes, bias } = c.memory.lookup(address);
  if (bytes !== null) c.engine.stored(bytes, address - bias, size);
}
