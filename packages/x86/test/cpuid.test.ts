import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CpuModel } from "../src/index.js";
import { CPU_FEATURES } from "../src/model/features.js";
import { assemble, hasNasm } from "./harness/assemble.js";
import { runOnMachine } from "./harness/machine.js";
import { runOnQemu } from "./harness/qemu.js";

const PROGRAM = { name: "cpuid", file: "cpuid.asm", mode: 16, judge: "qemu" } as const;
/** What QEMU 7.2's TCG answers; made anew with MEM_X86_RECORD=1. */
const RECORDED = fileURLToPath(new URL("recorded/cpuid.txt", import.meta.url));
const MODELS = [
  ...["qemu32", "pentium3", "qemu64", "Nehalem", "max"],
  ...["qemu64,+popcnt,-sse3", "Nehalem,+x2apic,+movbe,-sse4.2", "qemu32,+lm,+nx"],
  // Features in leaves that the model has not.
  ...["pentium3,+smep", "pentium3,+umip", "pentium3,+nx", "qemu32,+arat", "qemu32,+invtsc"],
];

/** One answer: leaf, subleaf, EAX, EBX, ECX, EDX. */
type Answer = readonly [number, number, number, number, number, number];

function answersOf(stream: Uint8Array): Answer[] {
  const words = new Uint32Array(new Uint8Array(stream).buffer);
  return Array.from({ length: words.length / 6 }, (_, n) => [
    ...words.subarray(6 * n, 6 * n + 6),
  ]) as unknown as Answer[];
}
const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
const lineOf = (answer: Answer): string => answer.map(hex).join(" ");

function recorded(): Map<string, Answer[]> {
  const models = new Map<string, Answer[]>();
  let lines: Answer[] = [];
  for (const line of readFileSync(RECORDED, "utf8").trim().split("\n")) {
    const words = line.split(" ");
    if (words[0] === "model") models.set(words[1] ?? "", (lines = []));
    else lines.push(words.map((word) => Number.parseInt(word, 16)) as unknown as Answer);
  }
  return models;
}

const REGISTERS = ["eax", "ebx", "ecx", "edx"] as const;
/** Leaves of what there is not: XSAVE's and SVM's. Leaves that do not exist answer as XSAVE's where that is the last. */
const ABSENT = new Set([0x0d, 0x8000_000a]);

/** Features that QEMU 7.2's TCG has not, and takes away with a warning: leaf, index of the register, bit. */
const ONLY_HERE = [
  ["x2apic", 1, 2, 1 << 21],
  ["tsc-deadline", 1, 2, 1 << 24],
  ["invtsc", 0x8000_0007, 3, 1 << 8],
] as const;

/** What QEMU answers, less the features that are not implemented, with those that it has not. */
function expected(
  [asked, subleaf, ...words]: Answer,
  model: CpuModel,
  last: number,
  extended: number,
): Answer {
  const isThere =
    asked <= last || (asked >= 0x8000_0000 && asked <= extended) || asked >>> 1 === 0x2000_0000;
  const answered = isThere ? asked : last;
  const kept = words.map((word, n) => {
    if (ABSENT.has(answered)) return 0;
    const absent = CPU_FEATURES.filter(
      (f) => f.leaf === answered && f.register === REGISTERS[n] && !f.isImplemented,
    );
    return absent.reduce((rest, { bit }) => rest & ~(1 << bit), word);
  });
  for (const [name, leaf, register, bit] of ONLY_HERE) {
    if (answered === leaf && model.has(name)) kept[register] |= bit;
  }
  // Linear addresses of 57 bits need page tables of five levels.
  if (answered === 0x8000_0008) kept[0] = (kept[0] & ~0xff00) | (Math.min(kept[0] >> 8, 48) << 8);
  if (answered === 0x4000_0000) kept.splice(1, 3, ...["Mem.", "Mem.", "Mem."].map(letters));
  return [asked, subleaf, ...kept] as unknown as Answer;
}
function letters(text: string): number {
  return new DataView(new TextEncoder().encode(text).buffer).getUint32(0, true);
}

describe("CPUID, compared with QEMU 7.2 leaf by leaf", () => {
  it.for(MODELS)("-cpu %s", async (model, context) => {
    context.skip(!hasNasm(), "nasm is not installed");
    const image = assemble(PROGRAM);
    if (process.env["MEM_X86_RECORD"] === "1") {
      const answers = answersOf(await runOnQemu(image, { is64: true, cpu: model }));
      const before = existsSync(RECORDED) && model !== MODELS[0] ? readFileSync(RECORDED) : "";
      const lines = [`model ${model}`, ...answers.map(lineOf)].join("\n");
      writeFileSync(RECORDED, `${before.toString()}${lines}\n`);
    }
    const answers = recorded().get(model) ?? [];
    expect(answers.length).toBeGreaterThan(80);
    const highest = (leaf: number): number => answers.find(([asked]) => asked === leaf)?.[2] ?? 0;
    const parsed = CpuModel.parse(model);
    const wanted = answers.map((one) => expected(one, parsed, highest(0), highest(0x8000_0000)));
    const run = runOnMachine(image, 100_000, parsed);
    expect(run.end).toBe("finished");
    expect(answersOf(run.stream).map(lineOf)).toEqual(wanted.map(lineOf));
  });
});
