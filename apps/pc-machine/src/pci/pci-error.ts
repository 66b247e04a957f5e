import { MemError } from "@mem/qom";

/** Raised when a board is put together in a way PCI does not allow. Never caused by a guest. */
export class PciError extends MemError {
  static override readonly name: string = "PciError";
}
