import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import { PcOptionsError } from "../../src/board/errors.js";
import { kernelItems, kernelKind, layOutKernel } from "../../src/boot/kernel.js";
import type { PcKernel } from "../../src/boot/layout.js";
import { parseCommandLine } from "../../src/cli/parse.js";
import { loadKernel } from "../../src/cli/images/kernel.js";
import { FwCfgKey } from "../../src/devices/fw-cfg/index.js";
import { PcMachine, embeddedFirmware } from "../../src/index.js";

const MIB = 2 ** 20;
const ROOM = { below4g: 128 * MIB };

/** A Linux image of protocol `version`: one sector of setup code, and `payload` bytes behind. */
function linux({ version = 0x20c, payload = 1000, initrdMax = 0x37ff_ffff } = {}): Uint8Array {
  const image = new Uint8Array(1024 + payload);
  const view = new DataView(image.buffer);
  view.setUint8(0x1f1, 1);
  view.setUint32(0x202, 0x53726448, true);
  view.setUint16(0x206, version, true);
  view.setUint8(0x211, 1);
  view.setUint32(0x22c, initrdMax, true);
  view.setUint32(0x238, 100, true);
  image.fill(0xaa, 1024);
  return image;
}

function problem(kernel: PcKernel): string {
  try {
    layOutKernel(kernel, ROOM);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return "none";
}

describe("a Linux kernel", () => {
  it("goes where the boot protocol says, with its header filled in", () => {
    const initrd = new Uint8Array(5000).fill(7);
    const commandLine = "console=ttyS0 vga=ask";
    const image = linux();
    const before = image.slice();
    const layout = layOutKernel(
      { image, commandLine, modules: [{ bytes: initrd, commandLine: "" }] },
      ROOM,
    );
    expect(image).toEqual(before);
    expect(layout.kernel).toEqual({ address: MIB, bytes: new Uint8Array(1000).fill(0xaa) });
    expect(layout.setup.address).toBe(0x1_0000);
    expect(layout.commandLine?.address).toBe(0x2_0000);
    const header = new DataView(layout.setup.bytes.buffer);
    const where = layout.initrd?.address ?? 0;
    expect(where % 4096).toBe(0);
    expect(where + initrd.length).toBeLessThan(ROOM.below4g - 0x2_0000);
    expect(header.getUint32(0x218, true)).toBe(where);
    expect(header.getUint32(0x21c, true)).toBe(5000);
    expect(header.getUint32(0x228, true)).toBe(0x2_0000);
    expect(header.getUint8(0x210)).toBe(0xb0);
    expect(header.getUint8(0x211)).toBe(0x81);
    expect(header.getUint16(0x224, true)).toBe(0xfe00);
    expect(header.getUint16(0x1fa, true)).toBe(0xfffd);
    const items = kernelItems(layout);
    expect(items.get(FwCfgKey.CMDLINE_SIZE)).toBe(commandLine.length + 1);
    expect(items.get(FwCfgKey.SETUP_SIZE)).toBe(1024);
    expect(items.get(FwCfgKey.INITRD_SIZE)).toBe(5000);
  });

  it("has its RAM disk below what it can reach", () => {
    const modules = [{ bytes: new Uint8Array(4096), commandLine: "" }];
    const layout = layOutKernel({ image: linux({ initrdMax: 0xff_ffff }), modules }, ROOM);
    expect(layout.initrd?.address).toBe(0xff_f000);
  });

  it("of an old protocol is told of its command line by an offset", () => {
    const { setup, commandLine } = layOutKernel(
      { image: linux({ version: 0x201 }), commandLine: "ro" },
      ROOM,
    );
    const header = new DataView(setup.bytes.buffer);
    expect(setup.address).toBe(0x9_0000);
    expect(header.getUint16(0x20, true)).toBe(0xa33f);
    expect(header.getUint16(0x22, true)).toBe((commandLine?.address ?? 0) - 0x9_0000);
  });

  it("is refused with the reason", () => {
    expect(problem({ image: linux(), commandLine: "x".repeat(101) })).toBe(
      "KernelError: the command line has 101 bytes; this kernel takes 100",
    );
    const modules = [{ bytes: new Uint8Array(127 * MIB), commandLine: "" }];
    expect(problem({ image: linux(), modules })).toMatch(/do not fit below 0x7fd8000: more RAM/);
    expect(problem({ image: linux({ version: 0x100 }) })).toMatch(/older than Linux 1.3.73/);
    expect(problem({ image: linux().subarray(0, 700) })).toMatch(/within its setup code/);
  });
});

describe("what is no kernel", () => {
  it("is refused before anything is built", () => {
    expect(kernelKind(new Uint8Array(10))).toBeNull();
    const build = (): PcMachine =>
      new PcMachine({
        ramSize: 16 * MIB,
        bios: embeddedFirmware(),
        kernel: { image: new Uint8Array(9000) },
      });
    expect(build).toThrow(PcOptionsError);
    expect(build).toThrow(/kernel: the image is neither a Linux kernel, nor of Multiboot/);
  });

  it.each<[string, (image: Uint8Array, view: DataView) => void]>([
    ["a Multiboot header without addresses, and no ELF", (_image, view) => multiboot(view, 0)],
    [
      "addresses outside of the image",
      (_image, view) => {
        multiboot(view, 0x1_0000);
        for (const [index, value] of [MIB, MIB, MIB + 99_999, 0, MIB].entries()) {
          view.setUint32(12 + 4 * index, value, true);
        }
      },
    ],
    ["unknown demands", (_image, view) => multiboot(view, 0x80)],
  ])("is refused for %s", (_name, fill) => {
    const image = new Uint8Array(256);
    fill(image, new DataView(image.buffer));
    expect(problem({ image })).toMatch(/^KernelError: /);
  });

  it("is never an exception of another kind, whatever its bytes are", () => {
    const image = new Uint8Array(400);
    const random = new Random();
    for (let round = 0; round < 3000; round += 1) {
      const view = new DataView(image.buffer);
      for (let at = 0; at < image.length; at += 1) {
        image[at] = random.oneIn(2) ? 0 : 128 + random.below(128);
      }
      if (round % 3 === 0) {
        view.setUint32(0, 0x464c457f, true);
        image.set([1 + (round & 1), 1], 4);
      } else if (round % 3 === 1) {
        multiboot(view, 0x1_0000);
      } else {
        view.setUint32(0, 0xe852_50d6, true);
        view.setUint32(4, 0, true);
        view.setUint32(8, 200, true);
        view.setUint32(12, -(0xe852_50d6 + 200), true);
      }
      expect(problem({ image })).toMatch(/^(none|KernelError: .*)$/);
    }
  });
});

function multiboot(view: DataView, flags: number): void {
  view.setUint32(0, 0x1bad_b002, true);
  view.setUint32(4, flags, true);
  view.setUint32(8, -(0x1bad_b002 + flags), true);
}

describe("the command line", () => {
  const load = (text: string): unknown => {
    const request = parseCommandLine(text.split(" "));
    if (request.kind !== "run") throw new Error(request.kind);
    return loadKernel(request.line);
  };

  it.each([
    ["-initrd x", "-initrd: it goes with a kernel, and there is no -kernel"],
    ["-append x", "-append: it goes with a kernel, and there is no -kernel"],
    ["-kernel x -firmware embedded", /a kernel is started by SeaBIOS/],
    ["-dtb x", /a PC has no device tree/],
  ])("%s is refused", (text, message) => {
    expect(() => load(text)).toThrow(message);
  });
});
