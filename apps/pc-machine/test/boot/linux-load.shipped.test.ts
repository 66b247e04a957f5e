/** Linux under load for minutes: clocks, interrupts, results and the memory of the process stay as they should be. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { Program } from "../cli/program.js";
import {
  checkedDisk,
  emptyDisk,
  LINES,
  LinuxGuest,
  linuxMissing,
  SORTED,
} from "../support/linux-guest.js";

/** Minutes of load; without it there is none. */
const MINUTES = Number(process.env["MEM_LOAD_MINUTES"] ?? 0);
const MINUTE_MS = 60_000;
/** What comes before and behind the load. */
const AROUND_MS = 1_800_000;
/** The clocks' share of a time that they may be off. */
const MOST_DRIFT = 0.01;
/** The RTC counts whole seconds, and is read twice. */
const WHOLE_S = 2;
/** Growth of the process from the first half of the load to its last third that is none: collections come when they like. */
const LEVEL = 1.1;

const sum = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");

/**
 * Loops that run beside each other; each counts its rounds, and notes an answer that is wrong. They let the shell go first,
 * or what it answers about the time would be old.
 */
const LOADS: readonly (readonly [name: string, command: string, answer: string])[] = [
  [
    "sha256sum",
    "dd if=/dev/zero bs=64k count=32 2>/dev/null | sha256sum",
    sum("\0".repeat(1 << 21)),
  ],
  ["sort", "seq 20000 | sort | sha256sum", sum(SORTED)],
  ["gzip", "seq 20000 | gzip | gzip -d | sha256sum", sum(LINES)],
  [
    "dd",
    "seq 20000 > /mnt/$n; sync; echo 3 > /proc/sys/vm/drop_caches; sha256sum < /mnt/$n",
    sum(LINES),
  ],
];

const loopOf = ([name, command, answer]: (typeof LOADS)[number]): string =>
  `sh -c 'renice -n 19 -p $$; n=0; while [ ! -e /tmp/stop ]; do n=$((n%50+1)); r=$(${command}); ` +
  `case "$r" in "${answer}  -") echo >> /tmp/rounds.${name};; *) echo "${name}: $r" >> /tmp/wrong;; esac; done' &`;

/** What is seen at a time. */
interface Look {
  /** Time of the host's when the guest was asked, and when it had answered. */
  readonly askedS: number;
  readonly answeredS: number;
  readonly guestS: number;
  readonly rtcS: number;
  /** Interrupts so far, by the name of who asks. */
  readonly interrupts: ReadonlyMap<string, number>;
  /** Memory of the process in MiB, `NaN` where the host does not tell. */
  readonly processMib: number;
}

const LOOK =
  "cat /proc/uptime /sys/class/rtc/rtc0/since_epoch; grep -E 'LOC|ata_piix|ttyS0|timer' /proc/interrupts";

async function look(linux: LinuxGuest): Promise<Look> {
  const askedS = performance.now() / 1000;
  const answer = await linux.type(LOOK);
  const uptime = /^([\d.]+) [\d.]+\r?$/m.exec(answer)?.[1];
  const rtc = /^(\d{9,})\r?$/m.exec(answer)?.[1];
  if (uptime === undefined || rtc === undefined) throw new Error(`no clocks in:\n${answer}`);
  const interrupts = new Map<string, number>();
  for (const [, number = "", count, name = ""] of answer.matchAll(
    /^ *(\w+): +(\d+) +(.*?)\r?$/gm,
  )) {
    interrupts.set(`${number} ${name.split(/ +/).at(-1)}`, Number(count));
  }
  return {
    askedS,
    answeredS: performance.now() / 1000,
    guestS: Number(uptime),
    rtcS: Number(rtc),
    interrupts,
    processMib: memoryOf(linux.run.pid ?? 0),
  };
}

function memoryOf(pid: number): number {
  const path = `/proc/${pid}/status`;
  const kib = existsSync(path) ? /VmRSS:\s+(\d+)/.exec(readFileSync(path, "utf8"))?.[1] : undefined;
  return kib === undefined ? NaN : Math.round(Number(kib) / 1024);
}

/** A line of a table for people: a run of minutes is worth more than that it passed. */
function lineOf(start: Look, now: Look): string {
  const counts = [...now.interrupts].map(
    ([name, count]) => `${name} ${count - (start.interrupts.get(name) ?? 0)}`,
  );
  const seconds = (time: (look: Look) => number): string => (time(now) - time(start)).toFixed(1);
  const clocks = `host ${seconds((at) => at.answeredS)} s, Linux ${seconds((at) => at.guestS)} s, RTC ${seconds((at) => at.rtcS)} s`;
  return `${clocks}, ${now.processMib} MiB, ${counts.join(", ")}`;
}

/** Complaints that interrupts were lost, or that a clock is not to be relied on. */
const COMPLAINT =
  /lost interrupt|ata\d.*(exception|timeout|failed)|unstable|soft lockup|nobody cared|\bOops|BUG:/i;

describe.each(["i386", "amd64"])("Debian's Linux for %s under load", (arch) => {
  it(
    "keeps time, answers and memory",
    async (context) => {
      context.skip(MINUTES === 0, "takes as long as one wants: MEM_LOAD_MINUTES=10 runs it");
      const program = new Program();
      let linux: LinuxGuest | undefined;
      try {
        const options = ["--arch", arch];
        const missing = linuxMissing(program, options);
        context.skip(missing !== null, missing ?? "");
        const disk = emptyDisk(program, "disk.img");
        linux = new LinuxGuest(
          program,
          ["-hda", disk, ...options],
          MINUTES * MINUTE_MS + AROUND_MS,
        );
        await linux.until();
        expect(await linux.type("mount -t ext2 /dev/sda /mnt && echo moun''ted")).toContain(
          "mounted",
        );
        for (const load of LOADS) await linux.type(loopOf(load));
        const looks = [await look(linux)];
        for (let minute = 0; minute < MINUTES; minute++) {
          await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
          looks.push(await look(linux));
          console.log(lineOf(looks[0] as Look, looks.at(-1) as Look));
        }
        // On a host that has no time for this, the load's last round is its first.
        await linux.type("touch /tmp/stop; wait");
        looks.push(await look(linux));
        expectLevel(looks);
        expectTimely(looks);
        expect(await linux.type("cat /tmp/wrong")).toContain("No such file");
        const rounds = await linux.type("wc -l /tmp/rounds.*");
        console.log(rounds);
        for (const [name] of LOADS)
          expect(rounds).toMatch(new RegExp(`[1-9]\\d* /tmp/rounds.${name}`));
        const log = await linux.type("dmesg");
        expect(log.split("\n").filter((line) => COMPLAINT.test(line))).toEqual([]);
        await linux.type("umount /mnt");
        linux.run.type("\u0001x");
        await linux.run.ended;
        expect(checkedDisk(disk, "-n")).toBe(0);
      } finally {
        linux?.run.kill("SIGKILL");
        await linux?.run.ended;
        program.dispose();
      }
    },
    MINUTES * MINUTE_MS + 2 * AROUND_MS,
  );
});

/** Both clocks of the guest's went as far as the host's did at each look, and each source of interrupts went on. */
function expectTimely(looks: readonly Look[]): void {
  const [first] = looks;
  if (first === undefined) throw new Error("nothing was looked at");
  for (const now of looks.slice(1)) {
    const least = (now.askedS - first.answeredS) * (1 - MOST_DRIFT) - WHOLE_S;
    const most = (now.answeredS - first.askedS) * (1 + MOST_DRIFT) + WHOLE_S;
    for (const passed of [now.guestS - first.guestS, now.rtcS - first.rtcS]) {
      expect(passed).toBeGreaterThan(least);
      expect(passed).toBeLessThan(most);
    }
  }
  const last = looks.at(-1) ?? first;
  for (const name of ["LOC interrupts", "14 ata_piix", "4 ttyS0"]) {
    expect(last.interrupts.get(name) ?? 0, name).toBeGreaterThan(first.interrupts.get(name) ?? 0);
  }
}

/** On a busy host it takes minutes until all that the guest runs was run once, and is translated. */
function expectLevel(looks: readonly Look[]): void {
  const sizes = looks.map(({ processMib }) => processMib);
  const half = Math.ceil(sizes.length / 2);
  const third = Math.ceil(sizes.length / 3);
  if (sizes.length < 3 || sizes.some(Number.isNaN)) return;
  const early = Math.max(...sizes.slice(0, half));
  expect(Math.min(...sizes.slice(-third))).toBeLessThan(early * LEVEL);
}
