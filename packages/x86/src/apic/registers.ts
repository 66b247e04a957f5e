/** The place where the registers of a local APIC lie: sixteenths of their offset, which are x2APIC's too. */

/** Registers by number: offset / 16, or MSR - 800h. */
export const Register = {
  ID: 0x02,
  VERSION: 0x03,
  TASK_PRIORITY: 0x08,
  ARBITRATION_PRIORITY: 0x09,
  PROCESSOR_PRIORITY: 0x0a,
  EOI: 0x0b,
  LOGICAL_DESTINATION: 0x0d,
  DESTINATION_FORMAT: 0x0e,
  SPURIOUS: 0x0f,
  IN_SERVICE: 0x10,
  TRIGGER_MODE: 0x18,
  REQUEST: 0x20,
  ERROR_STATUS: 0x28,
  COMMAND: 0x30,
  COMMAND_HIGH: 0x31,
  LVT_TIMER: 0x32,
  LVT_THERMAL: 0x33,
  LVT_PERFORMANCE: 0x34,
  LVT_LINT0: 0x35,
  LVT_LINT1: 0x36,
  LVT_ERROR: 0x37,
  INITIAL_COUNT: 0x38,
  CURRENT_COUNT: 0x39,
  DIVIDE: 0x3e,
  SELF_IPI: 0x3f,
} as const;

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
