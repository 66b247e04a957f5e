import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { findSeaBios } from "../../src/cli/images/firmware.js";
import { VERSION } from "../../src/cli/version.js";
import { InProcess } from "./in-process.js";
import { bootDisk, Program, RESET, SAY_AND_HALT } from "./program.js";

let program: Program;
const here = new InProcess();
beforeAll(() => {
  program = new Program();
});
afterAll(() => {
  program.dispose();
  here.dispose();
});

const EMBEDDED = ["--firmware", "embedded", "-vga", "none"];
const PAM_ROM = /00000000000f0000-00000000000fffff \(prio 0, rom\): pc\.bios$/m;
const PAM_RAM = /00000000000f0000-00000000000fffff \(prio 0, rom\): pc\.ram @00000000000f0000$/m;

describe("text and exit code", () => {
  it.each(["-h", "--help"])("%s lists the options and exits 0", async (option) => {
    const { code, stdout, stderr } = await here.run([option]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^usage: mem-pc /);
    expect(stdout).toContain("\n  -drive [file=FILE]");
    expect(stderr).toBe("");
  });

  it("-version tells the version", () => {
    expect(program.run(["-version"])).toMatchObject({ code: 0, stdout: `mem-pc ${VERSION}\n` });
  });

  it.each<[string, (at: (name: string) => string) => string[], RegExp]>([
    ["a wrong option", () => ["--frobnicate"], /^mem-pc: --frobnicate: invalid option\n$/],
    ["no RAM", () => ["-m", "-1"], /^mem-pc: -m -1: a size is /],
    ["odd RAM", () => ["-m", "1x"], /^mem-pc: -m 1x: a size is /],
    ["too much RAM", () => ["-m", "4096G"], /^mem-pc: -m 4096G: RAM can be /],
    ["no firmware", (at) => ["-bios", at("none")], /: cannot read ".*none": no such file or dir/],
    [
      "a folder as firmware",
      (at) => ["-bios", at("folder")],
      /: cannot read ".*": is a directory\n/,
    ],
    [
      "odd firmware",
      (at) => ["-bios", at("odd")],
      /is a multiple of 64 KiB, .* has 65535 bytes\n$/,
    ],
    [
      "empty firmware",
      (at) => ["-bios", at("empty")],
      /is a multiple of 64 KiB, .* has 0 bytes\n$/,
    ],
    ["no disk", (at) => ["-hda", at("none")], /^mem-pc: -hda .*: cannot open .*: no such file or/],
    [
      "an empty disk",
      (at) => ["-hda", at("empty")],
      /: cannot open disk image ".*": it is empty\n$/,
    ],
    [
      "a folder as disk",
      (at) => [at("folder")],
      /: cannot open disk image ".*": is a directory\n$/,
    ],
    [
      "no option ROM",
      (at) => ["-device", `VGA,romfile=${at("none")}`],
      /: cannot read ".*": no such/,
    ],
    [
      "no fw_cfg file",
      (at) => ["-fw_cfg", `opt/x,file=${at("none")}`],
      /: cannot read ".*": no such/,
    ],
    ["a long fw_cfg name", () => ["-fw_cfg", `${"x".repeat(99)},string=1`], /^mem-pc: -fw_cfg: /],
    [
      "no place for a file",
      (at) => ["-serial", `file:${at("none/x")}`],
      /: cannot write ".*": no such/,
    ],
    [
      "a disk that is no file",
      () => ["-hda", "/dev/null"],
      /^mem-pc: -hda \/dev\/null: cannot open disk image "\/dev\/null": not a regular file\n$/,
    ],
    [
      "firmware without an end",
      () => ["-bios", "/dev/zero"],
      /^mem-pc: -bios \/dev\/zero: cannot read "\/dev\/zero": not a regular file\n$/,
    ],
    [
      "no such firmware",
      () => ["--firmware", "nonsense"],
      /^mem-pc: --firmware nonsense: cannot read "nonsense": no such file or directory\n$/,
    ],
    [
      "an empty option ROM",
      (at) => ["-device", `VGA,romfile=${at("empty")}`],
      /: an option ROM has up to 256 KiB; ".*" has 0 bytes\n$/,
    ],
    ["a monitor nowhere", () => ["-mon", "none"], /^mem-pc: -mon: there is no character device/],
    ["no place for the log", (at) => ["-D", at("none/x")], /: cannot write ".*": no such/],
    [
      "no place for a file that nobody writes to",
      (at) => ["-chardev", `file,id=c,path=${at("none/x")}`],
      /: cannot write ".*": no such/,
    ],
    ["no such bus", () => ["-device", "e1000,bus=pci.7"], /: Bus 'pci\.7' not found\n$/],
    [
      "two on the terminal",
      () => ["-serial", "stdio", "-monitor", "stdio"],
      /^mem-pc: stdio: only/,
    ],
  ])("%s is one line on standard error, exit 1", async (_name, args, message) => {
    here.write("empty", new Uint8Array(0));
    here.write("odd", new Uint8Array(65_535));
    mkdirSync(join(here.folder, "folder"), { recursive: true });
    const { code, stdout, stderr } = await here.run(args((name) => join(here.folder, name)));
    expect(stderr).toMatch(message);
    expect(stderr.split("\n")).toHaveLength(2);
    expect(stderr).not.toContain("internal error");
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});

describe("a file that cannot be written any more", () => {
  it("is told of once, and the guest runs on", (context) => {
    context.skip(!existsSync("/dev/full"), "there is no /dev/full here");
    const disk = program.write("full.img", bootDisk(SAY_AND_HALT, "one\r\ntwo\r\n"));
    const { code, stdout, stderr } = program.run([
      ...[...EMBEDDED, "-hda", disk, "-serial", "file:/dev/full", "-serial", "file:second.txt"],
    ]);
    expect(stderr).toBe('mem-pc: cannot write "/dev/full": no space left on the device\n');
    expect(stdout).toBe("");
    expect(code).toBe(0);
  });
});

describe("the embedded firmware", () => {
  it("tours the machine and exits 0 when nobody can type", async () => {
    const { code, stdout, stderr } = await here.run(["--firmware", "embedded", "-display", "none"]);
    expect(stdout).toMatch(/^tour: \d+ ok, 0 FAIL/m);
    expect(stdout).toContain("memory prompt");
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it("is given piped input once it listens, all of it", async () => {
    const commands = Array.from(
      { length: 40 },
      (_, n) => `d ${(0x1000 + n * 16).toString(16)} 1\n`,
    );
    const { code, stdout } = await here.run(EMBEDDED, commands.join(""));
    for (let n = 0; n < commands.length; n++) {
      expect(stdout).toContain(`\n${(0x1000 + n * 16).toString(16).padStart(8, "0")}  `);
    }
    expect(code).toBe(0);
  });

  it("runs the same twice on an instruction clock", async () => {
    const args = [...EMBEDDED, "-icount", "4", "-m", "8"];
    const first = await here.run(args);
    expect(first.stdout).toContain("memory prompt");
    expect(await here.run(args)).toEqual(first);
  });
});

describe("disks", () => {
  it("boots one with the embedded firmware", async () => {
    const disk = here.write("hello.img", bootDisk(SAY_AND_HALT, "hello, serial\r\n"));
    const { code, stdout } = await here.run([...EMBEDDED, "-hda", disk]);
    expect(stdout).toMatch(/hello, serial\r\n$/);
    expect(code).toBe(0);
  });

  it("ends where the guest resets, with -no-reboot", async () => {
    const disk = here.write("reset.img", bootDisk(RESET));
    const { code, stdout } = await here.run([...EMBEDDED, "-no-reboot", disk]);
    expect(stdout).toContain("booting the first disk");
    expect(code).toBe(0);
  });
});

describe("the monitor", () => {
  it("works from a pipe, in order, before the first instruction", async () => {
    const commands = "info status\nxp /2xb 0xfffffff0\nbogus\nquit\ninfo status\n";
    const args = ["--firmware", "embedded", "-monitor", "stdio", "-S"];
    expect(await here.run(args, commands)).toEqual({
      code: 0,
      stderr: "",
      stdout: [
        "Type 'help' for the commands.",
        "(mem) info status",
        "VM status: paused (prelaunch)",
        "(mem) xp /2xb 0xfffffff0",
        "00000000fffffff0: 0xea 0x00",
        "(mem) bogus",
        "unknown command: 'bogus'",
        "(mem) quit",
        "",
      ].join("\n"),
    });
  });

  it("shows the firmware's shadow: ROM before, RAM after", async () => {
    const run = program.start([...EMBEDDED, "-S"]);
    run.type("\x01cinfo mtree -f\n");
    await run.seen("No rendered FlatView");
    expect(run.stdout).toMatch(PAM_ROM);
    expect(run.stdout).not.toMatch(PAM_RAM);
    run.type("cont\n\x01c");
    await run.seen("memory prompt");
    run.type("\x01cinfo mtree -f\nquit\n");
    const { code, stdout } = await run.ended;
    expect(stdout).toMatch(PAM_RAM);
    expect(code).toBe(0);
  });

  it("stops, goes on, and resets", async () => {
    const run = program.start(EMBEDDED);
    await run.seen("memory prompt");
    run.type("\x01cstop\ninfo status\n");
    await run.seen("VM status: paused\n");
    run.type("cont\nsystem_reset\ninfo status\n\x01c");
    await run.seen("VM status: running\n");
    await run.seen("memory prompt, h for help\r\n> ", 2);
    run.type("\x01x");
    expect((await run.ended).code).toBe(0);
    expect(run.stdout.split("Mem PC embedded firmware")).toHaveLength(3);
  });

  it("lets the guest finish when its input ends", async () => {
    const disk = here.write("end.img", bootDisk(SAY_AND_HALT, "done"));
    const args = [...EMBEDDED, "-hda", disk, "-monitor", "stdio", "-serial", "file:end.txt", "-S"];
    expect((await here.run(args, "cont\n")).code).toBe(0);
    expect(readFileSync(join(here.folder, "end.txt"), "latin1")).toMatch(/done$/);
  });
});

describe("ending", () => {
  it("Ctrl-A x quits", async () => {
    const run = program.start(EMBEDDED);
    await run.seen("memory prompt");
    run.type("\x01x");
    expect(await run.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("power-off exits 0", async () => {
    const run = program.start(EMBEDDED);
    await run.seen("memory prompt");
    run.type("q\r");
    expect(await run.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("power-off leaves the monitor running with -no-shutdown", async () => {
    const run = program.start([...EMBEDDED, "-no-shutdown"]);
    await run.seen("memory prompt");
    run.type("q\r");
    await run.seen("> q");
    run.type("\x01cinfo status\n");
    await run.seen("VM status: paused (shutdown)");
    run.type("quit\n");
    expect(await run.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("%s exits %i", async (signal, code) => {
    const run = program.start(EMBEDDED);
    await run.seen("memory prompt");
    run.kill(signal);
    expect(await run.ended).toMatchObject({ code, stderr: "" });
  });
});

const seaBios = findSeaBios();

describe("SeaBIOS", () => {
  beforeEach((context) => context.skip(seaBios === null, "SeaBIOS is not installed"));

  it("runs to the end of its search for a boot device, and the PC exits 0", () => {
    const { code, stdout, stderr } = program.run([
      ...["-m", "64", "-display", "none", "-serial", "none", "-debugcon", "stdio", "-nic", "none"],
      ...["-global", "isa-debugcon.iobase=0x402", "-bios", seaBios ?? ""],
    ]);
    expect(stdout).toContain("PCI: init bdf=00:01.1 id=8086:7010");
    expect(stdout).toContain("0000000000100000 - 0000000003ffe000 = 1 RAM");
    expect(stdout).toMatch(/No bootable device\.\s*$/);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it("shows its screen on the serial port when nothing else is asked for", async () => {
    const { code, stdout } = await here.run(["-bios", seaBios ?? "", "-nic", "none"]);
    expect(stdout).toMatch(/SeaBIOS \(version .*No bootable device\.\s*$/s);
    expect(code).toBe(0);
  });

  it("is not taken when there is no disk to boot: the embedded firmware has more to show", async () => {
    const { code, stdout } = await here.run([]);
    expect(stdout).toContain("tour: 18 ok, 0 FAIL");
    expect(stdout).not.toContain("SeaBIOS");
    expect(code).toBe(0);
  });

  it("boots a disk, with its log in a file", async () => {
    const disk = here.write("sea.img", bootDisk(SAY_AND_HALT, "hello from SeaBIOS"));
    const { code, stdout } = await here.run([
      ...["-hda", disk, "-display", "none", "-snapshot", "-chardev", "file,id=log,path=sea.txt"],
      ...["-device", "isa-debugcon,iobase=0x402,chardev=log"],
    ]);
    expect(stdout).toBe("hello from SeaBIOS");
    expect(readFileSync(join(here.folder, "sea.txt"), "latin1")).toContain(
      "Booting from 0000:7c00",
    );
    expect(code).toBe(0);
  });
});
