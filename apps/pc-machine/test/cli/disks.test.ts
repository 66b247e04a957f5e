import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { BlockGraph } from "../../src/block/block-graph.js";
import { BlockOptions } from "../../src/block/block-options.js";
import { Activity } from "../../src/cli/run/activity.js";
import { findOptionRom, findSeaBios, findVgaBios } from "../../src/cli/images/firmware.js";
import { VERSION } from "../../src/cli/version.js";
import { MemoryImage } from "../../src/storage/index.js";
import { SnapshotImage } from "../../src/storage/snapshot-image.js";

const SECTOR = 512;

function filled(sectors: number, byte: number): Uint8Array {
  return new Uint8Array(sectors * SECTOR).fill(byte);
}

describe("a snapshot", () => {
  it("shows what was written, and leaves the image beneath as it is", () => {
    const base = new MemoryImage(filled(8, 1), { readonly: true });
    const disk = new SnapshotImage(base);
    disk.write(2, filled(2, 7));
    const read = filled(4, 0);
    disk.read(1, read);
    expect([0, 1, 2, 3].map((sector) => read[sector * SECTOR])).toEqual([1, 7, 7, 1]);
    expect(base.bytes.every((byte) => byte === 1)).toBe(true);
    expect(disk.readonly).toBe(false);
    expect(disk.sectors).toBe(8);
  });

  it("keeps its own copy of what was written", () => {
    const disk = new SnapshotImage(new MemoryImage(4 * SECTOR));
    const data = filled(1, 9);
    disk.write(0, data);
    data.fill(3);
    const read = filled(1, 0);
    disk.read(0, read);
    expect(read[0]).toBe(9);
  });

  it("refuses what lies outside the medium", () => {
    const disk = new SnapshotImage(new MemoryImage(4 * SECTOR));
    expect(() => disk.write(3, filled(2, 1))).toThrow(/outside the medium/);
    expect(() => disk.read(4, filled(1, 0))).toThrow(/outside the medium/);
  });
});

describe("a drive", () => {
  it("counts transfers as signs of life", () => {
    const activity = new Activity();
    const graph = new BlockGraph({
      emit: () => undefined,
      stop: () => undefined,
      note: activity.note,
    });
    const medium = new BlockOptions({ driver: "null-co", size: 4 * SECTOR });
    const disk = graph.addDrive({ id: null, medium, snapshot: true });
    disk.write(0, filled(1, 5));
    const read = filled(1, 0);
    disk.read(0, read);
    expect(read[0]).toBe(5);
    expect(activity.count).toBe(2);
  });
});

describe("the search for firmware", () => {
  const only =
    (...paths: string[]) =>
    (path: string): boolean =>
      paths.includes(path);

  it.each([
    [["/usr/share/seabios/bios-256k.bin"], "/usr/share/seabios/bios-256k.bin"],
    [["/usr/share/qemu/bios.bin"], "/usr/share/qemu/bios.bin"],
    [["/opt/homebrew/share/qemu/bios-256k.bin"], "/opt/homebrew/share/qemu/bios-256k.bin"],
    [["/usr/local/share/qemu/bios-256k.bin"], "/usr/local/share/qemu/bios-256k.bin"],
    [
      ["/usr/share/qemu/bios-256k.bin", "/usr/share/seabios/bios.bin"],
      "/usr/share/seabios/bios.bin",
    ],
    [[], null],
  ])("%j gives %s", (there, found) => {
    expect(findSeaBios(only(...there))).toBe(found);
  });

  it("finds the display's ROM", () => {
    const path = "/usr/share/qemu/vgabios-stdvga.bin";
    expect(findVgaBios(only(path))).toBe(path);
  });

  it("finds the ROM of a network card: the larger one, for there is more in it", () => {
    const pxe = "/usr/share/qemu/pxe-e1000.rom";
    const efi = "/usr/lib/ipxe/qemu/efi-e1000.rom";
    expect(findOptionRom("e1000", only(pxe))).toBe(pxe);
    expect(findOptionRom("e1000", only(efi))).toBe(efi);
    expect(findOptionRom("edu", () => true)).toBeNull();
  });
});

it("the version is the package's", () => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  expect(manifest).toMatchObject({ version: VERSION });
});
