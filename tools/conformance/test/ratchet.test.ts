import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
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

describe("ratcheted families pass in full", () => {
  it.each(readRatchet())("%s", async (family) => {
    let scripts = 0;
    const failures: string[] = [];
    for await (const script of readScripts(corpusPath(family))) {
      scripts++;
      const mismatch = replayScript(script);
      if (mismatch !== null) failures.push(formatMismatch(mismatch));
    }
    expect(scripts).toBeGreaterThan(0);
    expect(failures.slice(0, SHOWN)).toEqual([]);
    expect(failures).toHaveLength(0);
  });
});

describe("tracing every access changes nothing", () => {
  it.each(readRatchet())("%s", async (family) => {
    let scripts = 0;
    let accesses = 0;
    const failures: string[] = [];
    for await (const script of readScripts(corpusPath(family))) {
      if (scripts++ % STRIDE !== 0) continue;
      const mismatch = replayScript(script, { onAccess: () => accesses++ });
      if (mismatch !== null) failures.push(formatMismatch(mismatch));
    }
    expect(scripts).toBeGreaterThan(STRIDE);
    expect(accesses > 0).toBe(!WITHOUT_ACCESSES.includes(family));
    expect(failures.slice(0, SHOWN)).toEqual([]);
  });
});
