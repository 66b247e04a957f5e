import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CorpusError, readScripts } from "../src/corpus-reader.js";
import type { Script } from "../src/script.js";

const line = (seed: number) =>
  JSON.stringify({
    family: "topology",
    seed,
    accel: "qtest",
    ops: [{ op: "nop" }],
    expect: [{ i: 0, op: "nop", result: null, log: [] }],
  });

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "conformance-reader-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(path: string): Promise<Script[]> {
  const scripts: Script[] = [];
  for await (const script of readScripts(path)) scripts.push(script);
  return scripts;
}

describe("readScripts", () => {
  it("reads plain files, with and without a last newline, and blank lines", async () => {
    const path = file("plain.jsonl", `${line(1)}\n\n${line(2)}\r\n${line(3)}`);
    expect((await read(path)).map((script) => script.seed)).toEqual([1, 2, 3]);
  });

  it("reads compressed files whatever their name", async () => {
    const path = file("odd-name.txt", gzipSync(`${line(7)}\n`));
    expect(await read(path)).toMatchObject([{ family: "topology", seed: 7, accel: "qtest" }]);
  });

  it("reads an empty file as no scripts", async () => {
    expect(await read(file("empty.jsonl", ""))).toEqual([]);
  });

  it("streams: the first script comes before a later line is looked at", async () => {
    const path = file("late-error.jsonl", `${line(1)}\nnot json\n`);
    const scripts = readScripts(path);
    expect((await scripts.next()).value).toMatchObject({ seed: 1 });
    await expect(scripts.next()).rejects.toThrow(`${path}:2: `);
  });

  it("names a missing file", async () => {
    const path = join(folder, "missing.jsonl.gz");
    await expect(read(path)).rejects.toThrow(new CorpusError(`${path}: no such file`));
  });

  it("refuses a folder", async () => {
    await expect(read(folder)).rejects.toThrow("is a folder");
  });

  it("refuses a damaged compressed file", async () => {
    const whole = gzipSync(`${line(1)}\n`.repeat(100));
    const cut = file("cut.jsonl.gz", whole.subarray(0, whole.length - 20));
    await expect(read(cut)).rejects.toThrow(CorpusError);
  });

  it.each([
    ["[]", "not a JSON object"],
    ["{}", 'no "family"'],
    ['{"family":"x","seed":1,"ops":[{}],"expect":[]}', '"ops"'],
    ['{"family":"x","seed":1,"ops":[{"op":"nop"}],"expect":[]}', "differ in length"],
    ['{"family":"x","seed":1,"ops":[{"op":"nop"}],"expect":[{"result":0}]}', '"expect"'],
  ])("refuses the line %s", async (text, message) => {
    await expect(read(file("wrong.jsonl", text))).rejects.toThrow(message);
  });
});
