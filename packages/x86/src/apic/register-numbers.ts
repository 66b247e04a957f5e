/** The numbers of a local APIC's registers: their offset / 16, or with x2APIC the MSR - 800h. */

/** The APIC's ID. */
export const ID = 0x02;
/** Version and number of LVT entries. */
export const VERSION = 0x03;
/** TPR. */
export const TASK_PRIORITY = 0x08;
/** APR. */
export const ARBITRATION_PRIORITY = 0x09;
/** PPR. */
export const PROCESSOR_PRIORITY = 0x0a;
/** End of interrupt. */
export const EOI = 0x0b;
/** LDR. */
export const LOGICAL_DESTINATION = 0x0d;
/** DFR. */
export const DESTINATION_FORMAT = 0x0e;
/** Spurious vector, and the software's switch. */
export const SPURIOUS = 0x0f;
/** First of eight words: vectors that run. */
export const IN_SERVICE = 0x10;
/** ESR. */
export const ERROR_STATUS = 0x28;
/** ICR, which sends. */
export const COMMAND = 0x30;
/** The destination of what is sent. */
export const COMMAND_HIGH = 0x31;
/** Interrupt of the timer. */
export const LVT_TIMER = 0x32;
/** Pin of the 8259. */
export const LVT_LINT0 = 0x35;
/** Pin of the NMI. */
export const LVT_LINT1 = 0x36;
/** Interrupt of errors. */
export const LVT_ERROR = 0x37;
/** The timer starts from it. */
export const INITIAL_COUNT = 0x38;
/** The count that the timer has come down to. */
export const CURRENT_COUNT = 0x39;
/** The timer's divider. */
export const DIVIDE = 0x3e;
/** x2APIC's message to itself. */
export const SELF_IPI = 0x3f;
