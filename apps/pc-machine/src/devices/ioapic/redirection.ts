/** An entry of the redirection table: the two halves of its 64 bits (82093AA data sheet, 3.2.4). */

/** Bits of the lower half. */
export const Redirection = {
  VECTOR: 0xff,
  DELIVERY_SHIFT: 8,
  LOGICAL: 1 << 11,
  STATUS: 1 << 12,
  ACTIVE_LOW: 1 << 13,
  REMOTE_IRR: 1 << 14,
  LEVEL: 1 << 15,
  MASKED: 1 << 16,
} as const;

const READ_ONLY = Redirection.STATUS | Redirection.REMOTE_IRR;
const DESTINATION_SHIFT = 24;

/** Names of delivery modes, as `info pic` has them. */
const DELIVERY = ["fixed", "lowest", "SMI", "...", "NMI", "INIT", "...", "extINT"] as const;

/** One input. */
export class RedirectionEntry {
  low: number = Redirection.MASKED;
  high = 0;

  reset(): void {
    this.low = Redirection.MASKED;
    this.high = 0;
  }

  get vector(): number {
    return this.low & Redirection.VECTOR;
  }

  get deliveryMode(): number {
    return (this.low >>> Redirection.DELIVERY_SHIFT) & 7;
  }

  /** 0: by ID, 1: by a set of bits. */
  get destinationMode(): number {
    return (this.low & Redirection.LOGICAL) === 0 ? 0 : 1;
  }

  get destination(): number {
    return this.high >>> DESTINATION_SHIFT;
  }

  get isLevel(): boolean {
    return (this.low & Redirection.LEVEL) !== 0;
  }

  get isMasked(): boolean {
    return (this.low & Redirection.MASKED) !== 0;
  }

  /** A level triggered interrupt was accepted and has not ended. */
  get remoteIrr(): boolean {
    return (this.low & Redirection.REMOTE_IRR) !== 0;
  }

  set remoteIrr(value: boolean) {
    this.low = value ? this.low | Redirection.REMOTE_IRR : this.low & ~Redirection.REMOTE_IRR;
  }

  /** A write of the guest to one half. */
  write(upper: boolean, value: number): void {
    if (upper) {
      this.high = value >>> 0;
      return;
    }
    this.low = (value & ~READ_ONLY) | (this.low & READ_ONLY);
    // An edge triggered interrupt has no end to wait for.
    if (!this.isLevel) this.remoteIrr = false;
  }

  /** Its line of `info pic`, without the number of the pin. */
  get text(): string {
    const digits = (half: number): string => (half >>> 0).toString(16).padStart(8, "0");
    const { low } = this;
    return [
      `0x${digits(this.high)}${digits(low)}`,
      `dest=${this.destination.toString(16).toUpperCase()}`,
      `vec=${String(this.vector).padEnd(3)}`,
      (low & Redirection.ACTIVE_LOW) === 0 ? "active-hi" : "active-lo",
      this.isLevel ? "level" : "edge ",
      this.isMasked ? "masked" : "      ",
      (DELIVERY[this.deliveryMode] ?? "...").padEnd(6),
      this.destinationMode === 0 ? "physical" : "logical",
    ].join(" ");
  }
}
