import { beforeEach, describe, expect, it } from "vitest";

import { kernelKind } from "../../src/boot/kernel.js";
import { SeabiosPc, seabiosMissing } from "../support/firmware.js";
import { KINDS, kernelsMissing, testKernel } from "./kernels.js";

const missing = seabiosMissing() ?? kernelsMissing();
const MODULE = new TextEncoder().encode("the module");
const NAMES = { linux: "linu", multiboot: "mbi1", multiboot2: "mbi2", pvh: "pvh " } as const;

describe("-kernel with SeaBIOS", () => {
  beforeEach((context) => context.skip(missing !== null, missing ?? ""));

  it.each(KINDS)("starts %s with its command line, module and memory map", (kind) => {
    const image = testKernel(kind);
    expect(kernelKind(image)).toBe(kind);
    const modules = [{ bytes: MODULE, commandLine: "name words" }];
    const machine = new SeabiosPc({ kernel: { image, commandLine: "one two", modules } });
    const line = `${NAMES[kind]}: one two|the module|`;
    machine.runUntil(line);
    machine.runUntil("\n", { from: machine.log.text.indexOf(line) + line.length });
    const ranges = machine.log.text.slice(machine.log.text.indexOf(line) + line.length).trim();
    // SeaBIOS knows of six ranges; Linux asks for them itself.
    expect(ranges).toBe(kind === "linux" ? "A" : "G");
    // And once more after a reset.
    const from = machine.log.text.length;
    machine.pc.reset();
    machine.runUntil(line, { from });
  });
});
