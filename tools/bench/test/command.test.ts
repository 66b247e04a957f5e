import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../src/command.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mem-bench-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command; answers its exit code and what it printed. */
function run(...argv: string[]): { code: number; out: string[]; err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const code = runCommand(argv, {
    print: (line) => out.push(line),
    complain: (line) => err.push(line),
  });
  return { code, out, err };
}

describe("the command", () => {
  it("measures a row and writes what it found", () => {
    const file = join(folder, "out.json");
    const { code, out, err } = run("--quick", "--json", file, "ram.high");
    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(out.some((line) => line.startsWith("ram.high"))).toBe(true);
    const results: unknown = JSON.parse(readFileSync(file, "utf8"));
    expect(results).toEqual({
      "ram.high": {
        ns: expect.any(Number),
        spread: expect.any(Number),
        ratio: expect.any(Number),
        against: "raw.load",
      },
    });
  });

  it("notices allocations", () => {
    const file = join(folder, "out.json");
    expect(run("--quick", "--json", file, "alloc.self-check").code).toBe(0);
    const results: unknown = JSON.parse(readFileSync(file, "utf8"));
    expect(results).toMatchObject({ "alloc.self-check": { against: null, ratio: null } });
    expect(results).not.toMatchObject({ "alloc.self-check": { bytesPerOp: 0 } });
  });

  it("lists the rows without measuring", () => {
    const { code, out } = run("--list");
    expect(code).toBe(0);
    expect(out).toContain("toggle.listener.10000");
  });

  it.each([
    [["--fast"], /^bench: Unknown option '--fast'/],
    [["ram.two"], /^bench: no row "ram\.two"/],
  ])("refuses %j in one line, before it measures", (argv, message) => {
    const { code, out, err } = run(...argv);
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err).toHaveLength(1);
    expect(err[0]).toMatch(message);
  });

  it("refuses a file that it cannot write, before it measures", () => {
    const missing = run("--json", join(folder, "no", "such.json"), "ram.one");
    expect(missing).toMatchObject({ code: 1, out: [] });
    expect(missing.err.join("\n")).toMatch(/^bench: cannot write .*such\.json: ENOENT.*$/);
    expect(run("--json", folder, "ram.one").err[0]).toMatch(/cannot write .*EISDIR/);
  });
});
