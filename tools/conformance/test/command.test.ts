import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../src/command.js";
import { corpusPath } from "../src/project-paths.js";

const script = (family: string, seed: number, op: string, result: unknown) =>
  `${JSON.stringify({ family, seed, accel: "qtest", ops: [{ op }], expect: [{ result, log: [] }] })}\n`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "conformance-command-"));
  const good = script("topology", 1, "nop", null) + script("access", 2, "nop", null);
  writeFileSync(join(folder, "good.jsonl"), good);
  writeFileSync(join(folder, "good.jsonl.gz"), gzipSync(good));
  const bad = [3, 4, 5].map((seed) => script("topology", seed, "nop", 1)).join("");
  writeFileSync(join(folder, "bad.jsonl"), bad);
  writeFileSync(join(folder, "odd.jsonl"), script("topology", 6, "no_such_op", null));
  writeFileSync(join(folder, "skipped.jsonl"), script("topology", 7, "no_such_op", "skipped: why"));
  writeFileSync(join(folder, "empty.jsonl"), "");
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (...argv: string[]) => runIn([folder], ...argv);

async function runIn(folders: string[], ...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(argv, {
    folders,
    print: (line) => out.push(line),
    complain: (line) => err.push(line),
  });
  return { code, out, err };
}

describe("conformance command", () => {
  it("prints a line per family and the sums last", async () => {
    expect(await run("good.jsonl")).toEqual({
      code: 0,
      out: ["topology: 1 passed, 0 failed", "access: 1 passed, 0 failed", "2 passed, 0 failed"],
      err: [],
    });
  });

  it("says how much it traced", async () => {
    expect(await run("--traced", "good.jsonl")).toEqual({
      code: 0,
      out: [
        "topology: 1 passed, 0 failed",
        "access: 1 passed, 0 failed",
        "0 accesses and mappings were traced",
        "2 passed, 0 failed",
      ],
      err: [],
    });
    const whole = gunzipSync(readFileSync(corpusPath("access"))).toString();
    writeFileSync(join(folder, "few.jsonl"), whole.split("\n", 20).join("\n"));
    const { code, out } = await run("--traced", "--family", "access", "few.jsonl");
    expect([code, out.at(-1)]).toEqual([0, "20 passed, 0 failed"]);
    expect(out.at(-2)).toMatch(/^[1-9]\d* accesses and mappings were traced$/);
  });

  it("takes several files, compressed ones and absolute paths", async () => {
    const { code, out } = await run("good.jsonl", join(folder, "good.jsonl.gz"));
    expect(code).toBe(0);
    expect(out.at(-1)).toBe("4 passed, 0 failed");
  });

  it("looks for files where it was called from, then where it runs", async () => {
    const elsewhere = join(folder, "elsewhere");
    expect((await runIn([elsewhere, folder], "good.jsonl")).code).toBe(0);
    expect((await runIn([elsewhere], "good.jsonl")).err).toEqual([
      `conformance: ${join(elsewhere, "good.jsonl")}: no such file`,
    ]);
  });

  it("selects by family and by seed", async () => {
    expect((await run("--family", "access", "good.jsonl")).out).toEqual([
      "access: 1 passed, 0 failed",
      "1 passed, 0 failed",
    ]);
    expect((await run("--script", "4", "bad.jsonl")).out.at(-1)).toBe("0 passed, 1 failed");
  });

  it("shows what was expected and what came, and fails", async () => {
    const { code, out } = await run("bad.jsonl");
    expect(code).toBe(1);
    expect(out[0]).toContain("topology: script 3, operation 0: nop");
    expect(out[0]).toContain("expected result: 1");
    expect(out[0]).toContain("came:            null");
    expect(out.slice(-2)).toEqual(["topology: 0 passed, 3 failed", "0 passed, 3 failed"]);
  });

  it("limits the mismatches it shows", async () => {
    expect((await run("--mismatches", "1", "bad.jsonl")).out).toHaveLength(3);
    expect((await run("--mismatches=0", "bad.jsonl")).out).toHaveLength(2);
  });

  it("counts an error in the driver as a mismatch of that operation", async () => {
    const { code, out } = await run("odd.jsonl", "good.jsonl");
    expect(code).toBe(1);
    expect(out[0]).toContain('unknown operation "no_such_op"');
    expect(out.at(-1)).toBe("2 passed, 1 failed");
  });

  it("does not execute what the recording skipped", async () => {
    expect((await run("skipped.jsonl")).code).toBe(0);
  });

  it("prints help", async () => {
    const { code, out } = await run("--help");
    expect(code).toBe(0);
    expect(out[0]).toContain("--family NAME");
  });

  it.each([
    [["--wrong"], "--wrong"],
    [["--family"], "--family"],
    [["--script", "abc"], "--script takes a whole number"],
    [["--mismatches", "-1"], "--mismatches"],
    [["missing.jsonl"], "no such file"],
    [["good.jsonl", "missing.jsonl"], "no such file"],
    [["."], "is a folder"],
    [["--family", "nonsense"], 'unknown family "nonsense"'],
    [["--family", "nonsense", "good.jsonl"], 'unknown family "nonsense"'],
    [["--family", "mtree", "good.jsonl"], "no script selected"],
    [["--script", "99", "good.jsonl"], "no script selected"],
    [["empty.jsonl"], "no script selected"],
    [["--update-ratchet", "good.jsonl"], "--update-ratchet"],
  ])("refuses %j with one line", async (argv, message) => {
    const { code, err } = await run(...argv);
    expect(code).toBe(1);
    expect(err).toHaveLength(1);
    expect(err[0]).toContain(message);
    expect(err[0]).not.toContain("\n");
  });
});
