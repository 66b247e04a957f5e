/** Offsets and bits of the PCI configuration header (PCI Local Bus Specification 2.1, chapter 6). */

/** Size in bytes of a function's configuration space. */
export const CONFIG_SIZE = 256;

/** Byte offsets of the header fields a type 0 function has. */
export const PciConfig = {
  VENDOR_ID: 0x00,
  DEVICE_ID: 0x02,
  COMMAND: 0x04,
  STATUS: 0x06,
  REVISION: 0x08,
  PROG_IF: 0x09,
  SUBCLASS: 0x0a,
  CLASS: 0x0b,
  CACHE_LINE_SIZE: 0x0c,
  LATENCY_TIMER: 0x0d,
  HEADER_TYPE: 0x0e,
  BAR0: 0x10,
  SUBSYSTEM_VENDOR_ID: 0x2c,
  SUBSYSTEM_ID: 0x2e,
  ROM_ADDRESS: 0x30,
  CAPABILITIES: 0x34,
  INTERRUPT_LINE: 0x3c,
  INTERRUPT_PIN: 0x3d,
} as const;

/** Bits of the command register. */
export const PciCommand = {
  IO: 0x0001,
  MEMORY: 0x0002,
  MASTER: 0x0004,
  PARITY: 0x0040,
  SERR: 0x0100,
  INTX_DISABLE: 0x0400,
} as const;

/** Bits of the status register. */
export const PciStatus = {
  INTERRUPT: 0x0008,
  /** There is a list of capabilities. */
  CAPABILITIES: 0x0010,
  FAST_BACK: 0x0080,
  DEVSEL_MEDIUM: 0x0200,
  /** The error bits software clears by writing ones to them. */
  WRITE_ONE_TO_CLEAR: 0xf900,
} as const;

/** Header type bit that says a slot has more than one function. */
export const HEADER_MULTIFUNCTION = 0x80;

/** Read `size` (1, 2 or 4) bytes of `bytes` at `offset` as an unsigned little-endian number. */
export function readLe(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) {
    value = value * 256 + (bytes[offset + i] ?? 0);
  }
  return value;
}

/** Store the low `size` (1, 2 or 4) bytes of `value` at `offset`, little endian. */
export function writeLe(bytes: Uint8Array, offset: number, value: number, size: number): void {
  for (let i = 0; i < size; i++) {
    bytes[offset + i] = (value >>> (8 * i)) & 0xff;
  }
}
