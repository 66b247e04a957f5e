/** Debian's Linux as `mem-pc linux` starts it, and the disks that it writes to. */
import { spawnSync } from "node:child_process";

import { expect } from "vitest";

import type { Program, ProgramResult, ProgramRun } from "../cli/program.js";
import { seabiosMissing } from "./firmware.js";

const MIB = 1 << 20;
/** A bound so that what hangs ends; nothing is measured. */
export const LINUX_LIMIT_MS = 1_800_000;
const PROMPT = "mem:/root# ";
const numbers = Array.from({ length: 20_000 }, (_unused, index) => `${index + 1}\n`);

/** What `seq 20000` prints. */
export const LINES: string = numbers.join("");
/** What `seq 20000 | sort` prints. */
export const SORTED: string = numbers.toSorted().join("");

/** A Linux that runs, and what it has printed. */
export class LinuxGuest {
  readonly run: ProgramRun;
  #read = 0;

  /** @param limitMs it is killed then */
  constructor(program: Program, options: readonly string[], limitMs: number = LINUX_LIMIT_MS) {
    this.run = program.start(["linux", ...options], limitMs);
  }

  /** What is printed from now on, up to `end`, which is the shell's prompt by default. */
  async until(end = PROMPT): Promise<string> {
    const { run } = this;
    let ended: ProgramResult | null = null;
    void run.ended.then((result) => (ended = result));
    for (;;) {
      const at = run.stdout.indexOf(end, this.#read);
      if (at >= 0) {
        const text = run.stdout.slice(this.#read, at);
        this.#read = at + end.length;
        return text;
      }
      if (ended !== null) {
        const { stderr } = ended as ProgramResult;
        throw new Error(`it ended before "${end}":\n${run.stdout.slice(-2000)}\n${stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What the shell answers to a command. */
  async type(command: string): Promise<string> {
    this.run.type(`${command}\n`);
    return this.until();
  }

  /** A command of the monitor, which takes the terminal meanwhile; repeated until its answer has `text`. */
  async monitor(command: string, text = ""): Promise<void> {
    const { run } = this;
    run.type("\u0001c");
    for (let isAnswered = false; !isAnswered;) {
      const from = run.stdout.length;
      run.type(`${command}\n`);
      let answer: string | undefined;
      while (answer === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        // It ends in the prompt for the next one.
        answer = run.stdout.slice(from).split(`${command}\n`)[1]?.split("(mem) ").at(-2);
      }
      isAnswered = answer.includes(text);
    }
    run.type("\u0001c");
  }

  /** Has `/numbers` on the disk with the lines in it, not just in memory. */
  async writesNumbers(): Promise<void> {
    const answer = await this.type(
      "mount -t ext2 /dev/sda /mnt && seq 20000 > /mnt/numbers && sync && echo writ''ten",
    );
    if (!answer.includes("written")) throw new Error(`nothing was written:\n${answer}`);
  }
}

/** Why Linux with these options, or its disk, cannot be had here; `null` when they can. Fetches what is missing. */
export function linuxMissing(program: Program, options: readonly string[]): string | null {
  const firmware = seabiosMissing();
  if (firmware !== null) return firmware;
  const tools = spawnSync("sh", ["-c", "command -v mke2fs && command -v e2fsck"]);
  if (tools.status !== 0) return "e2fsprogs is not installed";
  const prepared = program.run(["linux", ...options, "--prepare"]);
  if (prepared.code === 0) return null;
  return prepared.stderr.trim().split("\n").at(-1) ?? "no kernel can be had";
}

/** A disk of 16 MiB with an empty file system, as its path. */
export function emptyDisk(program: Program, name: string): string {
  const path = program.write(name, new Uint8Array(16 * MIB));
  expect(spawnSync("mke2fs", ["-q", "-F", path]).status).toBe(0);
  return path;
}

/** What `e2fsck` says of a disk: nothing to mend is 0, mended without a question 1. */
export function checkedDisk(path: string, mend: "-n" | "-p"): number | null {
  return spawnSync("e2fsck", ["-f", mend, path]).status;
}

/** The text of a file on a disk. */
export function fileOn(path: string, name: string): string {
  return spawnSync("debugfs", ["-R", `cat /${name}`, path], { encoding: "latin1" }).stdout;
}
