/** Random bytes as instructions of 64-bit user code: prefixes in any number and order, every opcode of every map. */
import { Disassembler } from "../../src/index.js";
import type { Operands } from "./operands.js";
import type { OracleRecord } from "./record.js";
import { CODE_ADDRESS, OPERAND_ADDRESS, OPERAND_BYTES } from "./record.js";

/** What a case is. */
export interface ByteCase {
  /** Mnemonic, or the first byte where there is no such instruction here. */
  readonly name: string;
  /** Is there such an instruction here? */
  readonly isKnown: boolean;
}

const PREFIXES = [0x66, 0x66, 0xf2, 0xf3, 0x67, 0x2e, 0x3e, 0x26, 0x36, 0xf0];
const MAPS: readonly (readonly number[])[] = [[], [], [0x0f], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]];
/**
 * Instructions that the runner does not survive, or whose answer is the machine's: jumps, system calls,
 * flags that trap, segments and descriptor tables, time, and x87, which has tests of its own.
 */
const EXCLUDED =
  /^(j|call|ret|lret|iret|loop|int|sys|ljmp|lcall|popf|pushf|enter|l[defgs]s|mov[wlq]? +%[c-gs]s|ver|lar|lsl|s[gil]dt|smsw|str|rd|cpuid|x(get|set|save|rst)|f|mov[wlq]? +(%[defgs]s|[^,]*,%[defgs]s)|pop[wq]? +%[fg]s|push[wq]? +%[fg]s|mov +.*%[defgs]s|r(sqrt|cp)|ud|emms|maskmov|clflush|monitor|mwait)/;
/** Sequences that would be system calls, or wait, wherever they are. */
const DANGEROUS: readonly (readonly number[])[] = [
  [0x0f, 0x05],
  [0x0f, 0x34],
  [0xcd],
  [0x0f, 0x01],
  [0x0f, 0xae],
  [0x0f, 0xc7],
];
const POPF = 0x9d;
/** Opcodes of features that a host may have and this package has not: SHA, AES, GFNI, ADX, VEX, EVEX, RTM. */
const OF_OTHERS =
  /^(c4|c5|c6|c7|62|0f38(8[0-2]|c[89a-f]|d[b-f]|f[5-9a-f])|0f3a(44|c[c-f]|d[f])|0f(37|0f|0e|78|79|7a|7b|a6|a7|b9|ff|24|26))/;
/** UD2, behind bytes that are no instruction here: whether they are one on the host shows in where it stops. */
const PADDING = [
  0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b,
];

const disassembler = new Disassembler();

function randomBytes(random: Operands): number[] {
  const bytes: number[] = [];
  while (random.below(3) === 0 && bytes.length < 5) bytes.push(random.pick(PREFIXES));
  if (random.below(3) === 0) bytes.push(0x40 | random.below(16));
  // A REX prefix that another one follows counts for nothing.
  if (random.below(20) === 0) bytes.push(random.pick([...PREFIXES, 0x48, 0x4f]));
  const opcode = random.below(256);
  bytes.push(...random.pick(MAPS), opcode);
  const mod = random.below(4);
  const isSib = mod < 3 && random.below(6) === 0;
  // Without a displacement, base 5 is RIP's.
  const rm = isSib ? 4 : random.pick([0, 1, 2, 3, 6, 7]);
  bytes.push((mod << 6) | (random.below(8) << 3) | rm);
  if (isSib) bytes.push(0x20 | random.pick([0, 1, 2, 3, 4, 6, 7]));
  const near = random.below(64);
  if (mod === 1) bytes.push(near);
  if (mod === 2) bytes.push(near, 0, 0, 0);
  for (let k = 0; k < 8; k++) bytes.push(random.below(256));
  return bytes.slice(0, 15);
}

function isDangerous(bytes: readonly number[]): boolean {
  return bytes.some((_, at) => DANGEROUS.some((some) => some.every((b, k) => bytes[at + k] === b)));
}

/** Fills a record with a case. */
export function prepareBytes(random: Operands, record: OracleRecord): ByteCase {
  for (let n = 0; n < 16; n++) {
    const isPointer = n === 4 || random.below(4) > 0;
    const pointer = BigInt(OPERAND_ADDRESS + 64 + 8 * random.below(8));
    record.setRegister(n, isPointer ? pointer : random.integers());
    for (let k = 0; k < 16; k++) record.xmm(n)[k] = random.u32();
  }
  // A repeated instruction has few elements.
  if (random.below(2) === 0) record.setRegister(1, BigInt(random.below(6)));
  for (let k = 0; k < 128; k++) record.st(k >> 4)[k & 15] = (k & 15) < 8 ? random.u32() : 0xff;
  for (let k = 0; k < OPERAND_BYTES; k++) record.operand[k] = random.u32();
  record.flags = 2 | (random.u32() & 0x8d5);
  for (;;) {
    const bytes = randomBytes(random);
    const text = disassembler.one(Uint8Array.from(bytes), {
      bits: 64,
      address: BigInt(CODE_ADDRESS),
    });
    if (text === null) continue;
    const isKnown = !text.text.startsWith(".byte");
    const code = isKnown ? bytes.slice(0, text.length) : bytes.slice(0, 8);
    const opcode = hex(code).replace(/^(66|f2|f3|67|2e|3e|26|36|f0|64|65|4.)*/, "");
    if (OF_OTHERS.test(opcode) && !isKnown) continue;
    // SSE4A's, which AMD's processors have.
    if (opcode.startsWith("0f2b") && isRepeated(code)) continue;
    const name = text.text.replace(/^((lock|repn?[ze]?|data16|addr32|rex\S*|[cdefgs]s) +)+/, "");
    // An index, or a negative displacement, could lead into what the runner keeps beside the operand.
    if (/\([^)]*,|-0x\w+\(/.test(name)) continue;
    // LOCK MOV to CR0 is CR8's with AMD's processors.
    if (opcode.startsWith("0f2") && code.includes(0xf0)) continue;
    if (isDangerous(isKnown ? code : bytes) || (isKnown && EXCLUDED.test(name))) continue;
    // What is an instruction on the host alone runs on into the bytes behind it: a POPF would trap for ever.
    if (!isKnown && code.includes(POPF)) continue;
    if (isKnown && isRepeated(code) && record.register(1) > 64n) record.setRegister(1, 3n);
    record.instruction = isKnown ? code : [...code, ...PADDING].slice(0, 15);
    return { name: name.split(" ")[0] ?? "", isKnown };
  }
}

const hex = (bytes: readonly number[]): string =>
  bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
const isRepeated = (code: readonly number[]): boolean => code.includes(0xf2) || code.includes(0xf3);
