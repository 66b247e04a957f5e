import { readFileSync } from "node:fs";

import { mtree } from "@mem/flat";
import { describe, expect, it } from "vitest";

import { MIB, Rig } from "../support/board-rig.js";
import { SeabiosPc, seabiosMissing, vgaBios } from "../support/firmware.js";
import { isAbsent, treeBlocks } from "../support/map-text.js";

/**
 * A recording of `info mtree` on QEMU 7.2 (`-M pc -nodefaults`):
 * title to the lines below it.
 */
function recorded(name: string): Map<string, string[]> {
  return treeBlocks(recordedText(name).split(/\n\n+/));
}

function recordedText(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}.txt`, import.meta.url), "utf8");
}

function expectSame(actualBlocks: readonly string[], fixture: string): void {
  const expected = recorded(fixture);
  const actual = treeBlocks(actualBlocks);
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [title, lines] of expected) {
    expect([title, ...(actual.get(title) ?? [])]).toEqual([title, ...lines]);
  }
}

const missing = seabiosMissing();
describe("the memory map is QEMU's", () => {
  it.each([
    ["64 MiB", "mtree-64m", 64, false],
    ["6 GiB", "mtree-6g", 6144, false],
    ["64 MiB and a display adapter", "mtree-64m-vga", 64, true],
  ])("at power-on with %s", (_name, fixture, mib, vga) => {
    const rig = new Rig({ ramSize: mib * MIB, vga });
    expectSame(mtree(rig.pc.machine), fixture);
  });

  it("at power-on with the disabled regions", () => {
    const rig = new Rig();
    expectSame(mtree(rig.pc.machine, { disabled: true }), "mtree-64m-disabled");
  });

  it("flattened for memory, at power-on", () => {
    const rig = new Rig({ vga: true });
    const rangesOf = (texts: readonly string[]): string[] => {
      const view = texts.find((text) => text.includes('AS "memory"')) ?? "";
      return view.split("\n").filter((line) => /^ {2}[0-9a-f]/.test(line) && !isAbsent(line));
    };
    const expected = rangesOf(recordedText("mtree-f-64m-vga").split(/\n\n+/));
    expect(expected.length).toBe(9);
    expect(rangesOf(mtree(rig.pc.machine, { flatview: true }))).toEqual(expected);
  });

  it("when SeaBIOS has placed everything", (context) => {
    context.skip(missing !== null, missing ?? "");
    const machine = new SeabiosPc({ vga: true, vgaBios: vgaBios() });
    machine.runUntil("No bootable device");
    expectSame(mtree(machine.pc.machine), "mtree-64m-vga-booted");
  });
});
