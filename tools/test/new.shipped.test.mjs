import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WorkingCopy } from "../publish/working-copy.mjs";

const copy = new WorkingCopy();
const check = async (files) => {
  await copy.node("tools/node_modules/prettier/bin/prettier.cjs", "--check", ...files);
  await copy.node("tools/node_modules/oxlint/bin/oxlint", "--deny-warnings", ...files);
};
const read = (file) => readFileSync(join(copy.folder, file), "utf8");

describe("the generators", () => {
  beforeAll(() => copy.make());
  afterAll(() => copy.remove());

  it("make a package that passes its own test and every check", async () => {
    const said = await copy.script("new", "package", "bus-probe");
    expect(said).toContain("packages/bus-probe/src/index.ts");
    expect(await copy.script("layers")).toContain(" 0 violations");
    const tested = await copy.script("test:unit", "--project", "@mem/bus-probe");
    expect(tested).toMatch(/Tests +1 passed/);
    await copy.node("node_modules/typescript/bin/tsc", "-b", "packages/bus-probe");
    await check(said.match(/^ {2}\S+$/gm).map((line) => line.trim()));
    expect(existsSync(join(copy.folder, "packages/bus-probe/dist/types/index.d.ts"))).toBe(true);
    expect(read("docs/ARCHITECTURE.md")).toContain("`@mem/bus-probe`");
  });

  it.each([
    ["mail-box", []],
    ["isa-box", ["--bus", "isa"]],
    ["pci-box", ["--bus=pci"]],
  ])("make a device that passes its own test: %s", async (name, options) => {
    const said = await copy.script("new", "device", name, ...options);
    const tested = await copy.script(
      "test:unit",
      ...["--project", "@mem/pc-machine", `devices/${name}`],
    );
    expect(tested).toMatch(/Tests +2 passed/);
    await check(said.match(/^ {2}\S+$/gm).map((line) => line.trim()));
    expect(read("apps/pc-machine/src/devices/builtin.ts")).toContain(`"./${name}/index.js"`);
  });

  it.each([
    [["package"], "new package needs a name"],
    [["package", "Bus"], "'Bus' is no name for a package"],
    [["package", "core"], "packages/core/package.json exists already"],
    [["device", "vga"], "apps/pc-machine/src/devices/vga/vga.ts exists already"],
    [["device", "x", "--bus", "usb"], "there is no bus 'usb': use --bus isa or --bus pci"],
    [["board", "x"], "usage: npm run new -- package NAME"],
    [["device", "a", "b"], "usage: npm run new -- package NAME"],
    [["package", "a", "--bus", "isa"], "usage: npm run new -- package NAME"],
  ])("refuse in one line: %j", async (args, message) => {
    await expect(copy.script("new", ...args)).rejects.toThrow(`mem: ${message}`);
  });
});
