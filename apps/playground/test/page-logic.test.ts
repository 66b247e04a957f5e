import { describe, expect, it } from "vitest";
import { deviceOf } from "../src/machine/build.js";
import { scanCodeOf } from "../src/machine/keys.js";
import { countText, heatLevel } from "../src/map/heat.js";
import { targetOf } from "../src/map/roving.js";
import { addressText } from "../src/map/explain-panel.js";
import { type FileKind, kindOfFile, readGiven } from "../src/page/given-files.js";
import { guestsOf, isInside } from "../src/page/guests.js";
import { type Media, NO_MEDIA, notesOf, takenOut, withFile } from "../src/page/media.js";

/** A file of so many bytes with some of them set. */
function file(name: string, length: number, set: Readonly<Record<number, readonly number[]>> = {}) {
  const bytes = new Uint8Array(length);
  for (const [at, values] of Object.entries(set)) bytes.set(values, Number(at));
  return { name, bytes };
}
const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

describe("a file that was dropped", () => {
  it.each([
    [file("a.img", 1024, { 510: [0x55, 0xaa] }), "disk"],
    [file("odd", 2048), "disk"],
    [file("dos.img", 1440 * 1024), "floppy"],
    [file("boot.bin", 1440 * 1024, { 510: [0x55, 0xaa] }), "floppy"],
    [file("kernel.elf", 5000, { 0: [0x7f, 0x45, 0x4c, 0x46] }), "kernel"],
    [file("linux.iso", 0x9000, { 0x8001: letters("CD001") }), "cdrom"],
    [file("bios.bin", 0x20000, { 0x1fff0: [0xea] }), "firmware"],
    [file("disk-like-a-bios.img", 0x10000, { 0xfff0: [0xea], 510: [0x55, 0xaa] }), "disk"],
    [file("vgabios.bin", 0x9800, { 0: [0x55, 0xaa] }), "vga-bios"],
    [file("bzImage", 0x5000, { 0x202: letters("HdrS") }), "kernel"],
    [file("initrd.img", 4096, { 0: [0x1f, 0x8b] }), "initrd"],
    [file("letter.txt", 77), "unknown"],
    [file("empty.img", 0), "unknown"],
  ])("%# is told by what is in it", (given, kind) => {
    expect(kindOfFile(given)).toBe(kind);
  });
});

describe("keys, by their places", () => {
  it.each([
    ["KeyA", 0x1e],
    ["Digit1", 0x02],
    ["Enter", 0x1c],
    ["F12", 0x58],
    ["ArrowUp", 0xe048],
    ["Numpad5", 0x4c],
    ["NumpadEnter", 0xe01c],
    ["ControlRight", 0xe01d],
    ["Fn", null],
    ["F13", null],
  ])("%s is %s", (place, code) => {
    expect(scanCodeOf(place)).toBe(code);
  });
});

describe("guests beside the page", () => {
  it("are those of the manifest that say what they are", () => {
    const good = { name: "DOS", files: [{ path: "dos.img", kind: "disk" }] };
    const list = { guests: [good, { name: 1 }, null, { name: "x", files: [{}] }] };
    expect(guestsOf(list)).toEqual({
      guests: [good],
      problems: [
        'guests/manifest.json, entry 2: it has no "name"',
        "guests/manifest.json, entry 3: it is no object",
        'guests/manifest.json, entry 4: a file has a "path"',
      ],
    });
    for (const bad of [null, [], {}, { guests: 1 }]) {
      expect(guestsOf(bad)).toEqual({
        guests: [],
        problems: ['guests/manifest.json has no list "guests"'],
      });
    }
  });

  it.each([
    [{ memory: "64" }, '"memory" is a number of MiB'],
    [{ memory: 0 }, '"memory" is a number of MiB'],
    [{ commandLine: 1 }, '"commandLine" is a text'],
    [{ files: [] }, 'it has no list "files"'],
    [
      { files: [{ path: "a.img", kind: "tape" }] },
      'a.img: its "kind" is one of disk, cdrom, floppy, firmware, vga-bios, kernel, initrd',
    ],
  ])("are refused with the reason: %j", (wrong, reason) => {
    const entry = { name: "x", files: [{ path: "a.img", kind: "disk" }], ...wrong };
    expect(guestsOf({ guests: [entry] }).problems).toEqual([
      `guests/manifest.json, entry 1: ${reason}`,
    ]);
  });

  it("come from their folder alone", () => {
    expect(["a.img", "linux/bzImage"].map(isInside)).toEqual([true, true]);
    const outside = ["/etc/a", "../a", "a/../../b", "http://x/a", "data:,x", "a\\b"];
    expect(outside.filter(isInside)).toEqual([]);
  });
});

describe("a file that cannot be taken", () => {
  const given = (name: string, size: number, bytes: Promise<ArrayBuffer>) =>
    readGiven({ name, size, arrayBuffer: () => bytes });

  it("is told with the reason", async () => {
    const none = Promise.resolve(new ArrayBuffer(0));
    expect(await given("a.img", 2 ** 30 + 1, none)).toMatch("a.img is larger than 1 GiB");
    expect(await given("a.img", 0, none)).toBe("a.img is empty");
    const folder = Promise.reject(new DOMException("no file", "NotFoundError"));
    expect(await given("disks", 4096, folder)).toMatch("disks cannot be read: it is a folder");
    const qcow2 = Promise.resolve(Uint8Array.of(0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3).buffer);
    expect(await given("a.qcow2", 8, qcow2)).toMatch("in the format qcow2");
    const zip = Promise.resolve(Uint8Array.of(0x50, 0x4b, 3, 4).buffer);
    expect(await given("a.zip", 4, zip)).toBe("a.zip is packed: drop what is in it");
    const bytes = Uint8Array.of(1, 2);
    expect(await given("b", 2, Promise.resolve(bytes.buffer))).toEqual({ name: "b", bytes });
  });
});

describe("files in the machine", () => {
  const put = (media: Media, ...given: [name: string, kind: FileKind][]): Media =>
    given.reduce((all, [name, kind]) => withFile(all, file(name, 512), kind) ?? all, media);
  const names = ({ disks }: Media): string => disks.map(({ name }) => name).join(" ");

  it("come together, such as a kernel and its initial RAM disk", () => {
    const media = put(NO_MEDIA, ["bios", "firmware"], ["bzImage", "kernel"], ["initrd", "initrd"]);
    expect([media.firmware?.name, media.kernel?.name, media.initrd?.name]).toEqual([
      "bios",
      "bzImage",
      "initrd",
    ]);
    expect(notesOf(media)).toEqual([]);
    expect(withFile(media, file("letter", 7))).toBeNull();
  });

  it("are as many as there is room for; who goes is told", () => {
    const full = put(NO_MEDIA, ["a", "disk"], ["b", "floppy"], ["c", "floppy"]);
    const more = put(full, ["d", "floppy"]);
    expect(names(more)).toBe("a c d");
    expect(takenOut(full, more)).toBe("the PC has room for 2 floppy disks: b was taken out");
    const four = put(more, ["e", "cdrom"]);
    expect(takenOut(more, four)).toBeNull();
    expect(names(put(four, ["f", "disk"]))).toBe("c d e f");
    expect(takenOut(four, put(four, ["f", "disk"]))).toMatch("room for 4 disks: a was taken out");
  });

  it("are spoken of where the machine makes something else of them", () => {
    expect(notesOf(put(NO_MEDIA, ["initrd.gz", "initrd"]))).toEqual([
      expect.stringMatching(
        /^initrd.gz is an initial RAM disk, which does nothing without a kernel/,
      ),
    ]);
    const floppy = put(NO_MEDIA, ["dos.img", "floppy"]);
    expect(notesOf(floppy)).toEqual([expect.stringMatching(/^dos.img is in .* as a hard disk/)]);
    expect(notesOf(put(floppy, ["bios", "firmware"]))).toEqual([]);
  });
});

describe("small things of the page", () => {
  it("reads a device as -device does", () => {
    expect(deviceOf("edu,id=e,addr=5,dma_mask=0xff")).toEqual({
      device: "edu",
      option: "-device edu,id=e,addr=5,dma_mask=0xff",
      id: "e",
      addr: "5",
      properties: { dma_mask: "0xff" },
    });
  });

  it("takes addresses with or without 0x", () => {
    expect(["a0000", "0xA0000", " fe00_0000 ", "x"].map(addressText)).toEqual([
      "0xa0000",
      "0xa0000",
      "0xfe000000",
      "x",
    ]);
  });

  it("warms up by powers of ten", () => {
    expect([0, 1, 1e3, 1e6, 1e9].map(heatLevel)).toEqual([0, 0.05, 0.5, 1, 1]);
    expect([950, 12_345, 4e6, 2.5e9].map(countText)).toEqual(["950", "12.3 k", "4.0 M", "2.5 G"]);
  });

  it("moves within lists by arrow keys", () => {
    expect(["ArrowDown", "ArrowUp", "Home", "End", "a"].map((key) => targetOf(key, 1, 3))).toEqual([
      2,
      0,
      0,
      2,
      null,
    ]);
    expect([targetOf("ArrowUp", 0, 3), targetOf("ArrowRight", 2, 3)]).toEqual([0, 2]);
  });
});
