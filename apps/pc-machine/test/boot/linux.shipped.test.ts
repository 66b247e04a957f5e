/**
 * A boot takes most of the time here, so that each guest shows several things: its kernel, and one of the
 * ways in which a machine is left.
 */
import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Program } from "../cli/program.js";
import {
  checkedDisk,
  emptyDisk,
  fileOn,
  LINES,
  LinuxGuest,
  LINUX_LIMIT_MS,
  linuxMissing,
  SORTED,
} from "../support/linux-guest.js";

const sha256 = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");

/** What is typed, and what a shell on any machine answers. */
const COMMANDS: readonly (readonly [string, string])[] = [
  ["ls -1 -d /etc/inittab /bin/busybox", "/bin/busybox\r\n/etc/inittab"],
  ["dd if=/dev/zero bs=64k count=16 2>/dev/null | sha256sum", sha256("\0".repeat(1 << 20))],
  // A line of a pipe is a switch of processes, which takes longer than all the rest: one pipe is enough.
  ["seq 20000 > /tmp/numbers; sha256sum /tmp/numbers", sha256(LINES)],
  ["gzip < /tmp/numbers | gzip -d | sha256sum", sha256(LINES)],
  ["sort /tmp/numbers | sha256sum", sha256(SORTED)],
  ["seq 20000 | awk '{ s += $1 * $1 } END { printf \"%.0f\\n\", s / 2 }'", "1333433335000"],
];

/** Lines of a kernel's log that say that this machine is not as one should be. */
const COMPLAINT =
  /BIOS bug|calibrat\w+ (failed|against)|unstable|unsynchronized|Unknown symbol|ACPI (Error|Warning|BIOS Error)|IO-APIC.*not|MP-BIOS|read-back delay|not consistent|invalid rate|spurious|lost interrupt/i;

/** Time is counted in instructions: what a kernel says of it does not depend on how busy the host is. */
const OF_INSTRUCTIONS = ["-icount", "shift=3"];

/** A guest with an empty disk, for the tests of a `describe`, which skip themselves where there is none. */
function useLinux(optionsFor: (program: Program) => readonly string[]) {
  let missing: string | null = null;
  let program: Program | undefined;
  let disk = "";
  let linux: LinuxGuest | undefined;
  beforeAll(() => {
    program = new Program();
    const options = optionsFor(program);
    missing = linuxMissing(program, options);
    if (missing !== null) return;
    disk = emptyDisk(program, "disk.img");
    linux = new LinuxGuest(program, ["-hda", disk, ...options]);
  }, LINUX_LIMIT_MS);
  afterAll(async () => {
    linux?.run.kill("SIGKILL");
    await linux?.run.ended;
    program?.dispose();
  });
  return (context: { skip(condition: boolean, why?: string): void }) => {
    context.skip(missing !== null, missing ?? "");
    if (linux === undefined) throw new Error("Linux was not started");
    return { linux, disk };
  };
}

/** The lines of a log that say that something is wrong with the machine. */
const complaints = (log: string): readonly string[] =>
  log.split("\n").filter((line) => COMPLAINT.test(line));

/** Who wakes a machine up that sleeps. */
type Waker = "its alarm" | "the monitor";

/** What is seen of a sleep from which all went on. */
const SLEPT = {
  sleptInS3: true,
  isAwake: true,
  complaints: [] as readonly string[],
  hasKeptMemory: true,
};

/** Puts the machine to sleep with its memory kept, and has it woken up. */
async function sleep(linux: LinuxGuest, waker: Waker): Promise<typeof SLEPT> {
  await linux.type("seq 20000 > /tmp/numbers");
  if (waker === "its alarm") await linux.type("echo +20 > /sys/class/rtc/rtc0/wakealarm");
  linux.run.type("echo mem > /sys/power/state && echo awa''ke\n");
  if (waker === "the monitor") {
    await linux.monitor("info status", "paused (suspended)");
    await linux.monitor("system_wakeup");
  }
  const slept = await linux.until();
  return {
    sleptInS3: slept.includes("Waking up from system sleep state S3"),
    isAwake: slept.includes("awake"),
    complaints: complaints(slept),
    hasKeptMemory: (await linux.type("sha256sum /tmp/numbers")).includes(sha256(LINES)),
  };
}

/** Nobody told the guest that the end was near: its disk is marked as in use, and that is all. */
function expectWhole(disk: string): void {
  expect(checkedDisk(disk, "-p")).toBeLessThanOrEqual(1);
  expect(checkedDisk(disk, "-n")).toBe(0);
  expect(fileOn(disk, "numbers")).toBe(LINES);
}

describe("Debian's Linux", () => {
  const used = useLinux(() => OF_INSTRUCTIONS);

  it(
    "boots to a shell, and has nothing to complain about",
    async (context) => {
      const { linux } = used(context);
      const log = await linux.until();
      expect(complaints(log)).toEqual([]);
      expect(log).toContain("Freeing unused kernel image (initmem) memory");
    },
    LINUX_LIMIT_MS,
  );

  it.for(COMMANDS)(
    "computes what other machines compute: %s",
    { timeout: LINUX_LIMIT_MS },
    async ([command, answer], context) => {
      const { linux } = used(context);
      expect(await linux.type(command)).toContain(answer);
    },
  );

  it(
    "sleeps with its memory kept until its alarm wakes it",
    async (context) => {
      expect(await sleep(used(context).linux, "its alarm")).toEqual(SLEPT);
    },
    LINUX_LIMIT_MS,
  );

  it(
    "keeps files on a disk over a reboot, and leaves it whole when it is quit",
    async (context) => {
      const { linux, disk } = used(context);
      await linux.writesNumbers();
      linux.run.type("reboot\n");
      await linux.until("machine restart");
      await linux.until();
      await linux.type("mount -t ext2 /dev/sda /mnt");
      expect(await linux.type("sha256sum /mnt/numbers")).toContain(sha256(LINES));
      await linux.type("seq 20000 > /mnt/more && sync");
      linux.run.type("\u0001x");
      await linux.run.ended;
      expectWhole(disk);
      expect(fileOn(disk, "more")).toBe(LINES);
    },
    LINUX_LIMIT_MS,
  );
});

/** Bytes of the stick in the USB port. */
const STICK = Uint8Array.from({ length: 1 << 20 }, (_none, at) => (at * 7 + (at >> 9)) & 0xff);

/** Devices on two USB controllers: one has two ports. */
const withUsb = (program: Program): readonly string[] => [
  ...["-usb", "-device", "usb-tablet", "-device", "usb-kbd"],
  ...["-device", "piix3-usb-uhci,id=more", "-device", "usb-storage,bus=more.0,drive=stick"],
  ...["-drive", `if=none,id=stick,format=raw,file=${program.write("stick.img", STICK)}`],
];

/** Kernels that are booted besides, what their logs and `/proc/cpuinfo` must show, and how each is left. */
const KERNELS: readonly {
  readonly name: string;
  readonly options: (program: Program) => readonly string[];
  readonly processors: number;
  readonly says: readonly string[];
  /** What it has on the USB. */
  readonly usb?: readonly string[];
  readonly waker: Waker;
  readonly left: "switched off" | "switched off by its power button" | "killed";
}[] = [
  {
    // Time is the host's.
    name: "with addresses of 36 bits and two processors",
    options: () => ["--package", "linux-image-686-pae", "-smp", "2"],
    processors: 2,
    says: ["NX (Execute Disable) protection: active", "smp: Brought up 1 node, 2 CPUs"],
    waker: "the monitor",
    left: "switched off by its power button",
  },
  {
    name: "of 64 bits",
    options: (program) => ["--arch", "amd64", ...OF_INSTRUCTIONS, ...withUsb(program)],
    processors: 1,
    says: ["x86/mm: Checked W+X mappings: passed"],
    usb: ["a tablet, a keyboard and a stick"],
    waker: "its alarm",
    left: "switched off",
  },
  {
    name: "of 64 bits with two processors",
    options: () => ["--arch", "amd64", "-smp", "2", ...OF_INSTRUCTIONS],
    processors: 2,
    says: ["x86/mm: Checked W+X mappings: passed", "smp: Brought up 1 node, 2 CPUs"],
    waker: "its alarm",
    left: "killed",
  },
];

describe.each(KERNELS)("Debian's Linux $name", (kernel) => {
  const { options, processors, says, waker, left } = kernel;
  const used = useLinux(options);

  it(
    "boots to a shell, and has nothing to complain about",
    async (context) => {
      const { linux } = used(context);
      const log = await linux.until();
      expect(complaints(log)).toEqual([]);
      for (const line of says) expect(log).toContain(line);
      const count = await linux.type("grep -c ^processor /proc/cpuinfo");
      expect(count).toContain(`\r\n${processors}\r\n`);
    },
    LINUX_LIMIT_MS,
  );

  it.for(kernel.usb ?? [])(
    "has %s on the USB",
    { timeout: LINUX_LIMIT_MS },
    async (_devices, context) => {
      const { linux } = used(context);
      // They are found one after the other.
      await linux.type(
        "until [ $(cat /sys/bus/usb/devices/*/product | grep -c QEMU) = 3 ]; do sleep 1; done",
      );
      const products = await linux.type("cat /sys/bus/usb/devices/*/product");
      for (const name of ["Tablet", "Keyboard", "HARDDRIVE"]) {
        expect(products).toContain(`QEMU USB ${name}`);
      }
      await linux.type("until [ -b /dev/sdb ]; do sleep 1; done");
      expect(await linux.type("sha256sum /dev/sdb")).toContain(
        createHash("sha256").update(STICK).digest("hex"),
      );
    },
  );

  it(
    `sleeps with its memory kept until ${waker} wakes it`,
    async (context) => {
      expect(await sleep(used(context).linux, waker)).toEqual(SLEPT);
    },
    LINUX_LIMIT_MS,
  );

  it(
    `leaves its disk whole when it is ${left}`,
    async (context) => {
      const { linux, disk } = used(context);
      const { run } = linux;
      await linux.writesNumbers();
      if (left === "killed") {
        run.kill("SIGKILL");
        await run.ended;
        expectWhole(disk);
        return;
      }
      // What was written last is on the disk as well.
      if (left === "switched off") {
        run.type("seq 20000 > /mnt/more; poweroff\n");
      } else {
        await linux.type("seq 20000 > /mnt/more");
        run.type("\u0001csystem_powerdown\n");
      }
      expect((await run.ended).code).toBe(0);
      expect(run.stdout).toContain("Power down");
      expect(checkedDisk(disk, "-n")).toBe(0);
      expect(fileOn(disk, "numbers")).toBe(LINES);
      expect(fileOn(disk, "more")).toBe(LINES);
    },
    LINUX_LIMIT_MS,
  );
});
