import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { helpText } from "../../src/cli/help.js";
import { optionGroups } from "../../src/cli/options/index.js";
import { parseCommandLine } from "../../src/cli/parse.js";
import { completionScript } from "../../src/cli/shell/completion.js";
import { manPage } from "../../src/cli/shell/man-page.js";
import { SHELLS } from "../../src/cli/shell/shells.js";
import { NAME, VERSION } from "../../src/cli/version.js";

/** Texts that are handed out, beside the program. */
const HELP = fileURLToPath(new URL("../../man/help.txt", import.meta.url));
const MANIFEST = fileURLToPath(new URL("../../package.json", import.meta.url));
const PAGE = fileURLToPath(new URL("../../man/mem-pc.1", import.meta.url));

function missing(program: string): string | null {
  return spawnSync(program, ["--version"]).error === undefined
    ? null
    : `${program} is not installed`;
}

/** What `work` answers of a file that holds `text`, alone in a folder. */
function inFile<T>(text: string, work: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "completion-"));
  try {
    const file = join(folder, "script");
    writeFileSync(file, text);
    return work(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What bash offers after `typed`, a command line; the last word is completed. */
function offered(typed: string): string[] {
  const words = typed.split(" ");
  const script = `${completionScript("bash")}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
    COMP_CWORD=${words.length - 1}
    _mem_pc
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], {
    encoding: "utf8",
    cwd: "/",
  });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("completion", () => {
  it.each(SHELLS)("for %s knows every option", (shell) => {
    expect(parseCommandLine(["completion", shell])).toEqual({ kind: "completion", shell });
    const script = completionScript(shell);
    for (const { options } of optionGroups) {
      for (const name of options.flatMap(({ names }) => names)) {
        const pattern =
          shell === "fish" ? `-[ol] ${name}\\b` : `-${name.replaceAll("-", "\\-")}[ |)[']`;
        expect(script).toMatch(new RegExp(pattern));
      }
    }
  });

  it.for(SHELLS)("for %s is a script that the shell reads", (shell, context) => {
    const why = missing(shell);
    context.skip(why !== null, why ?? "");
    const { status, stderr } = inFile(completionScript(shell), (file) =>
      spawnSync(shell, ["-n", file], { encoding: "utf8" }),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it.for<[string, string[]]>([
    ["mem-pc -mo", ["-mon", "-monitor"]],
    ["mem-pc -accel j", ["jit"]],
    ["mem-pc m", ["man", "map"]],
    ["mem-pc map --sp", ["--space"]],
  ])("for fish offers after %j: %j", ([typed, expected], context) => {
    const why = missing("fish");
    context.skip(why !== null, why ?? "");
    const words = inFile(completionScript("fish"), (file) =>
      spawnSync("fish", ["-N", "-c", `source ${file}; complete -C '${typed}'`], {
        encoding: "utf8",
        cwd: dirname(file),
      }),
    ).stdout.split("\n");
    expect(words.map((line) => line.split("\t")[0])).toEqual([...expected, ""]);
  });

  it.each([
    ["mem-pc -nog", ["-nographic"]],
    ["mem-pc -vga ", ["std", "cirrus", "none"]],
    ["mem-pc -cpu q", ["qemu32", "qemu64"]],
    ["mem-pc -m ", []],
    ["mem-pc comp", ["completion"]],
    ["mem-pc completion ", ["bash", "zsh", "fish"]],
    ["mem-pc map --sp", ["--space"]],
    ["mem-pc map --space ", ["memory", "io"]],
    ["mem-pc map -nod", ["-nodefaults"]],
    ["mem-pc -bios /etc/hostn", ["/etc/hostname"]],
  ])("in bash: %s", (typed, words) => {
    expect(
      offered(typed).filter((word) =>
        typed.startsWith("mem-pc completion ") ? SHELLS.some((shell) => shell === word) : true,
      ),
    ).toEqual(words);
  });

  it("names the shells", () => {
    expect(() => parseCommandLine(["completion", "tcsh"])).toThrow(
      "completion: name a shell: bash, zsh, fish",
    );
  });
});

describe("what is told without the program", () => {
  it("is its help", () => {
    // After a change of options: npm -s start -- --help > apps/pc-machine/man/help.txt
    expect(readFileSync(HELP, "utf8")).toBe(helpText());
  });

  it("is its version", () => {
    expect(JSON.parse(readFileSync(MANIFEST, "utf8"))).toMatchObject({ version: VERSION });
    expect(NAME).toBe("mem-pc");
  });
});

describe("the manual page", () => {
  it("is the one that is handed out", () => {
    // After a change of options: npm start -- man > apps/pc-machine/man/mem-pc.1
    expect(readFileSync(PAGE, "utf8")).toBe(manPage());
  });

  it("has every option, and nothing that troff complains about", (context) => {
    for (const { options } of optionGroups) {
      for (const name of options.flatMap(({ names }) => names)) {
        expect(manPage()).toContain(`-${name.replaceAll("-", "\\-")}\\fR`);
      }
    }
    context.skip(missing("groff") !== null, "groff is not installed");
    const { stdout, stderr } = spawnSync("groff", ["-man", "-Tutf8", "-ww"], {
      input: manPage(),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout.replaceAll(/.[\b]/g, "")).toContain("Machine");
  });
});
