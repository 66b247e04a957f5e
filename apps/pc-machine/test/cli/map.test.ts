import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PcMachine } from "../../src/board/index.js";
import { CliError } from "../../src/cli/cli-error.js";
import { type FirmwareRun, runFirmware } from "../../src/cli/run/firmware-run.js";
import { takeMapOptions } from "../../src/cli/map/map-options.js";
import { parseCommandLine } from "../../src/cli/parse.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { NullBackend } from "../../src/host/chardev.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { mtreeText } from "../../src/monitor/text/mtree-text.js";
import { InProcess } from "./in-process.js";

let program: InProcess;
beforeAll(() => {
  program = new InProcess();
});
afterAll(() => program.dispose());

const MAP = ["map", "-m", "64", "--firmware", "embedded", "-vga", "none"];
const SHADOW = ["--window", "0xf0000-0xfffff", "--svg", "-"];

/** What a picture says in words, a line for each stretch. */
function stretches(svg: string): string[] {
  return (/<desc[^>]*>([^<]*)<\/desc>/.exec(svg)?.[1] ?? "").split("\n");
}

/** The words of all texts that are drawn. */
function words(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);
}

describe("map --svg FILE", () => {
  it("writes a picture, says nothing, and exits 0", async () => {
    const file = join(program.folder, "map.svg");
    expect(await program.run([...MAP, "--svg", file])).toEqual({ code: 0, stdout: "", stderr: "" });
    const svg = readFileSync(file, "utf8");
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(stretches(svg)[0]).toBe("0x0-0xbffff: pc.ram, RAM, 768 KiB");
    expect(words(svg)).toEqual(expect.arrayContaining(["Memory of the PC", "pc.bios", "2^64"]));
  });

  it("replaces a file, with the same text for the same machine", async () => {
    const file = program.write("again.svg", new Uint8Array(1 << 20));
    const first = await program.run([...MAP, "--svg", "-"]);
    expect((await program.run([...MAP, `--svg=${file}`])).code).toBe(0);
    expect(readFileSync(file, "latin1")).toBe(first.stdout);
  });

  it.each<[string, string[], RegExp]>([
    ["a folder that is not there", ["--svg", "none/map.svg"], /"none\/map\.svg": no such file/],
    ["a folder", ["--svg", "folder"], /^mem-pc: --svg: cannot write "folder": is a directory\n$/],
    ["no file", ["--svg"], /^mem-pc: --svg: requires an argument\n$/],
    ["an empty name", ["--svg="], /^mem-pc: --svg: requires an argument\n$/],
    ["a space that is none", ["--space", "dma"], /^mem-pc: --space dma: there are memory and io/],
    ["a window backwards", ["--window", "2-1"], /2-1: the first address is above the last\n$/],
    ["a window of the PC that is none", ["--window", "all"], /: two addresses with a - between/],
    ["a wrong option", ["--frobnicate"], /^mem-pc: --frobnicate: invalid option\n$/],
    ["RAM that cannot be", ["-m", "1x"], /^mem-pc: -m 1x: a size is /],
    ["no firmware", ["-bios", "none"], /: cannot read "none": no such file/],
    ["no disk", ["none.img"], /cannot open disk image "none\.img": no such file/],
  ])("with %s is one line on standard error, exit 1", async (_name, args, message) => {
    mkdirSync(join(program.folder, "folder"), { recursive: true });
    const { code, stdout, stderr } = await program.run([...MAP, ...args]);
    expect(stderr).toMatch(message);
    expect(stderr.split("\n")).toHaveLength(2);
    expect(stderr).not.toContain("internal error");
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  it("with a full disk is one line on standard error, exit 1", async (context) => {
    context.skip(!existsSync("/dev/full"), "there is no /dev/full here");
    expect(await program.run([...MAP, "--svg", "/dev/full"])).toEqual({
      code: 1,
      stdout: "",
      stderr: 'mem-pc: --svg: cannot write "/dev/full": no space left on the device\n',
    });
  });
});

describe("what map draws", () => {
  it("is only the window, its last address included", async () => {
    const { stdout, code } = await program.run([
      ...MAP,
      "--window",
      "0xe0000-0x100fff",
      "--svg",
      "-",
    ]);
    expect(code).toBe(0);
    const spans = stretches(stdout).map((line) => line.slice(0, line.indexOf(":")));
    expect(spans[0]).toMatch(/^0xe0000-/);
    expect(spans.at(-1)).toMatch(/-0x100fff$/);
  });

  it("is the I/O ports with --space io", async () => {
    const { stdout, code } = await program.run([...MAP, "--space", "io", "--svg", "-"]);
    expect(code).toBe(0);
    expect(words(stdout)).toContain("I/O ports of the PC");
    expect(stretches(stdout)).toContainEqual(expect.stringMatching(/^0x3f8-0x3ff: serial, /));
    expect(stretches(stdout).at(-1)).toMatch(/-0xffff: /);
  });

  it("has the ROM at power-on, and its shadow in RAM once firmware has run", async () => {
    const before = await program.run([...MAP, ...SHADOW]);
    const after = await program.run([...MAP, ...SHADOW, "--after-firmware"]);
    expect([before.code, before.stderr, after.code, after.stderr]).toEqual([0, "", 0, ""]);
    expect(stretches(before.stdout)).toEqual(["0xf0000-0xfffff: pc.bios, ROM, 64 KiB"]);
    expect(stretches(after.stdout)).toEqual(["0xf0000-0xfffff: pc.ram @0xf0000, ROM, 64 KiB"]);
  });

  it("has the same shadow after as many instructions, and not after a few", async () => {
    const few = await program.run([...MAP, ...SHADOW, "--steps", "3"]);
    const many = await program.run([...MAP, ...SHADOW, "--steps", "200000"]);
    expect(stretches(few.stdout)[0]).toContain("pc.bios");
    expect(stretches(many.stdout)[0]).toContain("pc.ram");
  });

  it("leaves out what is hidden, and has disabled regions, where that is asked for", async () => {
    const window = ["--window", "0xc0000-0xfffff", "--svg", "-"];
    const boxes = async (...options: string[]): Promise<number> =>
      words((await program.run([...MAP, ...window, ...options])).stdout).length;
    const usual = await boxes();
    expect(await boxes("--seen-only")).toBeLessThan(usual);
    expect(await boxes("--disabled")).toBeGreaterThan(usual);
  });
});

describe("map without --svg", () => {
  it("is the monitor's text, exit 0", async () => {
    const { code, stdout, stderr } = await program.run(MAP);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^address-space: /);
    expect(stdout).toMatch(/^address-space: memory$/m);
    expect(stdout).toMatch(/alias pam-pci @pci 00000000000f0000-00000000000fffff$/m);
  });

  it("has the flat views, owners and disabled regions that are asked for, as JSON too", async () => {
    const text = async (...options: string[]): Promise<string> =>
      (await program.run([...MAP, ...options])).stdout;
    expect(await text("--flat")).toMatch(/^FlatView #0$/m);
    expect(await text("--flat")).not.toMatch(/owner:/);
    expect(await text("--flat", "--owners")).toMatch(/: vga-lowmem.* owner:\{|owner:\{dev/);
    expect(await text("--disabled")).toContain("[disabled]");
    const { flatViews, ...others } = JSON.parse(await text("--json", "--flat", "--owners"));
    expect(others).toEqual({});
    expect(Object.keys(flatViews[0].ranges[0])).toContain("owner");
    const whole = JSON.parse(await text("--json"));
    expect(Object.keys(whole)).toEqual(["trees", "aliased", "flatViews"]);
    expect(JSON.parse(await text("--json", "--flat"))).toEqual({ flatViews: whole.flatViews });
  });

  it("takes the options of the PC", async () => {
    expect((await program.run(MAP)).stdout).toContain(
      "ram-below-4g @pc.ram 0000000000000000-0000000003ff",
    );
    const larger = (await program.run([...MAP, "-m", "6G"])).stdout;
    expect(larger).toContain("ram-above-4g");
  });

  it.each(["--help", "-h", "-help"])("lists its options with %s", async (option) => {
    const { code, stdout, stderr } = await program.run(["map", option]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^usage: mem-pc map /);
    const named =
      "--svg --json --flat --owners --space --window --after-firmware --steps --seen-only --disabled";
    for (const name of named.split(" ")) expect(stdout).toContain(`\n  ${name}`);
  });
});

describe("the options of map", () => {
  const request = (...given: string[]) => takeMapOptions(given).request;

  it("have defaults", () => {
    expect(request()).toEqual({
      svg: null,
      json: false,
      flat: false,
      owners: false,
      space: "memory",
      window: null,
      run: { kind: "none" },
      showHidden: true,
      showDisabled: false,
    });
  });

  it("are taken from among those of the PC, in any order", () => {
    const given = ["-m", "64", "--svg", "a.svg", "-hda", "disk", "--window=16-0x1f", "--disabled"];
    const { request: taken, rest } = takeMapOptions(given);
    expect(rest).toEqual(["-m", "64", "-hda", "disk"]);
    expect(taken).toMatchObject({
      svg: "a.svg",
      window: { start: 16n, end: 32n },
      showDisabled: true,
    });
  });

  it("reach to the last address", () => {
    const all = { start: 0n, end: 2n ** 64n };
    expect(request("--window", "0-0xffffffffffffffff")?.window).toEqual(all);
    expect(request("--window", "0-18446744073709551615")?.window).toEqual(all);
    expect(request("--window", "7-7")?.window).toEqual({ start: 7n, end: 8n });
  });

  it("say how far to run", () => {
    const runs: [string[], FirmwareRun][] = [
      [["--after-firmware"], { kind: "until-idle" }],
      [["--steps", "0"], { kind: "steps", steps: 0 }],
      [["--steps=1000000000000"], { kind: "steps", steps: 10 ** 12 }],
    ];
    for (const [given, run] of runs) expect(request(...given)?.run).toEqual(run);
  });

  it.each([
    ["--window", "0-18446744073709551616"],
    ["--window", "0x10000000000000000-0x10000000000000001"],
    ["--window", "-1-5"],
    ["--window", "0-"],
    ["--window", "1 - 5"],
    ["--steps", "-1"],
    ["--steps", "1e3"],
    ["--steps", "1000000000001"],
    ["--steps", "5", "--after-firmware"],
    ["--flat", "--svg", "a.svg"],
    ["--owners", "--svg", "a.svg"],
    ["--disabled=1"],
    ["--after-firmware=yes"],
    ["--space="],
    ["--steps"],
  ])("are refused: %s %s %s", (...given) => {
    expect(() => takeMapOptions(given.filter((word) => word !== undefined))).toThrow(CliError);
  });

  it("belong to map alone, and map is the command only as the first word", () => {
    expect(() => parseCommandLine(["--svg", "a.svg"])).toThrow(CliError);
    expect(parseCommandLine(["./map"]).kind).toBe("run");
    expect(parseCommandLine(["-m", "64", "map"]).kind).toBe("run");
    expect(parseCommandLine(["map", "-version"]).kind).toBe("version");
  });
});

describe("running firmware for its effect", () => {
  const pcWith = (bios: Uint8Array): PcMachine =>
    new PcMachine({
      ramSize: 16 * 2 ** 20,
      bios,
      serial: [new NullBackend()],
      clock: new InstructionClock(),
      startTimeMs: 0,
    });

  it.each([0, 1, 1234, 50_000, 50_001])("runs %d instructions, and no more", (steps) => {
    using pc = pcWith(embeddedFirmware());
    runFirmware(pc, { kind: "steps", steps });
    expect(pc.cpu.instructionCount).toBe(steps);
  });

  it("ends where firmware waits: later nothing of the map changes", () => {
    using pc = pcWith(embeddedFirmware());
    runFirmware(pc, { kind: "until-idle" });
    const map = mtreeText(pc.machine, "-f");
    runFirmware(pc, { kind: "steps", steps: 500_000 });
    expect(mtreeText(pc.machine, "-f")).toBe(map);
    expect(map).toMatch(/00000000000f0000-.*: pc\.ram @00000000000f0000/);
  });
});
