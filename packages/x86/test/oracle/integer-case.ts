/** Operands cases of the integer instructions of 64-bit user code. */
import type { Operands } from "./operands.js";
import type { OracleRecord } from "./record.js";
import { CODE_ADDRESS, OPERAND_ADDRESS, OPERAND_BYTES } from "./record.js";

const CF = 0x1;
const PF = 0x4;
const AF = 0x10;
const ZF = 0x40;
const SF = 0x80;
const OF = 0x800;
const DF = 0x400;
const ALL = CF | PF | AF | ZF | SF | OF | DF;

/** Operands behind the opcode: ModRM with its middle field free, or fixed, or what there is without it. */
interface Shape {
  readonly name: string;
  readonly opcode: readonly number[];
  /** ModRM's middle field; -1: a register; -2: there is no ModRM. */
  readonly field: number;
  /** Immediate: bytes, or "z" for the operand size, 4 bytes at most, or "v" for all of it. */
  readonly immediate?: 1 | "z" | "v";
  /** Is the operand a byte? */
  readonly isByte?: boolean;
  /** May the r/m operand be memory alone? */
  readonly isMemory?: boolean;
  /** Is it a string instruction, which F2 and F3 repeat? */
  readonly isString?: boolean;
  /** Flags that the manuals leave undefined, given the count of a shift. */
  readonly undefinedFlags?: (size: number, count: number) => number;
  /** Prefix that belongs to the opcode. */
  readonly prefix?: number;
  /** May it be locked? */
  readonly isLockable?: boolean;
}

const shapes: Shape[] = [];
/** An instruction on bytes, and the next opcode on words. */
function pair(
  name: string,
  opcode: readonly number[],
  field: number,
  more: Partial<Shape> = {},
): void {
  const last = opcode.at(-1) ?? 0;
  shapes.push({ name: `${name} b`, opcode, field, isByte: true, ...more });
  shapes.push({ name, opcode: [...opcode.slice(0, -1), last + 1], field, ...more });
}
const AF_ONLY = (): number => AF;

["add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"].forEach((name, n) => {
  const logic = n === 1 || n === 4 || n === 6 ? { undefinedFlags: AF_ONLY } : {};
  const more = { ...logic, isLockable: n !== 7 };
  pair(name, [8 * n], -1, more);
  pair(name, [8 * n + 2], -1, logic);
  shapes.push({ name, opcode: [8 * n + 4], field: -2, immediate: 1, isByte: true, ...logic });
  shapes.push({ name, opcode: [8 * n + 5], field: -2, immediate: "z", ...logic });
  shapes.push({ name, opcode: [0x80], field: n, immediate: 1, isByte: true, ...more });
  shapes.push({ name, opcode: [0x81], field: n, immediate: "z", ...more });
  shapes.push({ name, opcode: [0x83], field: n, immediate: 1, ...more });
});
["rol", "ror", "rcl", "rcr", "shl", "shr", "sal", "sar"].forEach((name, n) => {
  const undefinedFlags = (size: number, count: number): number => {
    if (count === 0) return 0;
    const overflow = count === 1 ? 0 : OF;
    if (n < 4) return overflow;
    return overflow | AF | (count > 8 * size && n !== 7 ? CF : 0);
  };
  pair(name, [0xc0], n, { immediate: 1, undefinedFlags });
  pair(name, [0xd0], n, { undefinedFlags });
  pair(name, [0xd2], n, { undefinedFlags });
});
for (const [name, op] of [
  ["shld", 0xa4],
  ["shrd", 0xac],
] as const) {
  const undefinedFlags = (_: number, count: number): number =>
    count === 0 ? 0 : AF | (count === 1 ? 0 : OF);
  shapes.push({ name, opcode: [0x0f, op], field: -1, immediate: 1, undefinedFlags });
  shapes.push({ name: `${name} cl`, opcode: [0x0f, op + 1], field: -1, undefinedFlags });
}
pair("test", [0x84], -1, { undefinedFlags: AF_ONLY });
pair("xchg", [0x86], -1, { isLockable: true });
pair("mov", [0x88], -1);
pair("mov", [0x8a], -1);
shapes.push({ name: "lea", opcode: [0x8d], field: -1, isMemory: true });
shapes.push({ name: "movsxd", opcode: [0x63], field: -1 });
shapes.push({
  name: "test",
  opcode: [0xa8],
  field: -2,
  immediate: 1,
  isByte: true,
  undefinedFlags: AF_ONLY,
});
shapes.push({ name: "test", opcode: [0xa9], field: -2, immediate: "z", undefinedFlags: AF_ONLY });
shapes.push({ name: "mov i b", opcode: [0xc6], field: 0, immediate: 1, isByte: true });
shapes.push({ name: "mov i", opcode: [0xc7], field: 0, immediate: "z" });
for (let n = 0; n < 8; n++) {
  shapes.push({ name: "mov r b", opcode: [0xb0 + n], field: -2, immediate: 1, isByte: true });
  shapes.push({ name: "mov r", opcode: [0xb8 + n], field: -2, immediate: "v" });
  shapes.push({ name: "xchg a", opcode: [0x90 + n], field: -2 });
}
shapes.push(
  { name: "cwde", opcode: [0x98], field: -2 },
  { name: "cdq", opcode: [0x99], field: -2 },
);
shapes.push(
  { name: "lahf", opcode: [0x9f], field: -2 },
  { name: "sahf", opcode: [0x9e], field: -2 },
);
[0xf5, 0xf8, 0xf9, 0xfc, 0xfd].forEach((op) =>
  shapes.push({ name: "flag", opcode: [op], field: -2 }),
);
const afterProduct = (): number => SF | ZF | AF | PF;
const afterQuotient = (): number => ALL & ~DF;
pair("test i", [0xf6], 0, { undefinedFlags: AF_ONLY });
pair("not", [0xf6], 2, { isLockable: true });
pair("neg", [0xf6], 3, { isLockable: true });
pair("mul", [0xf6], 4, { undefinedFlags: afterProduct });
pair("imul", [0xf6], 5, { undefinedFlags: afterProduct });
pair("div", [0xf6], 6, { undefinedFlags: afterQuotient });
pair("idiv", [0xf6], 7, { undefinedFlags: afterQuotient });
pair("inc", [0xfe], 0, { isLockable: true });
pair("dec", [0xfe], 1, { isLockable: true });
shapes.push({ name: "imul r", opcode: [0x0f, 0xaf], field: -1, undefinedFlags: afterProduct });
shapes.push({
  name: "imul i",
  opcode: [0x69],
  field: -1,
  immediate: "z",
  undefinedFlags: afterProduct,
});
shapes.push({
  name: "imul 8",
  opcode: [0x6b],
  field: -1,
  immediate: 1,
  undefinedFlags: afterProduct,
});
for (let n = 0; n < 16; n++) {
  shapes.push({ name: "cmov", opcode: [0x0f, 0x40 + n], field: -1 });
  shapes.push({ name: "setcc", opcode: [0x0f, 0x90 + n], field: 0, isByte: true });
}
for (const [n, name] of ["bt", "bts", "btr", "btc"].entries()) {
  const undefinedFlags = (): number => OF | SF | AF | PF;
  const more = { undefinedFlags, isLockable: n > 0 };
  shapes.push({ name, opcode: [0x0f, 0xa3 + 8 * n], field: -1, ...more });
  shapes.push({ name: `${name} i`, opcode: [0x0f, 0xba], field: 4 + n, immediate: 1, ...more });
}
const afterScan = (): number => CF | OF | SF | AF | PF;
shapes.push({ name: "bsf", opcode: [0x0f, 0xbc], field: -1, undefinedFlags: afterScan });
shapes.push({ name: "bsr", opcode: [0x0f, 0xbd], field: -1, undefinedFlags: afterScan });
shapes.push({ name: "popcnt", opcode: [0x0f, 0xb8], field: -1, prefix: 0xf3 });
pair("movzx", [0x0f, 0xb6], -1);
pair("movsx", [0x0f, 0xbe], -1);
pair("cmpxchg", [0x0f, 0xb0], -1, { isLockable: true });
pair("xadd", [0x0f, 0xc0], -1, { isLockable: true });
shapes.push({
  name: "cmpxchg8b",
  opcode: [0x0f, 0xc7],
  field: 1,
  isMemory: true,
  isLockable: true,
});
for (let n = 0; n < 8; n++) shapes.push({ name: "bswap", opcode: [0x0f, 0xc8 + n], field: -2 });
for (const [name, op] of [
  ["movs", 0xa4],
  ["cmps", 0xa6],
  ["stos", 0xaa],
  ["lods", 0xac],
  ["scas", 0xae],
] as const) {
  pair(name, [op], -2, { isString: true });
}
for (let n = 0; n < 8; n++) {
  shapes.push({ name: "push", opcode: [0x50 + n], field: -2 });
  shapes.push({ name: "pop", opcode: [0x58 + n], field: -2 });
}
shapes.push({ name: "push i", opcode: [0x68], field: -2, immediate: "z" });
shapes.push({ name: "push 8", opcode: [0x6a], field: -2, immediate: 1 });
shapes.push(
  { name: "push m", opcode: [0xff], field: 6 },
  { name: "pop m", opcode: [0x8f], field: 0 },
);
shapes.push(
  { name: "leave", opcode: [0xc9], field: -2 },
  { name: "xlat", opcode: [0xd7], field: -2 },
);

/** What a case is called, and the flags that are to be compared. */
export interface IntegerCase {
  readonly name: string;
  readonly flags: number;
  /** A register of which the low half alone is to be compared, or -1. */
  readonly narrow: number;
}

const RSP = 4;
const TWO64 = 1n << 64n;

/** Bytes of a number, the least first. */
function little(value: bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, k) => Number((value >> BigInt(8 * k)) & 0xffn));
}

/** A memory operand: ModRM, SIB and displacement, with registers set so that it lies where it should. */
function memory(
  random: Operands,
  record: OracleRecord,
  rex: number,
  target: bigint,
  after: number,
  before: number,
  narrow: boolean,
): number[] {
  const wrap = (value: bigint): bigint => BigInt.asUintN(narrow ? 32 : 64, value);
  /** With addresses of 32 bits the high halves of registers do not count. */
  const set = (n: number, value: bigint): void => {
    const noise = narrow ? BigInt(random.u32()) << 32n : 0n;
    record.setRegister(n, BigInt.asUintN(64, wrap(value) | noise));
  };
  if (random.below(8) === 0) {
    const next = BigInt(CODE_ADDRESS + before + 5 + after);
    return [0x05, ...little(target - next, 4)];
  }
  // REX.X would make an index of it.
  if ((rex & 2) === 0 && random.below(12) === 0) return [0x04, 0x25, ...little(target, 4)];
  const mod = 1 + random.below(2);
  const width = mod === 1 ? 1 : 4;
  const displacement = BigInt.asIntN(8 * width, random.u64());
  const base = random.below(8);
  const isIndexed = base === 4 || random.below(2) === 0;
  const baseNumber = base | ((rex & 1) << 3);
  if (!isIndexed) {
    set(baseNumber, target - displacement);
    return [(mod << 6) | base, ...little(displacement, width)];
  }
  const index = random.below(8);
  const indexNumber = index | ((rex & 2) << 2);
  const scale = random.below(4);
  const bytes = [
    (mod << 6) | 4,
    (scale << 6) | (index << 3) | base,
    ...little(displacement, width),
  ];
  if (indexNumber === RSP) set(baseNumber, target - displacement);
  else if (indexNumber === baseNumber) {
    // One register is both: only what it divides can be reached.
    const factor = BigInt(1 + (1 << scale));
    const sum = target - displacement;
    const rest = sum % factor;
    const shifted = little(displacement + rest, width);
    if (BigInt.asIntN(8 * width, displacement + rest) !== displacement + rest)
      return memory(random, record, rex, target, after, before, narrow);
    set(baseNumber, (sum - rest) / factor);
    return [...bytes.slice(0, 2), ...shifted];
  } else {
    const count = random.below(3) === 0 ? random.integers() : BigInt(random.below(256));
    record.setRegister(indexNumber, count);
    set(baseNumber, target - displacement - ((count << BigInt(scale)) % TWO64));
  }
  return bytes;
}

/** Fills a record with a case. */
export function prepareInteger(random: Operands, record: OracleRecord): IntegerCase {
  const shape = random.pick(shapes);
  for (let n = 0; n < 16; n++) record.setRegister(n, random.integers());
  for (let at = 0; at < OPERAND_BYTES; at += 8)
    record.operand.set(little(random.integers(), 8), at);
  record.flags = 2 | (random.u32() & 0x8d5);
  const isRex = random.below(4) > 0;
  const rex = isRex ? random.below(16) : 0;
  // BSWAP of 16 bits, and double shifts by more than 16 there, are undefined.
  const mayBeWord = shape.name !== "bswap" && !shape.name.startsWith("sh");
  const is66 = mayBeWord && random.below(5) === 0;
  const is67 = random.below(8) === 0;
  const size = shape.isByte === true ? 1 : (rex & 8) !== 0 ? 8 : is66 ? 2 : 4;
  const prefixes: number[] = [];
  if (is66) prefixes.push(0x66);
  if (is67) prefixes.push(0x67);
  if (shape.prefix !== undefined) prefixes.push(shape.prefix);
  const repeat = shape.isString === true ? random.pick([0, 0xf2, 0xf3]) : 0;
  if (repeat !== 0) prefixes.push(repeat);
  const isTest = shape.name.startsWith("test i");
  const kind = isTest ? (size === 1 ? 1 : "z") : shape.immediate;
  const width = kind === 1 ? 1 : kind === "v" ? size : kind === "z" ? Math.min(size, 4) : 0;
  // A fault in the middle of nowhere is told apart by signals alone: operands lie where they may.
  const place = BigInt(OPERAND_ADDRESS + 64 + random.below(96));
  // Signals are delivered where the stack pointer is a good one alone.
  const isStack = /^(push|pop|i?div|cmpxchg8b)( |$)/.test(shape.name);
  if (isStack) record.setRegister(RSP, place & ~7n);
  if (shape.name === "leave") record.setRegister(5, place);
  const narrowNoise = (value: bigint): bigint =>
    is67 ? value | (BigInt(random.u32()) << 32n) : value;
  if (shape.name === "xlat") {
    record.setRegister(3, narrowNoise(place - 64n));
    record.setRegister(0, (record.register(0) & ~0xffn) | BigInt(random.below(64)));
  }
  if (shape.isString === true) {
    record.setRegister(6, narrowNoise(place));
    record.setRegister(7, narrowNoise(BigInt(OPERAND_ADDRESS + 64 + random.below(96))));
    if (repeat !== 0) record.setRegister(1, narrowNoise(BigInt(random.below(8))));
    if (random.below(2) === 0) record.flags |= DF;
  }
  const immediate = little(
    random.below(3) === 0 ? BigInt(random.below(3)) : random.integers(),
    width,
  );
  const code = [...prefixes, ...(isRex ? [0x40 | rex] : []), ...shape.opcode];
  let isMemory = false;
  // What a scan of nothing leaves in the high half differs among processors.
  let narrow = -1;
  if (shape.field !== -2) {
    const field = shape.field === -1 ? random.below(8) : shape.field;
    if (/^bs[fr]$/.test(shape.name) && size === 4) narrow = field | ((rex & 4) << 1);
    isMemory = shape.isMemory === true || random.below(2) === 0;
    if (isMemory) {
      const isAligned = shape.name === "cmpxchg8b" && random.below(8) > 0;
      const target = isAligned ? place & ~15n : place;
      const operand = memory(random, record, rex, target, width, code.length, is67);
      operand[0] = (operand[0] ?? 0) | (field << 3);
      code.push(...operand);
      // The stack pointer stays where it may point.
      if (isStack && memoryUses(operand, rex, RSP)) return prepareInteger(random, record);
      const register = field | ((rex & 4) << 1);
      // A bit string's index reaches away from its operand.
      if (/^bt.?$/.test(shape.name)) {
        const isAddress = memoryUses(operand, rex, register);
        if (isAddress) return prepareInteger(random, record);
        const high =
          size === 8 ? 0n : record.register(register) & (size === 4 ? ~0xffffffffn : ~0xffffn);
        record.setRegister(
          register,
          BigInt.asUintN(64, high | BigInt.asUintN(8 * size, BigInt(random.below(256) - 128))),
        );
      }
    } else code.push(0xc0 | (field << 3) | random.below(8));
  }
  code.push(...immediate);
  if (shape.isLockable === true && isMemory && random.below(8) === 0) code.unshift(0xf0);
  // Displacements that count from the next instruction were made without LOCK.
  const usesRip = isMemory && code[0] === 0xf0 && ((code.at(-5 - width) ?? 0) % 64) % 8 === 5;
  if (usesRip) code.shift();
  if (code.length > 15) return prepareInteger(random, record);
  record.instruction = code;
  const count = shiftCount(shape, record, immediate, size);
  const flags = ALL & ~(shape.undefinedFlags?.(size, count) ?? 0);
  return { name: `${shape.name} ${size}`, flags, narrow };
}

/** Does the address of an operand use a register? */
function memoryUses(
  [modrm = 0, sib = 0]: readonly number[],
  rex: number,
  register: number,
): boolean {
  if ((modrm & 7) !== 4) return ((modrm & 7) | ((rex & 1) << 3)) === register;
  return (
    ((sib & 7) | ((rex & 1) << 3)) === register ||
    (((sib >> 3) & 7) | ((rex & 2) << 2)) === register
  );
}

/** The count of a shift, as the processor takes it. */
function shiftCount(
  { opcode }: Shape,
  record: OracleRecord,
  immediate: readonly number[],
  size: number,
): number {
  const last = opcode.at(-1) ?? 0;
  const isCl =
    opcode.length === 1 ? last === 0xd2 || last === 0xd3 : last === 0xa5 || last === 0xad;
  const isOne = opcode.length === 1 && (last === 0xd0 || last === 0xd1);
  const count = isOne ? 1 : isCl ? Number(record.register(1) & 0xffn) : (immediate[0] ?? 0);
  return count & (size === 8 ? 63 : 31);
}
