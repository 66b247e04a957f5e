/** Scripts of accesses as a ROM: they compile, and this machine runs them. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { PcMachine } from "../../src/board/index.js";
import { MemoryBackend } from "../../src/host/chardev.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { answersOf, compileScript, ScriptError, scriptRom } from "./script.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const HOST = readFileSync(here("host.bin"));
const CASES = readdirSync(here("cases"));
const MIB = 2 ** 20;
const SLICE = 100_000;
const MOST_INSTRUCTIONS = 20_000_000;

/** What a script prints on this machine; slow instructions make long waits short. */
function run(source: string, nsPerInstruction = 10): string {
  const log = new MemoryBackend();
  const pc = new PcMachine({
    ramSize: 16 * MIB,
    bios: scriptRom(HOST, compileScript(source)),
    vga: false,
    clock: new InstructionClock(nsPerInstruction),
    debugcon: { backend: log, port: 0xe9 },
  });
  for (let done = 0; done < MOST_INSTRUCTIONS; done += SLICE) {
    if (pc.step(SLICE).kind === "ended") break;
  }
  return log.text;
}

describe("a script of accesses", () => {
  it.each(CASES)("%s fits the ROM", (file) => {
    const script = compileScript(readFileSync(here(`cases/${file}`), "utf8"));
    expect(scriptRom(HOST, script)).toHaveLength(0x1_0000);
  });

  it.each(["outb 0x80", "inb x", "fly 1", "mark", "resume", "outb 0x80 -1"])(
    "refuses %j",
    (text) => {
      expect(() => compileScript(text)).toThrow(ScriptError);
    },
  );

  it("prints each answer below its label", () => {
    const output = run(
      "= RAM\nwritel 0x600 0x12345678; readl 0x600; readb 0x601\n= POST\noutb 0x80 7; inb 0x92 0xfd",
    );
    expect(answersOf(output)).toEqual([
      { label: "RAM", line: "RAM" },
      { label: "RAM", line: "readl 0x600 12345678" },
      { label: "RAM", line: "readb 0x601 56" },
      { label: "POST", line: "POST" },
      { label: "POST", line: "inb 0x92 0xfd 00" },
      { label: "", line: "" },
    ]);
  });

  it("hears a timer as often as it ticks, give or take the tick at a window's edge", () => {
    const output = run(readFileSync(here("cases/tick100.case"), "utf8"), 200);
    const ticks = [...output.matchAll(/^irqs 20:([0-9a-f]{4})/gm)].map(([, n = ""]) =>
      parseInt(n, 16),
    );
    const windows = ticks.map((count, n) => count - (n < 10 ? 5 : 50));
    expect(windows).toHaveLength(13);
    for (const off of windows) expect(Math.abs(off)).toBeLessThanOrEqual(1);
    expect(windows.reduce((sum, off) => sum + off)).toBe(0);
  });

  it("finds five buttons on the mouse that is asked for them", () => {
    expect(run(readFileSync(here("cases/kbd5.case"), "utf8"))).toMatch(
      /inb 0x60 fa\ninb 0x60 04\n/,
    );
  });
});
