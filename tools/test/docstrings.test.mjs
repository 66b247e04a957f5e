import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inRoot, root } from "../bootstrap/paths.mjs";
import { checkedPackages, docstringComplaints } from "../docstrings/check.mjs";
import { allQuestions, questionsIn, questionsOfTagsIn } from "../docstrings/statements.mjs";
import { programOver } from "../docstrings/symbols.mjs";
import { allUntoldThrows, untoldThrowsIn } from "../docstrings/thrown.mjs";

mkdirSync(inRoot(".cache"), { recursive: true });
const folder = mkdtempSync(inRoot(".cache/docstrings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pages of which there is one, a guide "A" with a section "B" about `shown`. */
const pages = {
  textOf: ({ guide, section }) =>
    guide === "A" && (section === undefined || section === "B") ? "about `shown`" : undefined,
};

/** What is said of a package with this one file, without the place. */
function complaintsOf(source, firstNames = []) {
  const name = `p${Math.random().toString(36).slice(2)}`;
  mkdirSync(join(folder, name, "src"), { recursive: true });
  writeFileSync(join(folder, name, "src/index.ts"), source);
  const entry = { folder: relative(root, join(folder, name)), name: `@mem/${name}` };
  const program = programOver([entry], { lib: undefined, noLib: true });
  const first = { [entry.name]: firstNames };
  return docstringComplaints([entry], { pages, program, first }).map((line) =>
    line.replace(/^\S+ /, ""),
  );
}

const SEE = '* @see the guide "A"';

describe("the check of docstrings", () => {
  it("wants a sentence for each symbol and each public member", () => {
    const source = `export class shown {
      member = 1;
      /** Word. */ word = 1;
      /** A sentence. */ good = 1;
      private hidden = 1;
      #hidden = 1;
      protected kept = 1;
      /** @internal */ internal = 1;
      constructor(readonly something = 1) {}
    }`;
    expect(complaintsOf(source)).toEqual([
      "shown says nothing",
      "shown.member says nothing",
      "shown.word says nothing",
    ]);
  });

  it("looks into interfaces, types of objects and constant objects", () => {
    const head = `/** All of it.\n ${SEE} */`;
    expect(complaintsOf(`${head} export interface shown { a: string }`)).toEqual([
      "shown.a says nothing",
    ]);
    expect(complaintsOf(`${head} export type shown = { a: string } | { b: string };`)).toEqual([
      "shown.a says nothing",
      "shown.b says nothing",
    ]);
    const parts = "export type shown = { kind: 'a' } | { kind: 'b'; b: string };";
    expect(complaintsOf(`${head} ${parts}`)).toEqual(["shown.b says nothing"]);
    expect(complaintsOf(`${head} export const shown = { A: "x" } as const;`)).toEqual([
      "shown.A says nothing",
    ]);
  });

  it("takes what a member inherits", () => {
    const source = `/** A base.\n ${SEE} */ export class shown {
 /** What it does. */
 run() {} }
      /** A class.\n * @see {@link shown} */ export class Derived extends shown { override run() {} }`;
    expect(complaintsOf(source)).toEqual([]);
  });

  it.each([
    ["where it is", "offset: number", ["shown names no unit or range of offset"]],
    ["where it is, in bytes", "offset: number", []],
    ["where it is\n * @param offset in bytes", "offset: number", []],
    [
      "where it is\n * @param size in bytes",
      "offset: bigint, size: bigint",
      ["shown names no unit or range of offset"],
    ],
    ["where it is", "offset: 1 | 2 | 4", []],
    ["where it is", "offset: string", []],
    ["where it is", "other: number", []],
    ["where it is", "firstPage: number", ["shown names no unit or range of firstPage"]],
  ])("wants units of quantities: %s (%s)", (text, parameters, expected) => {
    const source = `/** Says ${text}\n ${SEE} */ export function shown(${parameters}) {}`;
    expect(complaintsOf(source)).toEqual(expected);
  });

  it("wants units of members that are quantities, which the whole may give", () => {
    const of = (text) => `/** ${text}\n ${SEE} */ export interface shown {
      /** How large it is. */ readonly size: bigint }`;
    expect(complaintsOf(of("A thing."))).toEqual(["shown.size names no unit or range of size"]);
    expect(complaintsOf(of("A thing. Sizes are bytes."))).toEqual([]);
  });

  it("wants what is thrown to be named", () => {
    const of = (tag, body) =>
      complaintsOf(`/** Does it.\n * ${tag}\n ${SEE} */ export function shown() { ${body} }`);
    expect(of("", "throw new TypeError();")).toEqual(["shown has no @throws TypeError"]);
    expect(of("@throws RangeError", "throw new TypeError();")).toEqual([
      "shown has no @throws TypeError",
    ]);
    expect(of("@throws RangeError, TypeError", "throw new TypeError();")).toEqual([]);
    expect(of("@throws {@link TypeError} when", "throw new TypeError();")).toEqual([]);
    expect(of("@throws as {@link other}", "throw new TypeError();")).toEqual([]);
    expect(of("", "throw make();")).toEqual(["shown has no @throws"]);
    expect(of("", "return () => { throw new TypeError(); };")).toEqual([]);
    expect(of("", "try {} catch (error) { throw error; }")).toEqual([]);
  });

  it("wants an example of what is met first, neither short nor long", () => {
    const of = (tag) => complaintsOf(`/** It is.\n${tag} */ export const shown = "";`, ["shown"]);
    const lines = (count) => ` * @example\n${" * shown;\n".repeat(count)}`;
    expect(of("")).toEqual(["shown has no example"]);
    expect(of(lines(2))).toEqual(["shown has an example of 2 lines, not 3 to 8"]);
    expect(of(lines(3))).toEqual([]);
    expect(of(lines(9))).toEqual(["shown has an example of 9 lines, not 3 to 8"]);
    expect(of(` * @see {@link shown}\n${lines(3)}`)).toEqual(["shown refers to shown, unknown"]);
    expect(complaintsOf(`/** It is. */ export const shown = "";`)).toEqual([]);
    expect(complaintsOf(`/** It is. */ export const other = "";`, ["shown"])).toEqual([
      "shown is to have an example, and is not there",
    ]);
  });

  it("wants references to lead somewhere, and not to a README", () => {
    const of = (tag) => complaintsOf(`/** It is.\n * ${tag} */ export const shown = "";`);
    expect(of('@see the guide "A", "B"')).toEqual([]);
    expect(of('@see the guide "Z"')).toEqual(['shown refers to the guide "Z", which is not there']);
    expect(of('@see the guide "A", "Z"')).toEqual([
      'shown refers to the guide "A", "Z", which is not there',
    ]);
    expect(of("@see {@link nobody}")).toEqual(["shown refers to nobody, unknown"]);
    expect(of("@see the README of `@mem/flat`")[0]).toBe("shown sends its reader to a README");
    expect(complaintsOf(`/** It is.\n ${SEE} */ export const other = "";`)).toEqual([
      'other refers to the guide "A", which does not mention it',
    ]);
  });
});

describe("the check that docstrings are statements", () => {
  it("refuses those that begin with a question's word, in whatever way they are set", () => {
    const source = `/** What it is. */
      /**
       * Whether it is.
       */
      /** The size. */ /** Whatever it is, in bytes. */ // What it is
      /** Whose it is. */`;
    expect(questionsIn("a.ts", source)).toEqual([
      "a.ts:1: begins with What, and is no statement",
      "a.ts:2: begins with Whether, and is no statement",
      "a.ts:6: begins with Whose, and is no statement",
    ]);
  });

  it("refuses such parameters and answers", () => {
    const source = `/**
       * Marks it.
       * @param isDirty whether it is dirty
       * @param of.size bytes, whatever they are
       * @returns how many were
       */`;
    expect(questionsOfTagsIn("a.ts", source)).toEqual([
      "a.ts:3: @param isDirty begins with whether, and is no statement",
      "a.ts:5: @returns begins with how, and is no statement",
    ]);
  });

  it("finds none in the packages and the programs", () => {
    expect(allQuestions()).toEqual([]);
  });
});

describe("the check that docstrings tell what is thrown", () => {
  const ofBody = (body, doc = "/** Does it. */") =>
    untoldThrowsIn("a.ts", `${doc} export function shown(): void { ${body} }`);
  const complaint = ["a.ts:1: shown throws, and has no @throws"];

  it("looks at exported functions and the members of exported classes", () => {
    const source = `export const refuse = () => { throw new E(); };
      export class Shown extends Base {
        /** Makes it. */ constructor() { throw new E(); }
        /** Does it. */ run() { if (this.x) throw new E(); }
        /** The value. @throws E */ get value() { throw new E(); }
        inherited() { throw new E(); }
        private own() { throw new E(); }
        #own() { throw new E(); }
      }
      export class Plain { bare() { throw new E(); } }
      function helper() { throw new E(); }`;
    expect(untoldThrowsIn("a.ts", source)).toEqual([
      "a.ts:1: refuse throws, and has no @throws",
      "a.ts:3: Shown.constructor throws, and has no @throws",
      "a.ts:4: Shown.run throws, and has no @throws",
      "a.ts:10: Plain.bare throws, and has no @throws",
    ]);
  });

  it("counts what leaves the body and is made in it", () => {
    expect(ofBody("throw new E();")).toEqual(complaint);
    expect(ofBody("throw new E();", "/** Does it. @throws E */")).toEqual([]);
    expect(ofBody("try { f(); } catch (e) { throw new E(e); }")).toEqual(complaint);
    expect(ofBody("try { f(); } finally { throw new E(); }")).toEqual(complaint);
    expect(ofBody("try { throw new E(); } finally { f(); }")).toEqual(complaint);
    expect(ofBody("try { throw new E(); } catch { f(); }")).toEqual([]);
    expect(ofBody("try { f(); } catch (e) { throw e; }")).toEqual([]);
    expect(ofBody("return () => { throw new E(); };")).toEqual([]);
  });

  it("follows a call to what lies beside the caller, and looks at all docstrings of its name", () => {
    const source = `function check() { throw new E(); }
      export function shown() { check(); }
      /** @throws E */
      export function told(a: 1): void;
      export function told() { check(); }
      export class Shown {
        #check() { throw new E(); }
        /** Does it. */ run() { this.#check(); }
        /** Does it. */ later() { return () => this.#check(); }
        /** Does it. */ safely() { try { this.#check(); } catch {} }
        /** The value. @throws E */ get value() { return 1; }
        set value(_) { this.#check(); }
      }`;
    expect(untoldThrowsIn("a.ts", source)).toEqual([
      "a.ts:2: shown throws, and has no @throws",
      "a.ts:8: Shown.run throws, and has no @throws",
    ]);
  });

  it("finds none in the packages", () => {
    expect(allUntoldThrows()).toEqual([]);
  });
});

describe("the docstrings of the published packages", () => {
  it("say what, in which units, what is thrown, and have examples where they are met first", () => {
    expect(checkedPackages().length).toBeGreaterThan(5);
    expect(docstringComplaints(checkedPackages())).toEqual([]);
  });
});
