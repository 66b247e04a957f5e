import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";

import { deviceReference } from "../../src/device/properties/reference.js";
import { builtinDevices } from "../../src/devices/builtin.js";

const PAGE = fileURLToPath(new URL("../../../../docs/DEVICES.md", import.meta.url));
const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));

describe("the reference of the devices", () => {
  it("is the page of the documentation", async () => {
    const options = { ...(await resolveConfig(PAGE)), filepath: PAGE };
    const text = await format(deviceReference(builtinDevices), options);
    // MEM_DEVICES_WRITE=1 writes it anew.
    if (process.env["MEM_DEVICES_WRITE"] === "1") writeFileSync(PAGE, text);
    expect(readFileSync(PAGE, "utf8")).toBe(text);
  });

  it("has every folder of devices", () => {
    const folders = readdirSync(join(SOURCES, "devices"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const list = readFileSync(join(SOURCES, "devices/builtin.ts"), "utf8");
    expect(folders.filter((folder) => !list.includes(`"./${folder}/index.js"`))).toEqual([]);
  });
});

describe("the entry for programs", () => {
  it("reaches nothing of Node's", () => {
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, "utf8");
      expect(text, file).not.toMatch(/from "node:/);
      for (const [, path = ""] of text.matchAll(
        /^(?:im|ex)port (?!type)[^;]*?from "(\.[^"]+)\.js";/gms,
      )) {
        visit(join(dirname(file), `${path}.ts`));
      }
    };
    visit(join(SOURCES, "index.ts"));
    expect(seen.size).toBeGreaterThan(80);
  });
});
