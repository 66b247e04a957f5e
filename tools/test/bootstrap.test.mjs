import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exclusively } from "../bootstrap/exclusive.mjs";
import { hashContents, hashListing, isStamped, stamp } from "../bootstrap/fingerprint.mjs";
import { isSupported } from "../bootstrap/node-version.mjs";
import { withDependencies, workspacePackages } from "../bootstrap/workspace.mjs";
import { argumentsOf } from "../scripts/arguments.mjs";

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
  it("answers the result and takes the lock away, also after a throw", () => {
    const lock = join(folder, "lock");
    expect(exclusively(() => 1, lock)).toBe(1);
    expect(() =>
      exclusively(() => {
        throw new Error("x");
      }, lock),
    ).toThrow("x");
    expect(exclusively(() => 2, lock)).toBe(2);
  });

  it("takes over the lock of a process that is gone", () => {
    const lock = join(folder, "lock");
    writeFileSync(lock, "999999999");
    expect(exclusively(() => 3, lock)).toBe(3);
  });
});

describe("the workspace", () => {
  const add = (path, name, ...dependencies) => {
    mkdirSync(join(folder, path), { recursive: true });
    const map = Object.fromEntries(dependencies.map((target) => [target, "workspace:*"]));
    writeFileSync(join(folder, path, "package.json"), JSON.stringify({ name, dependencies: map }));
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
    const names = withDependencies("c", packages).map((entry) => entry.name);
    expect(names).toEqual(["c", "b", "a"]);
  });
});
