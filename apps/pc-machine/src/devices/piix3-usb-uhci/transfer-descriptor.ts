/** Layout of what the guest puts into memory for the controller (UHCI Design Guide 1.1, section 3). */

/** Bits of a link to the next descriptor or queue. */
export const Link = { TERMINATE: 0x1, QUEUE: 0x2, DEPTH_FIRST: 0x4, ADDRESS: 0xffff_fff0 } as const;

/** Bits of a descriptor's second word. */
export const Control = {
  LENGTH: 0x0000_07ff,
  TIMEOUT: 0x0004_0000,
  NAK: 0x0008_0000,
  BABBLE: 0x0010_0000,
  STALLED: 0x0040_0000,
  ACTIVE: 0x0080_0000,
  INTERRUPT: 0x0100_0000,
  SHORT_PACKET: 0x2000_0000,
} as const;
const ERRORS = { SHIFT: 27, MASK: 3 } as const;
/** Errors that a transfer which succeeds leaves behind it. */
const STATUS = 0x007e_0000;
const LENGTH_BITS = 0x7ff;

/** A descriptor, read from memory. */
export class TransferDescriptor {
  link = 0;
  control = 0;
  token = 0;
  buffer = 0;

  /** Take the descriptor's words from `view`. */
  read(view: DataView): void {
    this.link = view.getUint32(0, true);
    this.control = view.getUint32(4, true);
    this.token = view.getUint32(8, true);
    this.buffer = view.getUint32(12, true);
  }

  /** One of `UsbToken`, if the guest put one there. */
  get packetId(): number {
    return this.token & 0xff;
  }

  get address(): number {
    return (this.token >> 8) & 0x7f;
  }

  get endpoint(): number {
    return (this.token >> 15) & 0xf;
  }

  /** Bytes to move. */
  get length(): number {
    return ((this.token >>> 21) + 1) & LENGTH_BITS;
  }

  get active(): boolean {
    return (this.control & Control.ACTIVE) !== 0;
  }

  /** True if its end is told. */
  get interrupts(): boolean {
    return (this.control & Control.INTERRUPT) !== 0;
  }

  /** The transfer moved `bytes` bytes. */
  succeed(bytes: number): void {
    const done = (this.control & ~(STATUS | Control.ACTIVE | Control.LENGTH)) >>> 0;
    this.control = (done | ((bytes - 1) & LENGTH_BITS)) >>> 0;
  }

  /** The transfer ended with `bits`. */
  fail(bits: number): void {
    this.control = ((this.control & ~Control.ACTIVE) | bits) >>> 0;
  }

  /** Nobody answered. @returns true if that was the last try */
  timeOut(): boolean {
    this.control = (this.control | Control.TIMEOUT) >>> 0;
    const left = (this.control >>> ERRORS.SHIFT) & ERRORS.MASK;
    // Zero is no limit.
    if (left === 0) return false;
    this.control = (this.control - (1 << ERRORS.SHIFT)) >>> 0;
    if (left > 1) return false;
    this.control = (this.control & ~Control.ACTIVE) >>> 0;
    return true;
  }
}
