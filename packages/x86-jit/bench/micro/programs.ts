/** The micro programs of `programs.asm`: 31 in protected mode, of which 24 in long mode, too. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Name of each program, in the order of its numbers, and rounds that take some hundredths of a second. */
const PROGRAMS: readonly (readonly [name: string, rounds: number])[] = [
  ["alu", 5_000_000],
  ["flags", 3_000_000],
  ["imul", 4_000_000],
  ["muldiv", 1_500_000],
  ["shifts", 4_000_000],
  ["rotates", 2_000_000],
  ["shld", 3_000_000],
  ["bits", 2_000_000],
  ["cmov", 4_000_000],
  ["loadstore", 1500],
  ["bytes", 600],
  ["words", 1500],
  ["unaligned", 1500],
  ["stack", 2_000_000],
  ["calls", 2_000_000],
  ["indirect", 3_000_000],
  ["recursion", 2000],
  ["movs", 1000],
  ["stos-scas", 600],
  ["lods-cmps", 2000],
  ["sieve", 100],
  ["crc", 300],
  ["sort", 150],
  ["exchange", 1_000_000],
  ["bcd", 1_000_000],
  ["pusha", 1_000_000],
  ["segments", 1_000_000],
  ["enter", 1_500_000],
  ["loop-xlat", 50_000],
  ["collatz", 50_000],
  ["matrix", 600],
];
/** So many of them there are in long mode. */
const IN_LONG_MODE = 24;

/** A program of a mode. */
export interface MicroProgram {
  readonly name: string;
  readonly bits: 32 | 64;
  readonly number: number;
  readonly rounds: number;
}

/** All of them: those of protected mode, then those of long mode. */
export const MICRO_PROGRAMS: readonly MicroProgram[] = ([32, 64] as const).flatMap((bits) =>
  PROGRAMS.slice(0, bits === 64 ? IN_LONG_MODE : undefined).map(([name, rounds], n) => ({
    name,
    bits,
    number: n + 1,
    rounds,
  })),
);

/** Is there a `nasm`? */
export function hasNasm(): boolean {
  return spawnSync("nasm", ["-v"]).status === 0;
}

/**
 * The firmware of a program, 64 KiB.
 * @param rounds default: the program's own
 * @throws Error with what nasm says
 */
export function microImage(
  { bits, number, rounds: usual }: MicroProgram,
  source: string,
  rounds = usual,
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "mem-micro-"));
  try {
    const image = join(folder, "image");
    const defines = [`-DBITS=${bits}`, `-DPROGRAM=${number}`, `-DROUNDS=${rounds}`];
    const { status, stderr } = spawnSync("nasm", ["-f", "bin", ...defines, "-o", image, source]);
    if (status !== 0) throw new Error(stderr.toString());
    return new Uint8Array(readFileSync(image));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
