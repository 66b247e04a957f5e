/** The bus as a function on it sees it. */
import type { MemoryRegion } from "@mem/core";

/** Bus as a function uses it. */
export interface PciBusPort {
  /** Container that memory BARs are mapped into (`pci`). */
  readonly memory: MemoryRegion;
  /** Container that I/O BARs are mapped into (`io`). */
  readonly io: MemoryRegion;
  /** Root of the memory that a bus master reaches (`system`). */
  readonly dmaRoot: MemoryRegion;
  /** The function at `devfn` drives pin `pin` (1 INTA# to 4 INTD#). */
  interrupt(devfn: number, pin: number, level: boolean): void;
  /** Every function on the bus. */
  devices(): Iterable<{ readonly devfn: number }>;
}
