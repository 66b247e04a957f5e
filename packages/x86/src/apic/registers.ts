/** Bits of the registers of a local APIC. */

/** Version 14h with six LVT entries, as QEMU has it. */
export const VERSION = 0x0005_0014;
/** LVT and SVR bits. */
export const LVT_MASKED = 0x1_0000;
/** LINT0 is level triggered. */
export const LVT_LEVEL = 0x8000;
/** The APIC is enabled by software. */
export const SVR_ENABLE = 0x100;
/** A focus processor is not looked for. */
export const SVR_NO_FOCUS = 0x200;

/** Bits of each LVT entry that can be written, from the timer's on. */
export const LVT_WRITABLE: readonly number[] = [
  0x7_00ff, 0x1_07ff, 0x1_07ff, 0x1_a7ff, 0x1_a7ff, 0x1_00ff,
];

/** Bits of the error status register. */
export const ApicError = {
  SEND_ILLEGAL_VECTOR: 0x20,
  RECEIVE_ILLEGAL_VECTOR: 0x40,
  ILLEGAL_REGISTER: 0x80,
} as const;

/** Bits of the APIC base MSR. */
export const ApicBase = {
  BOOTSTRAP: 0x100,
  X2APIC: 0x400,
  ENABLE: 0x800,
} as const;
