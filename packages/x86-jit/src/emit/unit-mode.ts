/** The mode that a unit is translated for, and how a unit talks to its surroundings. */

/** Reason why a unit came to its end. */
export const Reason = {
  /** There was no unit for where it led. */
  NEXT: 0,
  /** The instruction at EIP is the interpreter's: within the unit alone, whose exit sees to it. */
  INTERPRET: 1,
  /** There are not enough instructions left in the run. */
  BUDGET: 2,
  /** The interpreter was called and said that the unit must not go on; everything is in its place. */
  STOPPED: 3,
} as const;

/** Flag in the width, in bytes, that a miss is told of: the access is a store. */
export const ACCESS_WRITE = 64;

/** Answers to a miss. */
export const Miss = {
  /** The access is the interpreter's. */
  REFUSED: 0,
  /** The page is in the TLB. */
  FILLED: 1,
} as const;

/** Shift of an instruction's length beside the size of its access, in bytes. */
export const LENGTH_SHIFT = 8;

/** Shift of the bytes that an instruction pops, beside its length. */
export const POPPED_SHIFT = 16;

/** Numbers of what every unit's module imports. */
export const Imports = {
  /** `(linear, write) -> filled`: enters a page in the TLB. */
  MISS: 0,
  /** `(next) -> stop`: has the interpreter execute the instruction at EIP, which leads to `next`. */
  INTERPRET: 1,
  /** `(kind, a, b) -> result`: the flags' last result in the processor's own form. */
  FLAG_RESULT: 2,
  /** `(kind, a, b) -> rest`: the rest. */
  FLAG_REST: 3,
  /** `(number) -> ()`: a unit whose runs are counted was entered. */
  ENTERED: 4,
  /** `() -> stop`: has the interpreter execute the instruction at EIP, wherever that leads. */
  STEP: 5,
  /** `(low, high, access) -> filled`: as MISS, of 64-bit code. */
  LONG_MISS: 6,
  /** `() -> 0`: brings the flags of a 64-bit unit, where they lie in memory, into the processor's form. */
  OWN_FLAGS: 7,
  /** `(port, size and length) -> stop`: executes an IN to the accumulator where the state has it. */
  INPUT: 8,
  /** `(port, value, size and length) -> stop`: executes an OUT. */
  OUTPUT: 9,
  /** `(low, high, size and length) -> place`: loads from where no page of the TLB is. */
  LOAD: 10,
  /** `(low, high, size and length) -> stop`: stores what lies in the scratch area, wherever that leads. */
  STORE: 11,
  /** `() -> stop`: as INTERPRET, of an instruction that changes no mode and leads to the next one. */
  CALM: 12,
  /** `(high, low, divisor) -> quotient` of 64 bits each. */
  DIVIDE: 13,
  /** `(selector, segment, length and bytes popped) -> stop`: loads a segment register. */
  SEGMENT: 14,
  /** The type of kernels, `(storage, operand) -> answer`. */
  KERNEL_TYPE: 1,
  /** The table of kernels. */
  KERNEL_TABLE: 1,
} as const;

/** The mode that a unit is translated for. */
export interface UnitMode {
  /** 64-bit code; else it is of 16 or 32 bits. */
  readonly isLong: boolean;
  readonly code32: boolean;
  readonly stack32: boolean;
  readonly user: boolean;
  /** The code segment is flat: EIP is the linear address. */
  readonly flatCode: boolean;
  /** Segment registers, as a mask, whose base is 0 and whose limit needs no check. */
  readonly flatSegments: number;
  /** The number of the mode and of what else units take for granted: a part of the jump cache's tags. */
  readonly context: number;
}

/** Surroundings of a unit. */
export interface Placement {
  /** Bytes from the memory's beginning to the state. */
  readonly state: number;
  /** The full linear address of its page, signed. */
  readonly page: number;
  /** The place of a kernel of SSE in the table of kernels. */
  readonly kernelNumber: (name: string) => number;
  /** Do units go on at other units by themselves? Otherwise each one returns at its end. */
  readonly isLinked: boolean;
  /** The number that a unit tells when it is entered, or `null`: its runs are not counted. */
  readonly runNumber: number | null;
}

/** Locals that every unit has. */
export interface CommonLocals {
  readonly left: number;
  readonly eip: number;
  readonly reason: number;
  readonly flagA: number;
  readonly flagB: number;
  readonly flagKind: number;
  readonly address: number;
  readonly entry: number;
  readonly host: number;
  readonly a: number;
  readonly b: number;
  readonly value: number;
  /** Of 32 bits, for what no instruction's translation holds meanwhile. */
  readonly spare: number;
  readonly wide: number;
  readonly wide2: number;
}

/** Locals for the operands of one instruction, as wide as they are. */
export interface OperandLocals {
  readonly a: number;
  readonly b: number;
  readonly value: number;
  readonly entry: number;
}
