/** What the oracle's runner takes and answers: one instruction and all that it works on. */

/** Bytes of a record. */
export const RECORD_BYTES = 1024;
/** Linear address of the operand in memory, a multiple of 16. */
export const OPERAND_ADDRESS = 0x108000 + 672;
/** Bytes of the operand in memory. */
export const OPERAND_BYTES = 256;
/** Linear address of the instruction. */
export const CODE_ADDRESS = 0x10a000;

/** Parts of a record: where they begin, and how many bytes they have. */
type Part = readonly [at: number, bytes: number];

const AT_REGISTERS = 16;
const AT_FLAGS = 144;
const AT_FX = 160;
const AT_OPERAND = 672;
const AT_SIGNAL = 928;
const AT_SIGNAL_CODE = 932;
const AT_SIGNAL_PLACE = 936;

/** Parts of records that comparisons take. */
export const Parts = {
  /** General registers of 64 bits. */
  registers: [[AT_REGISTERS, 128]],
  /** The same in 32-bit code. */
  narrowRegisters: Array.from({ length: 8 }, (_, n): Part => [AT_REGISTERS + 8 * n, 4]),
  /** AX. */
  ax: [[AT_REGISTERS, 2]],
  /** The x87 unit's control, status and tags. */
  x87: [[AT_FX, 5]],
  /** ST(0) to ST(7). */
  stack: Array.from({ length: 8 }, (_, n): Part => [AT_FX + 32 + 16 * n, 10]),
  /** MM0 to MM7, while TOP is 0. */
  mmx: Array.from({ length: 8 }, (_, n): Part => [AT_FX + 32 + 16 * n, 8]),
  mxcsr: [[AT_FX + 24, 4]],
  /** XMM0 to XMM7. */
  narrowXmm: [[AT_FX + 160, 128]],
  /** XMM0 to XMM15. */
  xmm: [[AT_FX + 160, 256]],
  operand: [[AT_OPERAND, OPERAND_BYTES]],
} as const satisfies Readonly<Record<string, readonly Part[]>>;

/** Are parts of two records the same? */
export function areSame(a: OracleRecord, b: OracleRecord, parts: readonly Part[]): boolean {
  return parts.every(([at, bytes]) => {
    for (let k = at; k < at + bytes; k++) if (a.bytes[k] !== b.bytes[k]) return false;
    return true;
  });
}

/** Signals that an instruction can end in. */
export const Signal = { NONE: 0, ILL: 4, TRAP: 5, BUS: 7, FPE: 8, SEGV: 11 } as const;

/**
 * A view of one record. The FXSAVE area has the layout of FXSAVE64: the runner loads it before the
 * instruction and stores it after.
 */
export class OracleRecord {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  /** @param records bytes of many records */
  constructor(records: Uint8Array, index: number) {
    this.bytes = records.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES);
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, RECORD_BYTES);
  }

  /** The instruction; an operand in memory is at {@link OPERAND_ADDRESS}. At most 15 bytes. */
  get instruction(): Uint8Array {
    return this.bytes.subarray(1, 1 + this.bytes[0]);
  }
  set instruction(bytes: ArrayLike<number>) {
    this.bytes[0] = bytes.length;
    this.bytes.set(bytes, 1);
  }
  /** General register 0 to 15. */
  register(n: number): bigint {
    return this.#view.getBigUint64(AT_REGISTERS + 8 * n, true);
  }
  /** The low half of a register, signed. */
  narrowRegister(n: number): number {
    return this.#view.getInt32(AT_REGISTERS + 8 * n, true);
  }
  setRegister(n: number, value: bigint): void {
    this.#view.setBigUint64(AT_REGISTERS + 8 * n, value, true);
  }
  /** RFLAGS; bits 1 and 9 always come back set. */
  get flags(): number {
    return this.#view.getUint32(AT_FLAGS, true);
  }
  set flags(value: number) {
    this.#view.setUint32(AT_FLAGS, value, true);
  }
  /** The FXSAVE area, 512 bytes. */
  get fx(): Uint8Array {
    return this.bytes.subarray(AT_FX, AT_FX + 512);
  }
  get mxcsr(): number {
    return this.#view.getUint32(AT_FX + 24, true);
  }
  set mxcsr(value: number) {
    this.#view.setUint32(AT_FX + 24, value, true);
  }
  /** The x87 control word. */
  get controlWord(): number {
    return this.#view.getUint16(AT_FX, true);
  }
  set controlWord(value: number) {
    this.#view.setUint16(AT_FX, value, true);
  }
  /** ST(n), or MMX register n while TOP is 0: 16 bytes, of which 10 count. */
  st(n: number): Uint8Array {
    return this.bytes.subarray(AT_FX + 32 + 16 * n, AT_FX + 48 + 16 * n);
  }
  /** Register XMM0 to XMM15. */
  xmm(n: number): Uint8Array {
    return this.bytes.subarray(AT_FX + 160 + 16 * n, AT_FX + 176 + 16 * n);
  }
  /** What lies at {@link OPERAND_ADDRESS}. */
  get operand(): Uint8Array {
    return this.bytes.subarray(AT_OPERAND, AT_OPERAND + OPERAND_BYTES);
  }
  /** The signal that the instruction ended in; the runner sets it. */
  get signal(): number {
    return this.#view.getUint32(AT_SIGNAL, true);
  }
  /** Bytes from the instruction to where the processor was when it came. */
  get signalPlace(): number {
    return this.#view.getInt32(AT_SIGNAL_PLACE, true);
  }
  /** Its code (si_code). */
  get signalCode(): number {
    return this.#view.getUint32(AT_SIGNAL_CODE, true);
  }
}
