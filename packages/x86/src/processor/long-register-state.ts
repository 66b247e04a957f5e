/** The part of the register state that long mode adds. */
import type { Cpu } from "../state/cpu.js";
import { splitHigh } from "../long/decode.js";

/**
 * Registers that long mode adds. All values unsigned, of 64 bits. In 64-bit code these rule,
 * and the narrow ones show their low halves; elsewhere `rax` to `rdi` have them as low halves.
 * JSON, which has no such numbers, gets them as text, "0x1f"; what is parsed from that can be set.
 * @see {@link X86Cpu}
 */
export interface LongCpuState {
  /** Does 64-bit code run? Shown only: it follows from EFER, CR0 and CS. */
  readonly code64: boolean;
  /** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15. */
  readonly registers: readonly bigint[];
  /** Linear address of the next instruction. */
  readonly rip: bigint;
  /** Bases of the segments ES, CS, SS, DS, FS, GS, LDTR and TR. */
  readonly bases: readonly bigint[];
  /** The base that SWAPGS swaps with that of GS. */
  readonly kernelGsBase: bigint;
  /** Linear address of the global descriptor table. */
  readonly gdtBase: bigint;
  /** Linear address of the interrupt descriptor table. */
  readonly idtBase: bigint;
  /** Address of the last page fault. */
  readonly cr2: bigint;
  /** The place where the page tables are. */
  readonly cr3: bigint;
  /** Addresses of the four breakpoints. */
  readonly breakpoints: readonly bigint[];
}

const unsigned = (value: number): bigint => BigInt.asUintN(64, BigInt(value));
/** From JSON a value is text. */
const signed = (value: bigint): number => Number(BigInt.asIntN(64, BigInt(value)));
const pair = (high: number, low: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

/** A copy of it. */
export function getLongState(c: Cpu): LongCpuState {
  const { long } = c;
  const register = (n: number): bigint => {
    const low = c.code64 || n >= 8 ? long.words[2 * n] : c.reg32[n];
    // A high half belongs to its low half alone, see mode.ts.
    const isWhole = c.code64 || n >= 8 || long.words[2 * n] === low;
    return pair(isWhole ? long.words[2 * n + 1] : 0, low);
  };
  return withJson({
    code64: c.code64,
    registers: Array.from({ length: 16 }, (_, n) => register(n)),
    rip: c.code64 ? unsigned(long.rip) : BigInt(c.eip >>> 0),
    bases: Array.from(long.bases, unsigned),
    kernelGsBase: unsigned(long.kernelGs),
    gdtBase: c.lma ? unsigned(long.gdtBase) : BigInt(c.gdtBase >>> 0),
    idtBase: c.lma ? unsigned(long.idtBase) : BigInt(c.idtBase >>> 0),
    cr2: c.lma ? unsigned(long.cr2) : BigInt(c.cr2 >>> 0),
    cr3: pair(c.cr3High, c.cr3),
    breakpoints: [0, 1, 2, 3].map((n) => pair(long.debugHigh[n], c.dr[n])),
  });
}

/** Gives JSON text for the integers that it cannot hold; copies and comparisons do not see that. */
function withJson(state: LongCpuState): LongCpuState {
  const value = (): object => JSON.parse(JSON.stringify({ ...state }, textOfBig)) as object;
  return Object.defineProperty(state, "toJSON", { value });
}
function textOfBig(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? `0x${value.toString(16)}` : value;
}

/** Replaces it; what the narrow registers show follows. */
export function applyLongState(c: Cpu, state: LongCpuState): void {
  const { long } = c;
  state.registers.forEach((value, n) => {
    long.quads[n] = BigInt(value);
    if (n < 8) c.reg32[n] = long.words[2 * n];
  });
  long.rip = signed(state.rip);
  c.eip = long.rip | 0;
  state.bases.forEach((value, seg) => {
    long.bases[seg] = signed(value);
    c.segBase[seg] = long.bases[seg] | 0;
  });
  long.kernelGs = signed(state.kernelGsBase);
  long.gdtBase = signed(state.gdtBase);
  c.gdtBase = long.gdtBase | 0;
  long.idtBase = signed(state.idtBase);
  c.idtBase = long.idtBase | 0;
  long.cr2 = signed(state.cr2);
  c.cr2 = long.cr2 | 0;
  const cr3 = signed(state.cr3);
  c.cr3 = cr3 | 0;
  c.cr3High = splitHigh(cr3);
  state.breakpoints.forEach((value, n) => {
    const address = BigInt(value);
    c.dr[n] = Number(BigInt.asIntN(32, address));
    long.debugHigh[n] = Number(BigInt.asIntN(32, address >> 32n));
  });
}
