import { MemError } from "@mem/qom";

/**
 * A part of the PC is used as it cannot be: an interrupt line that is not there, a machine that
 * runs already. Never caused by a guest.
 */
export class PcError extends MemError {
  static override readonly name: string = "PcError";
}
