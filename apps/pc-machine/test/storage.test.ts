import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { FileImage } from "../src/storage/file-image.js";
import { BlockError, MemoryImage } from "../src/storage/index.js";

const folder = mkdtempSync(join(tmpdir(), "mem-storage-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, contents: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

describe("file image", () => {
  it("pads a last sector that the file holds in part", () => {
    const path = file("odd.img", new Uint8Array(1000).fill(7));
    const image = new FileImage(path);
    expect(image.sectors).toBe(2);
    const sector = new Uint8Array(512).fill(9);
    image.read(1, sector);
    expect(sector[487]).toBe(7);
    expect(sector[488]).toBe(0);
    image.write(1, new Uint8Array(512).fill(3));
    image.flush();
    image.close();
    expect(statSync(path).size).toBe(1024);
    expect(readFileSync(path)[1023]).toBe(3);
  });

  it("refuses what leaves the medium, writes to read-only ones, and a closed file", () => {
    const image = new FileImage(file("ro.img", new Uint8Array(1024)), { readonly: true });
    expect(() => image.read(1, new Uint8Array(1024))).toThrow(/sectors 1 to 2 are outside/);
    expect(() => image.read(0, new Uint8Array(100))).toThrow(BlockError);
    expect(() => image.write(0, new Uint8Array(512))).toThrow(/read-only/);
    image.close();
    expect(() => image.read(0, new Uint8Array(512))).toThrow(/closed/);
  });

  it("names the file it cannot open", () => {
    expect(() => new FileImage(join(folder, "none.img"))).toThrow(/none\.img/);
    expect(() => new FileImage(folder, { readonly: true })).toThrow(/not a regular file/);
  });
});

describe("memory image", () => {
  it("uses whole sectors in place and copies others", () => {
    const whole = new Uint8Array(1024);
    const image = new MemoryImage(whole);
    image.write(1, new Uint8Array(512).fill(5));
    expect(whole[512]).toBe(5);
    const padded = new MemoryImage(new Uint8Array([1, 2, 3]));
    expect(padded.sectors).toBe(1);
    const sector = new Uint8Array(512).fill(9);
    padded.read(0, sector);
    expect([...sector.subarray(0, 5)]).toEqual([1, 2, 3, 0, 0]);
    expect(() => new MemoryImage(512, { readonly: true }).write(0, sector)).toThrow(BlockError);
  });
});
