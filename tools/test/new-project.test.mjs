import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../bootstrap/paths.mjs";
import { bundle } from "../build/bundle.mjs";
import { newProject, packagesOf, projectKinds } from "../new/project.mjs";

const folder = mkdtempSync(join(tmpdir(), "mem-new-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the `main.js` of a kind prints. */
const printed = {
  console: "Hello from bank 0\n0x812 in cpu: ram + 0x12\n",
  vmm:
    "set 0x0, 0xc0000000 bytes from 0x0 of ram\n" +
    "set 0x100000000, 0x40000000 bytes from 0xc0000000 of ram\n" +
    "A ROM of 64 KiB in front of the RAM:\n" +
    "clear 0x0\n" +
    "set 0x0, 0xf0000 bytes from 0x0 of ram\n" +
    "set 0xf0000, 0x10000 bytes from 0x0 of rom\n" +
    "set 0x100000, 0xbff00000 bytes from 0x100000 of ram\n" +
    "And away again:\n" +
    "clear 0x0\nclear 0xf0000\nclear 0x100000\n" +
    "set 0x0, 0xc0000000 bytes from 0x0 of ram\n" +
    "The doorbell rang.\n" +
    "clear 0x0\nclear 0x100000000\n",
};

describe.each(projectKinds)("a new project: %s", (kind) => {
  const target = join(folder, `My ${kind}`);
  let files;
  beforeAll(() => void (files = newProject(root, target, { kind })));

  it("is a package of its own, which names what it imports", () => {
    const { name, dependencies } = JSON.parse(readFileSync(join(target, "package.json"), "utf8"));
    expect(name).toBe(`my-${kind}`);
    const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
    const imported = [...text.matchAll(/from "(@mem\/\w+)"/g)].map(([, each]) => each);
    expect(new Set(imported)).toEqual(new Set(Object.keys(dependencies)));
  });

  it("passes its own tests", async () => {
    const file = join(folder, `${kind}.test.mjs`);
    await bundle(join(target, "map.test.js"), file);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toMatch(/pass [1-9]/);
    expect(stdout).toMatch(/fail 0/);
  });

  // The page has a server in place of a `main.js`: see below.
  const programs = kind in printed ? ["main.js"] : [];
  it.each(programs)("runs: %s", async (program) => {
    const file = join(folder, `${kind}.mjs`);
    await bundle(join(target, program), file);
    expect(execFileSync(process.execPath, [file], { encoding: "utf8" })).toBe(printed[kind]);
  });

  it("is not written over another", () => {
    expect(() => newProject(root, target, { kind })).toThrow("is there already, and not empty");
  });
});

describe("the page", () => {
  const target = join(folder, "My page");

  it("names the packages that its modules need", () => {
    const html = readFileSync(join(target, "index.html"), "utf8");
    const { imports } = JSON.parse(/<script type="importmap">(.*?)<\/script>/s.exec(html)[1]);
    expect(Object.keys(imports).sort()).toEqual(packagesOf("page"));
  });

  it("is served, and nothing outside its folder", async () => {
    writeFileSync(join(folder, "secret.txt"), "outside");
    const child = spawn(process.execPath, [join(target, "server.js"), "0"]);
    try {
      const [address] = await new Promise((resolve, reject) => {
        child.stdout.once("data", (data) => resolve(String(data).split("\n")));
        child.once("error", reject);
      });
      const answers = ["", "page.js", "map.js", "no.js", "%2e%2e/secret.txt"].map(async (path) => {
        const { status, headers } = await fetch(new URL(path, address));
        return `${status} ${headers.get("content-type")}`;
      });
      expect(await Promise.all(answers)).toEqual([
        "200 text/html",
        "200 text/javascript",
        "200 text/javascript",
        "404 null",
        "404 null",
      ]);
    } finally {
      child.kill();
    }
  });
});

describe("what cannot be made", () => {
  it("is said in one line", () => {
    expect(() => newProject(root, undefined)).toThrow("new project needs a folder");
    expect(() => newProject(root, join(folder, "x"), { kind: "toaster" })).toThrow(
      "there is no project 'toaster': use --kind console, vmm, page",
    );
  });
});
