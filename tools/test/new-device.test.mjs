import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { inRoot } from "../bootstrap/paths.mjs";
import { newDevice } from "../new/device.mjs";

const LIST = "apps/pc-machine/src/devices/builtin.ts";

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mem-new-device-"));
  cpSync(inRoot(LIST), join(folder, LIST));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("a new device is in the list of devices, which stays what it was besides", () => {
  const written = newDevice(folder, "mail-box");
  expect(written).toContain("apps/pc-machine/src/devices/mail-box/index.ts");
  const before = readFileSync(inRoot(LIST), "utf8").split("\n");
  const after = readFileSync(join(folder, LIST), "utf8").split("\n");
  const added = after.filter((line) => !before.includes(line));
  expect(added).toEqual(['import { mailBox } from "./mail-box/index.js";', "  mailBox,"]);
  expect(after.filter((line) => !added.includes(line))).toEqual(before);
  expect(after.indexOf("  mailBox,") + 1).toBe(after.indexOf("]);"));
  const firstLine = after.indexOf("");
  expect(after[firstLine - 1]).toBe(added[0]);
});

it.each(["isa", "pci"])("a new device of the %s bus imports files that there are", (bus) => {
  const missing = newDevice(folder, "mail-box", { bus })
    .filter((file) => !file.endsWith("builtin.ts"))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const targets = [...text.matchAll(/ from "(\.[^"]+)\.js"/g)];
      expect(targets.length).toBeGreaterThan(0);
      return targets.map(([, target]) => join(dirname(file), `${target}.ts`));
    })
    .filter((file) => ![inRoot(file), join(folder, file)].some((place) => existsSync(place)));
  expect(missing).toEqual([]);
});
