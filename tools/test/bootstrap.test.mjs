import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix, win32 } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exclusively } from "../bootstrap/exclusive.mjs";
import { hashContents, hashListing, isStamped, stamp } from "../bootstrap/fingerprint.mjs";
import { isSupported } from "../bootstrap/node-version.mjs";
import { installationTrouble, npmCommand } from "../bootstrap/npm.mjs";
import { sourceEntries, withDependencies, workspacePackages } from "../bootstrap/workspace.mjs";
import { argumentsOf } from "../scripts/arguments.mjs";
import { glance } from "../scripts/glance.mjs";
import { nearest } from "../scripts/nearest.mjs";
import { inRoot } from "../bootstrap/paths.mjs";

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("isSupported", () => {
  it.each([
    ["20.19.0", true],
    ["20.18.9", false],
    ["18.20.4", false],
    ["20.20.0", true],
    ["22.0.0", true],
    ["9.99.99", false],
    ["26.0.0-nightly2026", true],
  ])("%s: %s", (version, expected) => expect(isSupported(version)).toBe(expected));
});

describe("argumentsOf", () => {
  const npm = { npm_config_user_agent: "npm/11.0.0 node/v20" };
  const pnpm = { npm_config_user_agent: "pnpm/10.34.8 npm/? node/v20" };
  it("drops the separator that pnpm hands on", () => {
    expect(argumentsOf(["--", "-m", "a b"], pnpm)).toEqual(["-m", "a b"]);
    expect(argumentsOf(["-m", "--", "x"], pnpm)).toEqual(["-m", "--", "x"]);
    expect(argumentsOf(["--", "x"], {})).toEqual(["x"]);
  });
  it("leaves what npm hands on as it is", () => {
    expect(argumentsOf(["--", "x"], npm)).toEqual(["--", "x"]);
  });
});

describe("glance", () => {
  it("tells version, help and manual page without the program", () => {
    expect(glance(["--version"])).toMatch(/^mem-pc \d+\.\d+\.\d+\n$/);
    expect(glance(["-version"])).toBe(glance(["--version"]));
    expect(glance(["--help"])).toMatch(/^usage: mem-pc /);
    expect(glance(["-h"])).toBe(glance(["--help"]));
    expect(glance(["man"])).toMatch(/^\.TH MEM-PC/i);
  });

  it.each([[[]], [["-m", "64"]], [["--version", "-m"]], [["version"]], [["map", "--help"]]])(
    "leaves %j to the program",
    (args) => expect(glance(args)).toBeUndefined(),
  );
});

describe("a script that there is not", () => {
  const names = ["start", "test", "test:unit", "test:shipped", "fuzz", "docs", "check"];
  it.each([
    ["strat", "start"],
    ["tset", "test"],
    ["test:unti", "test:unit"],
    ["test:ship", "test:shipped"],
    ["chek", "check"],
    ["serve", undefined],
    ["x", undefined],
    ["", undefined],
  ])("%j was meant to be %s", (word, meant) => expect(nearest(word, names)).toBe(meant));

  it.each([
    [["strat"], 'mem: no script "strat"; did you mean: npm run start? `npm run` lists them all\n'],
    [["frobnicate"], 'mem: no script "frobnicate"; `npm run` lists them all\n'],
    [["constructor"], 'mem: no script "constructor"; `npm run` lists them all\n'],
    [[], "mem: no script is named; `npm run` lists them all\n"],
  ])("is told in one line: %j", (args, line) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [inRoot("tools/run.mjs"), ...args],
      { encoding: "utf8" },
    );
    expect([status, stdout, stderr]).toEqual([1, "", line]);
  });
});

describe("fingerprints", () => {
  it("tell contents apart, and a missing file from none", () => {
    const file = join(folder, "a");
    const missing = hashContents([file]);
    writeFileSync(file, "1");
    const one = hashContents([file]);
    writeFileSync(file, "2");
    const two = hashContents([file]);
    expect(new Set([missing, one, two, hashContents([]), hashContents([], "x")]).size).toBe(5);
  });

  it("notice a file that is added, renamed or grows, at any depth", () => {
    mkdirSync(join(folder, "a/b"), { recursive: true });
    const seen = new Set([hashListing([folder])]);
    writeFileSync(join(folder, "a/b/c"), "1");
    seen.add(hashListing([folder]));
    expect(hashListing([folder])).toBe([...seen].at(-1));
    writeFileSync(join(folder, "a/b/c"), "12");
    seen.add(hashListing([folder]));
    writeFileSync(join(folder, "a/d"), "");
    seen.add(hashListing([folder]));
    expect(seen.size).toBe(4);
  });

  it("are compared with the stamp that was left", () => {
    const file = join(folder, "deep/stamp");
    expect(isStamped(file, "x")).toBe(false);
    stamp(file, "x");
    expect(isStamped(file, "x")).toBe(true);
    expect(isStamped(file, "y")).toBe(false);
  });
});

describe("exclusively", () => {
  const work = () => Promise.resolve(1);

  it("answers the result and takes the lock away, also after a throw", async () => {
    const lock = join(folder, "lock");
    expect(await exclusively(work, "works", lock)).toBe(1);
    const failing = exclusively(() => Promise.reject(new Error("x")), "works", lock);
    await expect(failing).rejects.toThrow("x");
    expect(existsSync(lock)).toBe(false);
  });

  it("runs one after the other", async () => {
    const lock = join(folder, "lock");
    let running = 0;
    const one = async () => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
    };
    await Promise.all([1, 2, 3].map(() => exclusively(one, "works", lock)));
    expect(running).toBe(0);
  });

  it.each([
    ["of a process that is gone", "999999999 works"],
    ["of an earlier process with this one's number", `${process.pid} works`],
    ["that was left empty", ""],
    ["that holds nonsense", "x"],
  ])("takes over the lock %s", async (_, text) => {
    const lock = join(folder, "lock");
    writeFileSync(lock, text);
    utimesSync(lock, new Date(0), new Date(0));
    expect(await exclusively(work, "works", lock)).toBe(1);
  });

  it("says what it waits for", async () => {
    const lock = join(folder, "lock");
    // This process's parent lives as long as the test does.
    writeFileSync(lock, `${process.ppid} installs dependencies`);
    const said = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      rmSync(lock);
      return text.length > 0;
    });
    try {
      expect(await exclusively(work, "works", lock)).toBe(1);
      const [[line]] = said.mock.calls;
      expect(line).toBe(
        `mem: waiting for process ${process.ppid}, which installs dependencies (${lock})\n`,
      );
    } finally {
      said.mockRestore();
    }
  });
});

describe("npm", () => {
  const hostOf = (platform, execPath, env = {}) => ({ platform, execPath, env });
  const only = (file) => (path) => path === file;

  it("is run by Node on Windows, where a batch file cannot be started", () => {
    const host = hostOf("win32", "C:\\Program Files\\nodejs\\node.exe");
    const cli = "C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js";
    const found = npmCommand(["install", "x"], host, win32, only(cli));
    expect(found).toEqual({ program: host.execPath, args: [cli, "install", "x"], shell: false });
    const none = npmCommand(["install", "C:\\a b"], host, win32, () => false);
    expect(none).toEqual({ program: "npm.cmd", args: ['"install"', '"C:\\a b"'], shell: true });
  });

  it("is the one that runs this script, or the one beside Node", () => {
    const own = "/opt/npm/bin/npm-cli.js";
    const host = hostOf("linux", "/usr/bin/node", { npm_execpath: own });
    expect(npmCommand(["ci"], host, posix, () => true).args).toEqual([own, "ci"]);
    const beside = "/usr/lib/node_modules/npm/bin/npm-cli.js";
    const pnpm = hostOf("linux", "/usr/bin/node", { npm_execpath: "/opt/pnpm/bin/pnpm.cjs" });
    expect(npmCommand(["ci"], pnpm, posix, only(beside)).args).toEqual([beside, "ci"]);
    const none = npmCommand(["ci"], pnpm, posix, () => false);
    expect(none).toEqual({ program: "npm", args: ["ci"], shell: false });
  });

  it("that finds no registry is put into one line", () => {
    const output = "npm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error at x";
    const line = installationTrouble("pnpm 1.2.3", output);
    expect(line).toMatch(/^mem: installing pnpm 1\.2\.3 failed: no package registry .*ENOTFOUND/);
    expect(line).not.toContain("\n");
    const other = installationTrouble("dependencies", "npm error code ENOSPC\n");
    expect(other).toBe("npm error code ENOSPC\nmem: installing dependencies failed");
  });
});

describe("the workspace", () => {
  const add = (path, name, ...dependencies) => {
    mkdirSync(join(folder, path), { recursive: true });
    const map = Object.fromEntries(dependencies.map((target) => [target, "workspace:*"]));
    const entry = (file) => ({ types: `./dist/types/${file}.d.ts`, default: `./dist/${file}.js` });
    const exports = { ".": entry("index"), "./plumbing": entry("plumbing"), "./internal/*": null };
    const manifest = { name, dependencies: map, ...(name === "b" ? { exports } : {}) };
    writeFileSync(join(folder, path, "package.json"), JSON.stringify(manifest));
  };

  it("is every folder with a manifest, and dependencies are followed through", () => {
    add("packages/a", "a");
    add("packages/b", "b", "a");
    add("apps/c", "c", "b", "outside");
    add("tools/d", "d", "a");
    mkdirSync(join(folder, "tools/plain"));
    const packages = workspacePackages(folder);
    expect(packages.map((entry) => entry.folder)).toEqual([
      "packages/a",
      "packages/b",
      "apps/c",
      "tools/d",
    ]);
    expect(sourceEntries(packages)).toEqual([
      ["b", "packages/b/src/index.ts"],
      ["b/plumbing", "packages/b/src/plumbing.ts"],
    ]);
    const names = withDependencies("c", packages).map((entry) => entry.name);
    expect(names).toEqual(["c", "b", "a"]);
  });
});
