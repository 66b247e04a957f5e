/** The words of an interrupt message: Intel's manual, volume 3, "Advanced programmable interrupt controller". */

/**
 * Effect of a message at the processor that it reaches.
 * @see {@link LocalApics.deliver}
 */
export const DeliveryMode = {
  /** The vector is requested at every destination. */
  FIXED: 0,
  /** The vector is requested at one of the destinations, that of the lowest priority. */
  LOWEST_PRIORITY: 1,
  /** A system management interrupt. */
  SMI: 2,
  /** A non-maskable interrupt. */
  NMI: 4,
  /** The processor becomes as after a reset, and waits for a start-up if it is not the first. */
  INIT: 5,
  /** A processor that waits for it starts in real mode at `vector` times 4096. */
  START_UP: 6,
  /** The 8259 is asked for the vector. */
  EXTINT: 7,
} as const;

/**
 * Ways in which a destination names processors.
 * @see {@link LocalApics.deliver}
 */
export const DestinationMode = {
  /** By ID of the local APIC; all ones means all. */
  PHYSICAL: 0,
  /** By a set of bits, which each APIC compares with its logical destination register. */
  LOGICAL: 1,
} as const;

/**
 * Behaviour of the line behind a message.
 * @see {@link LocalApics.deliver}
 */
export const TriggerMode = {
  /** A message an edge. */
  EDGE: 0,
  /** The end of the interrupt is told to I/O APICs, which send again if the line is still high. */
  LEVEL: 1,
} as const;
