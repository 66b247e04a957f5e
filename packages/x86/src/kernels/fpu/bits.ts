/** Bits of the x87 status and control words. */

/** Status bits; the six exceptions are the mask bits of the control word too. */
export const FpuBit = {
  /** Invalid operation. */
  IE: 1,
  /** Denormal operand. */
  DE: 2,
  /** Division by zero. */
  ZE: 4,
  /** Overflow. */
  OE: 8,
  /** Underflow. */
  UE: 0x10,
  /** Inexact. */
  PE: 0x20,
  /** All six. */
  EXCEPTIONS: 0x3f,
  /** Stack fault. */
  SF: 0x40,
  /** An unmasked exception waits. */
  ES: 0x80,
  C0: 0x100,
  C1: 0x200,
  C2: 0x400,
  C3: 0x4000,
  /** Busy: the same as ES. */
  B: 0x8000,
} as const;

/** C0, C2 and C3. */
export const CONDITIONS = FpuBit.C0 | FpuBit.C2 | FpuBit.C3;
/** The control word after FNINIT: all masked, 64 bits, to nearest. */
export const CONTROL_INITIAL = 0x37f;
