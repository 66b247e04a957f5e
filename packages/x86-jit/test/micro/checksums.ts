/** The micro programs, compared with QEMU's checksums of them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runMicro } from "../../bench/micro/machine.js";
import { type MicroProgram, hasNasm, microImage } from "../../bench/micro/programs.js";

const place = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const SOURCE = place("../../bench/micro/programs.asm");
/** Rounds for which the checksums are. */
const ROUNDS = 3;

/** Why the programs cannot be run, `null` when they can. */
export function microMissing(): string | null {
  return hasNasm() ? null : "nasm is not installed";
}

/** What QEMU 7.2's TCG sends, by the program's name and its bits. */
const recorded = new Map(
  readFileSync(place("checksums.txt"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string]),
);

/** Checksums of a program: QEMU's, interpreted, translated. */
export function checksumsOf(program: MicroProgram): readonly (string | undefined)[] {
  const image = microImage(program, SOURCE, ROUNDS);
  const found = [false, true].map((isTranslated) => runMicro(image, isTranslated).checksum);
  return [
    recorded.get(`${program.name}.${program.bits}`),
    ...found.map((checksum) => checksum.toString(16).padStart(8, "0")),
  ];
}
