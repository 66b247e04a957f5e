/** Reports on a unit: its size, its runs, its listing. */
import { Disassembler, type DisassembledInstruction } from "@mem/x86";
import { formatBody } from "@mem/wasm-emit";
import type { Unit } from "./unit.js";

/**
 * One unit in numbers.
 * @see {@link Translator.units}
 */
export interface UnitReport {
  /** Linear address of its first instruction; that of 64-bit code is signed. */
  readonly linear: number;
  /** Kind of its code: 16, 32 or 64 bits. */
  readonly bits: 16 | 32 | 64;
  /** Was it made for code at privilege level 3? */
  readonly isUser: boolean;
  /** Guest instructions. */
  readonly instructions: number;
  /** Bytes of WebAssembly of its function. */
  readonly bytes: number;
  /** False while it waits for others to be compiled with. */
  readonly isCompiled: boolean;
  /** Times that it was entered, `null` where runs are not counted. */
  readonly runs: number | null;
}

/**
 * The two texts of a unit.
 * @see {@link Translator.listing}
 */
export interface UnitListing {
  /** The guest's instructions, by address. */
  readonly guest: readonly DisassembledInstruction[];
  /** The function in WebAssembly's text format, one instruction a line. */
  readonly wasm: string;
}

/** A unit in numbers. */
export function unitReport(unit: Unit, runs: number | null): UnitReport {
  return {
    linear: linearOf(unit),
    bits: bitsOf(unit),
    isUser: unit.mode.user,
    instructions: unit.instructionCount,
    bytes: unit.body.length,
    isCompiled: unit.compiled,
    runs,
  };
}

/** The texts of a unit. */
export function listingOf(unit: Unit): UnitListing {
  const disassembler = new Disassembler();
  const bytes = bytesOf(unit);
  const page = linearOf(unit) - (unit.linear & 0xfff);
  const guest: DisassembledInstruction[] = [];
  for (const start of unit.starts.toSorted()) {
    const one = disassembler.one(bytes.subarray(start, unit.last), {
      bits: bitsOf(unit),
      address: BigInt.asUintN(64, BigInt(page + start)),
    });
    if (one !== null) guest.push(one);
  }
  return { guest, wasm: formatBody(unit.body) };
}

/** The bytes of its page up to its last one, which may lie in the next page. */
function bytesOf({ code, end, last }: Unit): Uint8Array {
  const bytes = new Uint8Array(last);
  bytes.set(code.bytes.subarray(code.at, code.at + Math.min(last, 4096)));
  if (end !== null)
    bytes.set(end.code.bytes.subarray(end.code.at, end.code.at + last - 4096), 4096);
  return bytes;
}
function bitsOf({ mode }: Unit): 16 | 32 | 64 {
  if (mode.isLong) return 64;
  return mode.code32 ? 32 : 16;
}
/** The address as it is told: unsigned, but for that of 64-bit code. */
function linearOf({ linear, mode }: Unit): number {
  return mode.isLong ? linear : linear >>> 0;
}
