import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runMicro } from "./micro/machine.js";
import { type OtherEmulator, tcg, v86 } from "./micro/others.js";
import { MICRO_PROGRAMS, hasNasm, microImage } from "./micro/programs.js";

/**
 * The micro programs: milliseconds of each, beside those of v86 and of QEMU's TCG for the same bytes,
 * where these are installed. Each is the least of three runs in turns; checksums must agree.
 *
 * MEM_MICRO names programs, such as `crc,sieve.64`; MEM_MICRO_RUNS says how many turns.
 */
const RUNS = Number(process.env["MEM_MICRO_RUNS"] ?? 3);
const wanted = process.env["MEM_MICRO"]?.split(",");
const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "micro/programs.asm");

const cell = (text: string): string => text.padStart(10);
const hex = (checksum: number): string => checksum.toString(16).padStart(8, "0");

async function main(): Promise<void> {
  if (!hasNasm()) return console.log("nasm is not installed: no micro programs");
  const others: OtherEmulator[] = [];
  for (const find of [v86, tcg]) {
    const found = await find();
    if (typeof found === "string") console.log(found);
    else others.push(found);
  }
  const head = ["ms", "ns/instr", ...others.map(({ name }) => name), "checksum"];
  console.log("".padEnd(16) + head.map(cell).join(""));
  const ahead = new Map(others.map(({ name }) => [name, 0]));
  let count = 0;
  for (const program of MICRO_PROGRAMS) {
    const name = `${program.name}.${program.bits}`;
    if (wanted !== undefined && !wanted.includes(program.name) && !wanted.includes(name)) continue;
    const image = microImage(program, source);
    let best = Infinity;
    let each = 0;
    const checksums = new Set<number>();
    const times = others.map(() => Infinity);
    for (let run = 0; run < RUNS; run++) {
      const { checksum, milliseconds, instructions } = runMicro(image, true);
      checksums.add(checksum);
      best = Math.min(best, milliseconds);
      each = (best * 1e6) / instructions;
      for (const [k, other] of others.entries()) {
        const answer = await other.run(image, program.bits);
        if (answer === null) continue;
        checksums.add(answer.checksum);
        times[k] = Math.min(times[k] ?? Infinity, answer.milliseconds);
      }
    }
    count++;
    others.forEach((other, k) => {
      if (best < (times[k] ?? Infinity)) ahead.set(other.name, (ahead.get(other.name) ?? 0) + 1);
    });
    const shown = times.map((time) => (time === Infinity ? "-" : time.toFixed(1)));
    const sums = [...checksums].map(hex).join(" ");
    const cells = [best.toFixed(1), each.toFixed(2), ...shown, sums].map(cell);
    console.log(name.padEnd(16) + cells.join("") + (checksums.size === 1 ? "" : "  DIFFERS"));
    if (checksums.size !== 1) process.exitCode = 1;
  }
  for (const [name, times] of ahead) console.log(`ahead of ${name}: ${times} of ${count}`);
}

await main();
