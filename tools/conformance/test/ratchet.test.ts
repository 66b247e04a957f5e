import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readScripts } from "../src/corpus-reader.js";
import { isFamily } from "../src/families.js";
import { corpusPath } from "../src/project-paths.js";
import { readRatchet, tightened, updateRatchet } from "../src/ratchet.js";
import { replayScript } from "../src/replay.js";
import { formatMismatch } from "../src/report.js";

/** Mismatches printed when a ratcheted family fails. */
const SHOWN = 3;
/** Every so many scripts are replayed once more with all accesses traced. */
const STRIDE = 20;
/** Families whose scripts only look at the map. */
const WITHOUT_ACCESSES = ["topology", "mtree", "ramdiscard"];

describe("ratchet", () => {
  it("only grows", () => {
    expect(tightened(["a", "b"], ["b", "c"])).toEqual(["a", "b", "c"]);
    expect(tightened(["a"], [])).toEqual(["a"]);
  });

  it("is written as it was read, plus what is new", () => {
    const folder = mkdtempSync(join(tmpdir(), "conformance-ratchet-"));
    try {
      const path = join(folder, "ratchet.json");
      writeFileSync(path, '["a"]');
      expect(updateRatchet(["b", "a"], path)).toEqual(["b"]);
      expect(readRatchet(path)).toEqual(["a", "b"]);
      expect(readFileSync(path, "utf8")).toMatch(/\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("holds families that exist", () => {
    expect(readRatchet().filter((family) => !isFamily(family))).toEqual([]);
  });
});

/** What the scripts of a family did. */
interface Replayed {
  scripts: number;
  failures: string[];
  /** Accesses that traced scripts made. */
  accesses: number;
  tracedFailures: string[];
}

async function replayFamily(family: string): Promise<Replayed> {
  const done: Replayed = { scripts: 0, failures: [], accesses: 0, tracedFailures: [] };
  for await (const script of readScripts(corpusPath(family))) {
    const mismatch = replayScript(script);
    if (mismatch !== null) done.failures.push(formatMismatch(mismatch));
    if (done.scripts++ % STRIDE !== 0) continue;
    const traced = replayScript(script, { onAccess: () => done.accesses++ });
    if (traced !== null) done.tracedFailures.push(formatMismatch(traced));
  }
  return done;
}

describe.each(readRatchet())("the ratcheted family %s", (family) => {
  // Reading a recording takes a while: it is read once for both.
  let done: Replayed;
  beforeAll(async () => {
    done = await replayFamily(family);
  });

  it("passes in full", () => {
    expect(done.scripts).toBeGreaterThan(STRIDE);
    expect(done.failures.slice(0, SHOWN)).toEqual([]);
    expect(done.failures).toHaveLength(0);
  });

  it("is the same while every access is traced", () => {
    expect(done.accesses > 0).toBe(!WITHOUT_ACCESSES.includes(family));
    expect(done.tracedFailures.slice(0, SHOWN)).toEqual([]);
  });
});
