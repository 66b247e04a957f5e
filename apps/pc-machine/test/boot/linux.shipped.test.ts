import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Program, type ProgramResult, type ProgramRun } from "../cli/program.js";
import { seabiosMissing } from "../support/firmware.js";

const MIB = 1 << 20;
/** Bounds so that what hangs ends; nothing is measured. */
const LIMIT_MS = 1_800_000;
const PROMPT = "mem:/root# ";

const sha256 = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");
const numbers = Array.from({ length: 20_000 }, (_unused, index) => `${index + 1}\n`);
const LINES = numbers.join("");
const SORTED = numbers.toSorted().join("");

/** What is typed, and what a shell on any machine answers. */
const COMMANDS: readonly (readonly [string, string])[] = [
  ["ls -1 -d /etc/inittab /bin/busybox", "/bin/busybox\r\n/etc/inittab"],
  ["dd if=/dev/zero bs=64k count=16 2>/dev/null | sha256sum", sha256("\0".repeat(MIB))],
  ["seq 20000 | sha256sum", sha256(LINES)],
  ["seq 20000 | gzip | gzip -d | sha256sum", sha256(LINES)],
  ["seq 20000 | sort | sha256sum", sha256(SORTED)],
  ["seq 20000 | awk '{ s += $1 * $1 } END { printf \"%.0f\\n\", s / 2 }'", "1333433335000"],
];

/** Lines of a kernel's log that say that this machine is not as one should be. */
const COMPLAINT =
  /BIOS bug|calibrat\w+ (failed|against)|unstable|unsynchronized|Unknown symbol|ACPI (Error|Warning|BIOS Error)|IO-APIC.*not|MP-BIOS|read-back delay|not consistent|invalid rate|spurious|lost interrupt/i;

/** A Linux that runs, and what it has printed. */
class Linux {
  readonly run: ProgramRun;
  #read = 0;

  constructor(program: Program, options: readonly string[]) {
    this.run = program.start(["linux", ...options], LIMIT_MS);
  }

  /** What is printed from now on, up to `end`. */
  async until(end: string): Promise<string> {
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
    return this.until(PROMPT);
  }

  /** Boots, and has `name` on the disk with the lines in it, not just in memory. */
  async writes(name: string): Promise<void> {
    await this.until(PROMPT);
    const answer = await this.type(
      `mount -t ext2 /dev/sda /mnt && seq 20000 > /mnt/${name} && sync && echo writ''ten`,
    );
    if (!answer.includes("written")) throw new Error(`nothing was written:\n${answer}`);
  }
}

describe("Debian's Linux", () => {
  let missing: string | null = null;
  let program: Program;
  let linux: Linux;
  let image: string;
  const started: Linux[] = [];

  const start = (disk: string, ...options: readonly string[]): Linux => {
    const run = new Linux(program, ["-hda", disk, ...options]);
    started.push(run);
    return run;
  };
  const disk = (name: string): string => {
    const path = program.write(name, new Uint8Array(16 * MIB));
    expect(spawnSync("mke2fs", ["-q", "-F", path]).status).toBe(0);
    return path;
  };
  /** What `e2fsck` says of a disk: nothing to mend is 0, mended without a question 1. */
  const checked = (path: string, mend: "-n" | "-p"): number | null =>
    spawnSync("e2fsck", ["-f", mend, path]).status;
  const fileOn = (path: string, name: string): string =>
    spawnSync("debugfs", ["-R", `cat /${name}`, path], { encoding: "latin1" }).stdout;

  beforeAll(() => {
    missing = seabiosMissing();
    if (missing !== null) return;
    const tools = spawnSync("sh", ["-c", "command -v mke2fs && command -v e2fsck"]);
    if (tools.status !== 0) {
      missing = "e2fsprogs is not installed";
      return;
    }
    program = new Program();
    // Fetches the packages, where they are not there yet.
    const prepared = program.run(["linux", "--prepare"]);
    if (prepared.code !== 0) {
      missing = prepared.stderr.trim().split("\n").at(-1) ?? "no kernel can be had";
      return;
    }
    image = disk("disk.img");
    // Time is counted in instructions: what it says does not depend on how busy the host is.
    linux = start(image, "-icount", "shift=3");
  }, LIMIT_MS);
  afterAll(() => {
    for (const { run } of started) run.kill("SIGKILL");
    program?.dispose();
  });

  it(
    "boots to a shell, and has nothing to complain about",
    async (context) => {
      context.skip(missing !== null, missing ?? "");
      const log = await linux.until(PROMPT);
      expect(log.split("\n").filter((line) => COMPLAINT.test(line))).toEqual([]);
      expect(log).toContain("Freeing unused kernel image (initmem) memory");
    },
    LIMIT_MS,
  );

  it.each(COMMANDS)(
    "computes what other machines compute: %s",
    async (command, answer) => {
      if (missing !== null) return;
      expect(await linux.type(command)).toContain(answer);
    },
    LIMIT_MS,
  );

  it(
    "keeps files on a disk over a reboot and a poweroff",
    async (context) => {
      context.skip(missing !== null, missing ?? "");
      await linux.type("mount -t ext2 /dev/sda /mnt && seq 20000 > /mnt/numbers && sync");
      linux.run.type("reboot\n");
      await linux.until("machine restart");
      await linux.until(PROMPT);
      await linux.type("mount -t ext2 /dev/sda /mnt");
      expect(await linux.type("sha256sum /mnt/numbers")).toContain(sha256(LINES));
      linux.run.type("seq 20000 > /mnt/more; poweroff\n");
      expect((await linux.run.ended).code).toBe(0);
      expect(checked(image, "-n")).toBe(0);
      expect(fileOn(image, "numbers")).toBe(LINES);
      expect(fileOn(image, "more")).toBe(LINES);
    },
    LIMIT_MS,
  );

  it(
    "leaves a disk whole when its power button is pressed, when it is quit and when it is killed",
    async (context) => {
      context.skip(missing !== null, missing ?? "");
      const button = disk("button.img");
      const quit = disk("quit.img");
      const killed = disk("killed.img");
      const pressed = async (): Promise<void> => {
        const guest = start(button);
        await guest.writes("numbers");
        guest.run.type("seq 20000 > /mnt/more\n");
        await guest.until(PROMPT);
        guest.run.type("\u0001csystem_powerdown\n");
        expect((await guest.run.ended).code).toBe(0);
        expect(guest.run.stdout).toContain("Power down");
      };
      const left = async (path: string, how: (run: ProgramRun) => void): Promise<void> => {
        const guest = start(path);
        await guest.writes("numbers");
        how(guest.run);
        await guest.run.ended;
      };
      await Promise.all([
        pressed(),
        left(quit, (run) => run.type("\u0001x")),
        left(killed, (run) => run.kill("SIGKILL")),
      ]);
      expect(checked(button, "-n")).toBe(0);
      expect(fileOn(button, "more")).toBe(LINES);
      // Nobody told these that the end was near: they are marked as in use, and that is all.
      for (const path of [quit, killed]) {
        expect(checked(path, "-p")).toBeLessThanOrEqual(1);
        expect(checked(path, "-n")).toBe(0);
        expect(fileOn(path, "numbers")).toBe(LINES);
      }
    },
    LIMIT_MS,
  );
});

/** Kernels that are booted besides, and what their logs and `/proc/cpuinfo` must show. */
const KERNELS: readonly {
  readonly name: string;
  readonly options: readonly string[];
  readonly processors: number;
  readonly says: string;
  /** True if it is put to sleep, too. */
  readonly sleeps: boolean;
}[] = [
  {
    name: "with two processors",
    options: ["-smp", "2"],
    processors: 2,
    says: "smp: Brought up 1 node, 2 CPUs",
    sleeps: true,
  },
  {
    name: "with addresses of 36 bits",
    options: ["--package", "linux-image-686-pae"],
    processors: 1,
    says: "NX (Execute Disable) protection: active",
    sleeps: true,
  },
  {
    name: "of 64 bits",
    options: ["--arch", "amd64"],
    processors: 1,
    says: "x86/mm: Checked W+X mappings: passed",
    sleeps: false,
  },
];

describe.each(KERNELS)("Debian's Linux $name", ({ options, processors, says, sleeps }) => {
  let missing: string | null = null;
  let program: Program;
  let linux: Linux;

  beforeAll(() => {
    missing = seabiosMissing();
    if (missing !== null) return;
    program = new Program();
    const prepared = program.run(["linux", ...options, "--prepare"]);
    if (prepared.code !== 0) {
      missing = prepared.stderr.trim().split("\n").at(-1) ?? "no kernel can be had";
      return;
    }
    linux = new Linux(program, [...options, "-icount", "shift=3"]);
  }, LIMIT_MS);
  afterAll(() => {
    linux?.run.kill("SIGKILL");
    program?.dispose();
  });

  it(
    "boots to a shell, and has nothing to complain about",
    async (context) => {
      context.skip(missing !== null, missing ?? "");
      const log = await linux.until(PROMPT);
      expect(log.split("\n").filter((line) => COMPLAINT.test(line))).toEqual([]);
      expect(log).toContain(says);
      const count = await linux.type("grep -c ^processor /proc/cpuinfo");
      expect(count).toContain(`\r\n${processors}\r\n`);
    },
    LIMIT_MS,
  );

  it.runIf(sleeps)(
    "sleeps with its memory kept until the alarm, and goes on",
    async (context) => {
      context.skip(missing !== null, missing ?? "");
      await linux.type("seq 20000 > /tmp/numbers");
      await linux.type("echo +20 > /sys/class/rtc/rtc0/wakealarm");
      const slept = await linux.type("echo mem > /sys/power/state && echo awa''ke");
      expect(slept).toContain("Waking up from system sleep state S3");
      expect(slept).toContain("awake");
      expect(slept.split("\n").filter((line) => COMPLAINT.test(line))).toEqual([]);
      expect(await linux.type("sha256sum /tmp/numbers")).toContain(sha256(LINES));
      linux.run.type("poweroff\n");
      expect((await linux.run.ended).code).toBe(0);
    },
    LIMIT_MS,
  );
});
