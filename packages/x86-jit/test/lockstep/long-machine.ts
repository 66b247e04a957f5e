/** Long mode for the small machine: page tables of four levels, descriptors, and the registers of a mode. */
import type { CpuState, X86Cpu } from "@mem/x86";
import type { Random } from "@mem/common";
import { HANDLER_BYTES, writeLongHandlers } from "./handlers.js";
import { CODE, DATA } from "./places.js";

/** Kinds of guests with 64-bit code: at level 0, at level 3, and at addresses of the upper half. */
export const LONG_MODES = ["long", "longUser", "longUpper"] as const;
export type LongMode = (typeof LONG_MODES)[number];

/** All memory shows there, too. */
const UPPER = 0xffff_ffff_8000_0000n;
const PML4 = 0x12000;
const PDPT = 0x13000;
const DIRECTORY = 0x14000;
const PAGE_TABLE = 0x15000;
const IDT = 0x17000;
const TSS = 0x18000;
const GDT = 0x19000;
const LONG_HANDLERS = 0x1a000;
const VECTORS = 64;

/** Where the code of a mode lies, of an address in memory. */
export function longAddress(mode: LongMode, at: number): bigint {
  return mode === "longUpper" ? UPPER + BigInt(at) : BigInt(at);
}

/** Sixteen registers and RIP of a program at `at`. */
export function randomLongRegisters(random: Random, mode: LongMode, at: number): readonly bigint[] {
  const whole = (): bigint => {
    const high = random.pick([0, -1, random.next(), 1, 0x7fffffff]);
    return (BigInt(high >>> 0) << 32n) | BigInt(random.next() >>> 0);
  };
  const isUpper = (): boolean => random.oneIn(mode === "longUpper" ? 2 : 6);
  // Pointers into data, near the end of a page, near the device, and at the code itself.
  const pointer = (): bigint => {
    const places = [DATA + 0x200, DATA + 0xff0, DATA + 0x1ff8, 0xb000 - 6, 0xb010, at + 8, DATA];
    const place = random.pick(places) + random.below(0x40);
    return isUpper() ? UPPER + BigInt(place) : BigInt(place);
  };
  const small = (): bigint => BigInt(random.below(20));
  const stack = random.oneIn(6) ? pointer() : BigInt(DATA + 0x800 + 8 * random.below(4));
  const counter = random.oneIn(2) ? small() : whole();
  return [
    ...[whole(), counter, whole(), pointer(), stack, pointer(), pointer(), pointer()],
    ...[whole(), small(), whole(), random.oneIn(2) ? small() : whole(), pointer(), pointer()],
    ...[random.oneIn(9) ? whole() : pointer(), pointer()],
    longAddress(mode, at),
  ];
}

/** Writes what a mode needs into memory, and sets the registers: sixteen, and RIP. */
export function prepareLong(
  cpu: X86Cpu,
  bytes: Uint8Array,
  mode: LongMode,
  registers: readonly bigint[],
  eflags: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const put = (at: number, low: number, high = 0): void => {
    view.setUint32(at, low, true);
    view.setUint32(at + 4, high, true);
  };
  const isSmap = mode === "longUpper";
  put(PML4, PDPT | 7);
  put(PML4 + 8 * 511, PDPT | 7);
  put(PDPT, DIRECTORY | 7);
  put(PDPT + 8 * 510, DIRECTORY | 7);
  put(DIRECTORY, PAGE_TABLE | 7);
  for (let page = 0; page < 64; page++) {
    const isAbsent = page === 0xa || page === 0x6;
    // One page may only be read, at level 3, or is level 3's alone; it is data that cannot be executed.
    const isOdd = page === 0x9;
    const rights = isAbsent ? 0 : isSmap ? (isOdd ? 7 : 3) : isOdd ? 5 : page === 0x5 ? 0x107 : 7;
    put(PAGE_TABLE + 8 * page, (page << 12) | rights, page === 0x9 ? 0x80000000 : 0);
  }
  writeLongHandlers(bytes, LONG_HANDLERS);
  for (let v = 0; v < VECTORS; v++) {
    const handler = LONG_HANDLERS + v * HANDLER_BYTES;
    // With a stack of their own: that of the program may be anywhere.
    put(IDT + 16 * v, 0x00080000 | (handler & 0xffff), 0x8e01 | (handler & 0xf0000));
    put(IDT + 16 * v + 8, 0);
  }
  const descriptors = [
    ...[0, 0, 0xffff, 0x00af9a00, 0xffff, 0x00cf9200, 0xffff, 0x00cffa00, 0xffff, 0x00cff200],
    ...[0xffff, 0x00affa00, ((TSS & 0xffff) << 16) | 0x67, 0x8900 | (TSS >> 16), 0, 0],
  ];
  for (let k = 0; k < descriptors.length; k += 2) {
    put(GDT + 4 * k, descriptors[k] ?? 0, descriptors[k + 1]);
  }
  put(TSS + 4, 0x1cff0);
  put(TSS + 0x24, 0x1dff0);
  const user = mode === "longUser";
  const flat = { base: 0, limit: 0xffffffff };
  const data = user
    ? { ...flat, selector: 0x23, flags: 0xcff300 }
    : { ...flat, selector: 0x10, flags: 0xcf9300 };
  cpu.setState({
    cr4: isSmap ? 0x2006a0 : 0x6a0,
    cr3: PML4,
    efer: 0xd01,
    cr0: 0xe0010033,
    cs: { ...flat, selector: user ? 0x2b : 8, flags: user ? 0xaffb00 : 0xaf9b00 },
    ds: data,
    es: data,
    fs: data,
    gs: data,
    ss: data,
    tr: { selector: 0x30, base: TSS, limit: 0x67, flags: 0x8b00 },
    gdtr: { base: GDT, limit: 0x3f },
    idtr: { base: IDT, limit: 16 * VECTORS - 1 },
    cpl: user ? 3 : 0,
    halted: false,
    eflags,
  } satisfies Partial<CpuState>);
  const { long } = cpu.state();
  const bases = [...long.bases];
  bases[4] = 0x10n;
  bases[5] = UPPER;
  cpu.setState({
    long: {
      ...long,
      bases,
      kernelGsBase: 0x20n,
      registers: registers.slice(0, 16),
      rip: registers[16] ?? BigInt(CODE),
    },
  });
}
