import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { firmwarePath, missing } from "./firmware-support.js";

const noNasm = missing("nasm");
describe("embedded firmware", () => {
  it("is the committed image", () => {
    const image = readFileSync(firmwarePath("embedded.bin"));
    expect(image.length).toBe(0x10000);
    expect(Buffer.from(embeddedFirmware()).equals(image)).toBe(true);
  });

  it("hands out copies", () => {
    embeddedFirmware().fill(0);
    expect(embeddedFirmware()[0xfff0]).toBe(0xea);
  });

  it("starts with a far jump into segment F000", () => {
    const image = new DataView(embeddedFirmware().buffer);
    expect(image.getUint8(0xfff0)).toBe(0xea);
    expect(image.getUint16(0xfff3, true)).toBe(0xf000);
    expect(image.getUint8(image.getUint16(0xfff1, true))).toBe(0xfa); // cli
  });

  it("is what its sources assemble to", (context) => {
    context.skip(noNasm !== null, noNasm ?? "");
    const check = spawnSync(process.execPath, [firmwarePath("build.mjs"), "--check"]);
    expect(check.stderr.toString()).toBe("");
    expect(check.status).toBe(0);
  });
});

describe("test disk", () => {
  it("has a boot sector", () => {
    const disk = readFileSync(firmwarePath("testdisk/testdisk.bin"));
    expect(disk.length % 512).toBe(0);
    expect(disk.readUInt16LE(510)).toBe(0xaa55);
  });
});
