import { describe, expect, it } from "vitest";
import { runCommand } from "../src/command.js";
import { generate } from "../src/generate.js";
import type { Program } from "../src/operation.js";
import { type Failure, runProgram } from "../src/run-program.js";
import { shrink } from "../src/shrink.js";

const PROGRAMS = 60;

function printed(argv: string[], run?: (program: Program) => Failure | null) {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const code = runCommand(argv, { print: note, complain: note, now: () => 0, ...(run && { run }) });
  return { code, text: lines.join("\n") };
}

/** Fails where a program destroys an address space after it made one. */
const failing = (program: Program): Failure | null => {
  const made = program.steps.findIndex(({ op }) => op === "space");
  const step = program.steps.findIndex(
    ({ op }, i) => made >= 0 && i > made && op === "destroySpace",
  );
  const operation = program.steps[step] ?? null;
  return operation && { step, operation, error: new Error("too bad") };
};

describe("random machines", () => {
  it.each(["exact", "wild"])(`are as they should be in ${PROGRAMS} programs: %s`, (mode) => {
    let count = 0;
    for (let seed = 1; count < PROGRAMS; seed++) {
      const program = generate(seed);
      if (program.mode !== mode) continue;
      count++;
      const failure = runProgram(program);
      if (failure) throw new Error(`seed ${seed}, step ${failure.step}`, { cause: failure.error });
    }
    expect(count).toBe(PROGRAMS);
  });

  it("are the same for the same seed, and others for another", () => {
    expect(generate(5)).toEqual(generate(5));
    expect(generate(5).steps).not.toEqual(generate(6).steps);
  });

  it("do a bit of everything", () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) for (const { op } of generate(seed).steps) seen.add(op);
    expect([...seen].sort()).toMatchInlineSnapshot(`
      [
        "access",
        "add",
        "aliasOffset",
        "begin",
        "cache",
        "cacheAccess",
        "coalesce",
        "commit",
        "create",
        "destroySpace",
        "discard",
        "discardListener",
        "endOwner",
        "endRegion",
        "eventfd",
        "globalLog",
        "listen",
        "log",
        "map",
        "move",
        "populate",
        "post",
        "queue",
        "ramResize",
        "remove",
        "resize",
        "snapshot",
        "space",
        "switch",
        "translation",
        "uncache",
        "unlisten",
        "unmap",
      ]
    `);
  });
});

describe("a failure", () => {
  it("is made as short as it can be", () => {
    const seed = Array.from({ length: 500 }, (_, i) => i + 1).find((i) => failing(generate(i)));
    const program = generate(seed ?? 0);
    const short = shrink(program, (other) => failing(other) !== null);
    expect(short.steps.map(({ op }) => op)).toEqual(["space", "destroySpace"]);
    expect(short.seed).toBe(seed);
  });

  it("is printed with its steps and the command that repeats it", () => {
    const { code, text } = printed(["--seed", "1", "--programs", "500"], failing);
    expect(code).toBe(1);
    expect(text).toMatch(
      /0: {"op":"space".*\n +1: {"op":"destroySpace".*\nat step 1: Error: too bad/,
    );
    expect(text).toMatch(/repeat with: npm run fuzz -- --seed [0-9]+ --programs 1$/);
  });
});

describe("the command", () => {
  it("says what it did", () => {
    expect(printed(["--seed", "3", "--programs", "2"], () => null)).toEqual({
      code: 0,
      text: expect.stringMatching(/^2 programs from seed 3 on, [0-9]+ steps: nothing found$/),
    });
    expect(printed(["--help"]).text).toContain("Usage: npm run fuzz");
  });

  it.each([
    [["--seconds", "x"], "fuzz: --seconds takes a number from 1 to 9999999999, not 'x'"],
    [["--trees", "1"], "fuzz: Unknown option '--trees'"],
    [["more"], "fuzz: Unexpected argument 'more'"],
    [["--json="], "fuzz: --json takes the name of a file"],
  ])("refuses %j in one line", (argv, message) => {
    const { code, text } = printed(argv);
    expect([code, text.startsWith(message)]).toEqual([1, true]);
  });
});
