/** Model specific registers: a row for each, or for a run of them. What has no row raises #GP. */
import { ApicBase } from "../apic/registers.js";
import { EFER_LMA, EFER_LME, EFER_NXE, EFER_SCE, FS, GS } from "../constants.js";
import { flushTlb } from "../mmu/tlb.js";
import type { Cpu } from "../state/cpu.js";
import { gp } from "../state/fault.js";

/** A register, or several that follow one another. */
interface MsrRow {
  readonly first: number;
  /** Default: {@link first}. */
  readonly last?: number;
  /** The feature without which it is not there; default: none is needed. */
  readonly feature?: string;
  /** Value after a reset; default 0. */
  readonly initial?: bigint;
  /** Bits that can be written; others raise #GP. Default: all 64. */
  readonly writable?: bigint;
  /** Default: what was written last. */
  read?(c: Cpu, index: number): bigint;
  /** Default: it is stored. */
  write?(c: Cpu, value: bigint, index: number): void;
  /** Is a value one that there is? Otherwise #GP. Default: every one is. */
  isValid?(value: bigint): boolean;
}

const nothing = (): void => undefined;
const refuse = (c: Cpu): never => gp(c, 0);

/** Types of memory: uncacheable, write combining, write through, write protected, write back. */
const MEMORY_TYPES = new Set([0, 1, 4, 5, 6]);
/** In the PAT there is also "uncacheable, unless an MTRR says otherwise". */
const PAT_TYPES = new Set([...MEMORY_TYPES, 7]);
const DEFAULT_PAT = 0x0007_0406_0007_0406n;
/** Eight variable ranges, fixed ranges, write combining. */
const MTRR_CAP = 0x508n;
/** Ten banks, and the register that switches them on. */
const MCG_CAP = 0x10an;
const MC_BANKS = 10;
/** The nominal multiplier, as QEMU tells it. */
const PERF_STATUS = (4n << 40n) | 1000n;
const FAST_STRINGS = 1n;

function everyByte(value: bigint, types: ReadonlySet<number>): boolean {
  for (let at = 0n; at < 64n; at += 8n) {
    if (!types.has(Number((value >> at) & 0xffn))) return false;
  }
  return true;
}
/** MTRRs of fixed ranges. */
const fixedRow = (first: number, count: number): MsrRow => ({
  first,
  last: first + count - 1,
  feature: "mtrr",
  isValid: (value) => everyByte(value, MEMORY_TYPES),
});

/** Bits of addresses in MTRRs at least: firmware takes 36 for granted where CPUID does not tell. */
const MTRR_ADDRESS_BITS = 36;
/** Bases, whose low byte is a type, and masks of ranges, by turns; addresses are those of pages. */
function writeRange(c: Cpu, value: bigint, index: number): void {
  const isMask = (index & 1) === 1;
  const reserved = isMask ? 0x7ffn : 0xf00n;
  const isWhole = value >> BigInt(Math.max(c.physicalBits, MTRR_ADDRESS_BITS)) === 0n;
  const isType = isMask || MEMORY_TYPES.has(Number(value & 0xffn));
  if ((value & reserved) !== 0n || !isWhole || !isType) gp(c, 0);
  c.msr.set(index, value);
}

/** EFER is there with any of the features that it enables. */
function needEfer(c: Cpu): void {
  const { model } = c;
  if (!model.has("nx") && !model.has("syscall") && !model.has("lm")) gp(c, 0);
}
function readEfer(c: Cpu): bigint {
  needEfer(c);
  return BigInt(c.efer);
}
/** Writes EFER. Entering long mode is CR0.PG's to do. */
function writeEfer(c: Cpu, value: bigint): void {
  needEfer(c);
  const { model } = c;
  const allowed =
    (model.has("syscall") ? EFER_SCE : 0) |
    (model.has("lm") ? EFER_LME | EFER_LMA : 0) |
    (model.has("nx") ? EFER_NXE : 0);
  if ((value & ~BigInt(allowed)) !== 0n) gp(c, 0);
  const next = (Number(value) & ~EFER_LMA) | (c.efer & EFER_LMA);
  const isPaging = c.cr0 < 0;
  if (isPaging && ((next ^ c.efer) & EFER_LME) !== 0) gp(c, 0);
  const changesNx = ((next ^ c.efer) & EFER_NXE) !== 0;
  c.efer = next;
  if (changesNx) flushTlb(c);
}

/** An address of 64-bit code as a register's value. */
const fromAddress = (address: number): bigint => BigInt.asUintN(64, BigInt(address));
/** A register's value as an address; throws #GP(0) unless it is canonical. */
function toAddress(c: Cpu, value: bigint): number {
  const signed = BigInt.asIntN(64, value);
  if (BigInt.asIntN(48, value) !== signed) gp(c, 0);
  return Number(signed);
}
/** A register of long mode that holds an address. */
const addressRow = (first: number, name: "lstar" | "cstar" | "kernelGs"): MsrRow => ({
  first,
  feature: "lm",
  read: (c) => fromAddress(c.long[name]),
  write: (c, value) => void (c.long[name] = toAddress(c, value)),
});
/** An address of level 0 that SYSENTER loads: it has 64 bits where there is long mode. */
const sysenterRow = (index: number): MsrRow => ({
  first: index,
  feature: "sep",
  write: (c, value) => {
    if (c.model.has("lm")) toAddress(c, value);
    c.msr.set(index, value);
  },
});
/** The base of a segment. */
const baseRow = (first: number, seg: number): MsrRow => ({
  first,
  feature: "lm",
  read: (c) => fromAddress(c.long.bases[seg]),
  write: (c, value) => {
    c.segBase[seg] = (c.long.bases[seg] = toAddress(c, value)) | 0;
  },
});

function readTsc(c: Cpu): bigint {
  return BigInt.asUintN(64, c.host.readTsc() + c.tscOffset);
}
function writeTsc(c: Cpu, value: bigint): void {
  c.tscOffset = value - c.host.readTsc();
}

function readApicBase(c: Cpu): bigint {
  // Without an APIC it reads as that of a boot processor whose APIC is off.
  return c.apic === null ? 0xfee0_0100n : BigInt(c.apic.base);
}
function writeApicBase(c: Cpu, value: bigint): void {
  if (c.apic === null) return;
  const known =
    ApicBase.BOOTSTRAP | ApicBase.ENABLE | (c.model.has("x2apic") ? ApicBase.X2APIC : 0);
  const low = Number(value & 0xfffn);
  if ((low & ~known) !== 0 || value >> BigInt(c.physicalBits) !== 0n) gp(c, 0);
  if (!c.apic.setBase(Number(value & 0xffff_ffffn))) gp(c, 0);
}

const X2APIC_FIRST = 0x800;
const X2APIC_COMMAND = 0x30;
/** x2APIC registers: those that can be read, and those that can be written. */
const X2APIC_READABLE = new Set([
  0x02, 0x03, 0x08, 0x0a, 0x0d, 0x0f, 0x28, 0x30, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39,
  0x3e,
]);
const X2APIC_WRITABLE = new Set([
  0x08, 0x0b, 0x0f, 0x28, 0x30, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x3e, 0x3f,
]);
/** Registers to which nothing but 0 is written. */
const X2APIC_ZERO = new Set([0x0b, 0x28]);

function readX2apic(c: Cpu, index: number): bigint {
  const register = index - X2APIC_FIRST;
  const isSet = register >= 0x10 && register <= 0x27;
  if (c.apic?.isX2apic !== true || !(isSet || X2APIC_READABLE.has(register))) return gp(c, 0);
  const high = register === X2APIC_COMMAND ? BigInt(c.apic.commandHigh >>> 0) << 32n : 0n;
  return high | BigInt(c.apic.read(register) >>> 0);
}
function writeX2apic(c: Cpu, value: bigint, index: number): void {
  const register = index - X2APIC_FIRST;
  if (c.apic?.isX2apic !== true || !X2APIC_WRITABLE.has(register)) return gp(c, 0);
  if (X2APIC_ZERO.has(register) && value !== 0n) gp(c, 0);
  const high = Number(value >> 32n);
  if (register === X2APIC_COMMAND) c.apic.write(register + 1, high);
  else if (high !== 0) gp(c, 0);
  c.apic.write(register, Number(value & 0xffff_ffffn));
}

const readDeadline = (c: Cpu): bigint => c.apic?.deadline ?? 0n;
function writeDeadline(c: Cpu, value: bigint): void {
  // The time stamp counter counts nanoseconds of the machine's clock.
  c.apic?.setDeadline(value, Number(BigInt.asIntN(64, value - readTsc(c))));
}

function readMicrocode(c: Cpu): bigint {
  return c.model.definition.vendor === "AuthenticAMD" ? 0x0100_0065n : 0x1_0000_0000n;
}

const ROWS: readonly MsrRow[] = [
  // Machine checks of the Pentium: none has happened.
  { first: 0x00, last: 0x01, write: nothing },
  { first: 0x10, feature: "tsc", read: readTsc, write: writeTsc },
  { first: 0x17, write: refuse },
  { first: 0x1b, feature: "apic", read: readApicBase, write: writeApicBase },
  { first: 0x2a, write: nothing },
  // Virtualization is locked, and off.
  { first: 0x3a, read: () => 1n, write: refuse },
  { first: 0x79, write: nothing },
  { first: 0x8b, read: readMicrocode, write: nothing },
  { first: 0xfe, feature: "mtrr", read: () => MTRR_CAP, write: refuse },
  { first: 0x174, feature: "sep" },
  sysenterRow(0x175),
  sysenterRow(0x176),
  { first: 0x179, feature: "mca", read: () => MCG_CAP, write: refuse },
  { first: 0x17a, last: 0x17b, feature: "mca" },
  { first: 0x198, read: () => PERF_STATUS, write: nothing },
  { first: 0x1a0, initial: FAST_STRINGS },
  { first: 0x1d9, writable: 0n },
  { first: 0x200, last: 0x20f, feature: "mtrr", write: writeRange },
  fixedRow(0x250, 1),
  fixedRow(0x258, 2),
  fixedRow(0x268, 8),
  {
    first: 0x277,
    feature: "pat",
    initial: DEFAULT_PAT,
    isValid: (value) => everyByte(value, PAT_TYPES),
  },
  {
    first: 0x2ff,
    feature: "mtrr",
    writable: 0xcffn,
    isValid: (value) => MEMORY_TYPES.has(Number(value & 0xffn)),
  },
  { first: 0x400, last: 0x400 + 4 * MC_BANKS - 1, feature: "mca" },
  { first: 0x6e0, feature: "tsc-deadline", read: readDeadline, write: writeDeadline },
  { first: 0x800, last: 0x8ff, feature: "x2apic", read: readX2apic, write: writeX2apic },
  { first: 0xc000_0080, read: readEfer, write: writeEfer },
  {
    first: 0xc000_0081,
    feature: "syscall",
    read: (c) => BigInt.asUintN(64, c.long.star),
    write: (c, value) => void (c.long.star = value),
  },
  addressRow(0xc000_0082, "lstar"),
  addressRow(0xc000_0083, "cstar"),
  {
    first: 0xc000_0084,
    feature: "lm",
    writable: 0xffff_ffffn,
    read: (c) => BigInt(c.long.syscallMask >>> 0),
    write: (c, value) => void (c.long.syscallMask = Number(value) | 0),
  },
  baseRow(0xc000_0100, FS),
  baseRow(0xc000_0101, GS),
  addressRow(0xc000_0102, "kernelGs"),
  { first: 0xc000_0103, feature: "rdtscp", writable: 0xffff_ffffn },
  // AMD's: the system configuration, the hardware configuration, the tops of memory, the north bridge.
  ...[0x10, 0x15, 0x1a, 0x1d, 0x1f, 0x55].map((n) => ({ first: 0xc001_0000 + n })),
  { first: 0xc001_0114, write: nothing },
];

const BY_INDEX = new Map<number, MsrRow>();
for (const row of ROWS) {
  for (let index = row.first; index <= (row.last ?? row.first); index++) BY_INDEX.set(index, row);
}

function rowOf(c: Cpu, index: number, what: string): MsrRow {
  const row = BY_INDEX.get(index);
  if (row !== undefined && (row.feature === undefined || c.model.has(row.feature))) return row;
  c.host.guestError(
    `${what} of model specific register 0x${index.toString(16)}, which is not there`,
  );
  return gp(c, 0);
}

/** RDMSR's value; throws #GP(0) where there is no such register. */
export function readMsr(c: Cpu, index: number): bigint {
  const row = rowOf(c, index, "read");
  return row.read?.(c, index) ?? c.msr.get(index) ?? row.initial ?? 0n;
}

/** WRMSR; throws #GP(0) where there is no such register, or it does not take the value. */
export function writeMsr(c: Cpu, index: number, value: bigint): void {
  const row = rowOf(c, index, "write");
  const isReserved = row.writable !== undefined && (value & ~row.writable) !== 0n;
  if (isReserved || row.isValid?.(value) === false) gp(c, 0);
  if (row.write === undefined) c.msr.set(index, value);
  else row.write(c, value, index);
}

/** The time stamp counter, as RDTSC and its register show it. */
export const timeStamp: (c: Cpu) => bigint = readTsc;
/** Value that RDTSCP puts into ECX beside the time. */
export function timeStampAux(c: Cpu): number {
  return Number(c.msr.get(0xc000_0103) ?? 0n) | 0;
}
