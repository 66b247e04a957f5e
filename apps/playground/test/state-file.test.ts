import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { GivenFile, MachineRequest } from "../src/machine/protocol.js";
import { PageError } from "../src/page-error.js";
import { isStateFile, packState, unpackState } from "../src/page/state-file.js";

const given = (name: string, ...bytes: number[]): GivenFile => ({
  name,
  bytes: Uint8Array.from(bytes),
});
const ram = new Uint8Array(2 << 20);
ram.set([1, 2, 3], 0x1234);

const WHOLE: MachineRequest = {
  memoryMiB: 2,
  devices: ["edu,id=e"],
  accel: "interp",
  firmware: given("bios.bin", 1, 2),
  vgaBios: given("vga.bin", 3),
  kernel: { ...given("vmlinuz", 4, 5), commandLine: "console=ttyS0 ä", initrd: given("initrd", 6) },
  disks: [
    { ...given("a.img", 7, 8, 9), kind: "disk" },
    { ...given("empty.iso"), kind: "cdrom" },
  ],
  ram,
};
const BARE: MachineRequest = {
  ...WHOLE,
  firmware: null,
  vgaBios: null,
  kernel: null,
  disks: [],
  ram: null,
};

const fileOf = async (state: MachineRequest): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await packState(state)).arrayBuffer());
/** A file of what a stranger packed. */
const packed = (header: unknown, ...bytes: number[]): Uint8Array<ArrayBuffer> => {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const plain = new Uint8Array(4 + text.length + bytes.length);
  new DataView(plain.buffer).setUint32(0, text.length, true);
  plain.set(text, 4);
  plain.set(bytes, 4 + text.length);
  const mark = new TextEncoder().encode("mem-state 1\n");
  return Uint8Array.from([...mark, ...gzipSync(plain)]);
};
const HEADER = {
  memoryMiB: 16,
  devices: [],
  accel: "jit",
  firmware: null,
  vgaBios: null,
  kernel: null,
  disks: [],
  ram: null,
};

describe("a state in a file", () => {
  it.each([
    ["with everything", WHOLE],
    ["with nothing", BARE],
  ])("comes back as it was, %s", async (_, state) => {
    const file = await fileOf(state);
    expect(isStateFile(file)).toBe(true);
    expect(file.length).toBeLessThan(10_000);
    const back = await unpackState(file);
    expect({ ...back, ram: null }).toEqual({ ...state, ram: null });
    expect(Buffer.compare(back.ram ?? Buffer.of(), state.ram ?? Buffer.of())).toBe(0);
  });

  it("is told from other files", () => {
    expect(isStateFile(new Uint8Array(100))).toBe(false);
    expect(isStateFile(new Uint8Array(3))).toBe(false);
    expect(isStateFile(packed(HEADER))).toBe(true);
  });

  it("is refused with the reason when another version saved it", async () => {
    const file = Uint8Array.from(Buffer.from("mem-state 2\nanything"));
    expect(isStateFile(file)).toBe(true);
    await expect(unpackState(file)).rejects.toThrow("another version of this page");
  });

  it("is refused when it is cut off or damaged", async () => {
    const file = await fileOf(WHOLE);
    for (const length of [12, 13, 40, file.length - 9]) {
      await expect(unpackState(file.slice(0, length))).rejects.toThrow(PageError);
    }
    const turned = file.map((byte, at) => (at === file.length - 6 ? byte ^ 0xff : byte));
    await expect(unpackState(turned)).rejects.toThrow("no state that the page saved");
  });

  it.each([
    ["no header", null],
    ["a machine without memory", { ...HEADER, memoryMiB: undefined }],
    ["devices that are no texts", { ...HEADER, devices: [1] }],
    ["another engine", { ...HEADER, accel: "kvm" }],
    ["a disk of no kind", { ...HEADER, disks: [{ name: "a", length: 0 }] }],
    ["a length that is none", { ...HEADER, firmware: { name: "a", length: -1 } }],
    ["more than there is", { ...HEADER, firmware: { name: "a", length: 9 } }],
    ["RAM of another size", { ...HEADER, ram: { name: "ram", length: 1 } }],
  ])("is refused with %s", async (_, header) => {
    await expect(unpackState(packed(header, 1))).rejects.toThrow(PageError);
  });
});
