import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { Rig } from "./support/board-rig.js";
import { seabiosMissing, vgaBios } from "./support/firmware.js";

/** A recording of a function's configuration space on QEMU 7.2; doublewords that are 0 left out. */
interface Recording {
  readonly slot: number;
  readonly fn: number;
  readonly powerOn: Readonly<Record<string, string>>;
  /** The header after all ones were written to every doubleword; all bits above 0x40 are set. */
  readonly onesBelow40: Readonly<Record<string, string>>;
  /** The whole space after zeros were written to every doubleword. */
  readonly zeros: Readonly<Record<string, string>>;
}

const recordings: Readonly<Record<string, Recording>> = JSON.parse(
  readFileSync(new URL("./fixtures/pci-config.json", import.meta.url), "utf8"),
);

const missing = seabiosMissing();
if (missing !== null) {
  console.warn(`the display adapter's ROM register is not compared: ${missing}`);
}

function dump(rig: Rig, { slot, fn }: Recording, end = 0x100): Record<string, string> {
  const found: Record<string, string> = {};
  for (let offset = 0; offset < end; offset += 4) {
    const value = rig.config(slot, fn, offset);
    if (value !== 0) {
      found[offset.toString(16).padStart(2, "0")] = value.toString(16).padStart(8, "0");
    }
  }
  return found;
}

function fill(rig: Rig, { slot, fn }: Recording, value: number): void {
  for (let offset = 0; offset < 0x100; offset += 4) {
    rig.setConfig(slot, fn, offset, value);
  }
}

describe("configuration space is QEMU's", () => {
  const comparable = Object.entries(recordings).filter(
    ([name]) => name !== "VGA" || missing === null,
  );

  it.each(comparable)("of %s", (name, recording) => {
    const rig = new Rig(name === "VGA" ? { vga: true, vgaBios: vgaBios() } : {});
    expect(dump(rig, recording)).toEqual(recording.powerOn);
    fill(rig, recording, 0xffff_ffff);
    expect(dump(rig, recording, 0x40)).toEqual(recording.onesBelow40);
    for (let offset = 0x40; offset < 0x100; offset += 4) {
      expect(rig.config(recording.slot, recording.fn, offset)).toBe(0xffff_ffff);
    }
    fill(rig, recording, 0);
    expect(dump(rig, recording)).toEqual(recording.zeros);
  });
});
