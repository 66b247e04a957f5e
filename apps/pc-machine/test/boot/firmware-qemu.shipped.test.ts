import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeEach, describe, expect, it } from "vitest";

import {
  expectedTour,
  firmwarePath,
  missing,
  NEEDS_DISPLAY,
  PROMPT,
  QemuConsole,
  TEST_DISK_LINES,
  tourLines,
} from "./firmware-support.js";

const noQemu = missing("qemu-system-i386");
const BARE = ["-nodefaults", "-device", "VGA"];
const folder = mkdtempSync(join(tmpdir(), "mem-firmware-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A fresh copy of the test disk, of 64 KiB. */
function testDisk(): string {
  const path = join(folder, "disk.img");
  copyFileSync(firmwarePath("testdisk/testdisk.bin"), path);
  truncateSync(path, 64 * 1024);
  return path;
}

describe("embedded firmware on QEMU", () => {
  beforeEach((context) => context.skip(noQemu !== null, noQemu ?? ""));

  it.each([
    ["16 MiB", [...BARE, "-m", "16"]],
    ["64 MiB", [...BARE, "-m", "64"]],
    ["2 GiB", [...BARE, "-m", "2048"]],
    ["4 GiB", [...BARE, "-m", "4096"]],
    ["default devices", []],
  ])("tours the machine: %s", async (_name, args) => {
    using qemu = new QemuConsole(args);
    const transcript = await qemu.until(PROMPT);
    expect(tourLines(transcript), transcript).toEqual(expectedTour());
  });

  it("looks at RAM above 4 GiB where the processor can", async () => {
    using qemu = new QemuConsole([...BARE, "-m", "4096", "-cpu", "max"]);
    const tour = await qemu.until(PROMPT);
    expect(tour).toContain("above 4 GiB: 1024 MiB");
    expect(tour).not.toContain("not looked at");
    expect(tourLines(tour)).toEqual(expectedTour());
  });

  it("skips what needs the display when there is none", async () => {
    using qemu = new QemuConsole(["-nodefaults", "-m", "32"]);
    expect(tourLines(await qemu.until(PROMPT))).toEqual(expectedTour(NEEDS_DISPLAY));
  });

  it("has a prompt that reads and writes memory and ports", async () => {
    using qemu = new QemuConsole(BARE);
    const answer = async (line: string) => {
      qemu.type(`${line}\r`);
      const [echo, ...rest] = (await qemu.until(PROMPT)).split("\r\n");
      expect(echo).toBe(line);
      return rest;
    };
    await qemu.until(PROMPT);
    expect(await answer("w 300000 48 65 6c 6c 6f")).toEqual([]);
    expect(await answer("d 300000 12")).toEqual([
      "00300000  48 65 6c 6c 6f 00 00 00 00 00 00 00 00 00 00 00  |Hello...........|",
      "00300010  00 00                                            |..|",
    ]);
    expect(await answer("w fffffff0 00")).toEqual([]);
    expect(await answer("d fffffff0 1")).toEqual([expect.stringMatching(/^fffffff0 {2}ea /)]);
    expect(await answer("ol cf8 80000000")).toEqual([]);
    expect(await answer("il cfc")).toEqual(["0cfc: 12378086"]);
    expect(await answer("iw cfe")).toEqual(["0cfe: 1237"]);
    expect(await answer("i cfd")).toEqual(["0cfd: 80"]);
    expect(await answer("w 5000 cb")).toEqual([]);
    expect(await answer("g 5000")).toEqual([]);
    for (const wrong of ["x", "d", "d zz", "d 0 1 2", "w 0", "w 0 1 q", "i", "o 80", "g 100000"]) {
      expect(await answer(wrong)).toEqual(["? h for help"]);
    }
    expect(await answer("  ")).toEqual([]);
    expect((await answer("h")).length).toBeGreaterThan(5);
    expect(tourLines((await answer("t")).join("\n"))).toEqual(expectedTour());
  });

  it("starts anew on r", async () => {
    using qemu = new QemuConsole(BARE);
    await qemu.until(PROMPT);
    qemu.type("r\r");
    expect(tourLines(await qemu.until(PROMPT))).toEqual(expectedTour());
  });

  it("switches off on q", async () => {
    using qemu = new QemuConsole(BARE);
    await qemu.until(PROMPT);
    qemu.type("q\r");
    expect(await qemu.exitStatus()).toBe(0);
  });

  it.each(["index=0", "index=1", "index=2"])("boots a disk at %s", async (place) => {
    const disk = testDisk();
    using qemu = new QemuConsole([...BARE, "-drive", `file=${disk},format=raw,if=ide,${place}`]);
    await qemu.until("booting the first disk\r\n");
    expect((await qemu.until("press a key: ")).split("\r\n")).toEqual(TEST_DISK_LINES);
    qemu.type("Q");
    expect(await qemu.until(PROMPT)).toBe("Q\r\nno bootable disk\r\nmemory prompt, h for help");
    expect(readFileSync(disk).toString("latin1", 1536, 1552)).toBe("THe third sector");
  });

  it("offers the prompt when the disk has no boot sector", async () => {
    const disk = testDisk();
    truncateSync(disk, 0);
    truncateSync(disk, 64 * 1024);
    using qemu = new QemuConsole([...BARE, "-drive", `file=${disk},format=raw,if=ide`]);
    expect(await qemu.until(PROMPT)).toContain("no bootable disk");
  });
});
