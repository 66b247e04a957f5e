import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { MemoryBackend } from "../../src/host/chardev.js";
import { MIB } from "../support/board-rig.js";
import { SeabiosPc, seabiosMissing } from "../support/firmware.js";

/** Memtest86+ as Debian's package `memtest86+` installs it. */
const imageOf = (architecture: string): string => `/boot/memtest86+${architecture}.bin`;

/** Why it cannot be started here, `null` when it can. */
function missing(image: string): string | null {
  const isThere = existsSync(image);
  return (
    seabiosMissing() ?? (isThere ? null : `${image} is not installed (Debian package memtest86+)`)
  );
}

/** Tests that work on memory; the next one waits for it to fade. */
const TESTS = 10;
const LIMIT = 60_000_000_000;

/** What is written to a terminal, without what moves its cursor. */
const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, "g");
const plain = (text: string): string => text.replaceAll(ESCAPE, "\n");

describe("Memtest86+", () => {
  it.for(["ia32", "x64"])(
    "runs its tests over 32 MiB without an error, and its clock is right: %s",
    { timeout: 3_600_000 },
    (architecture, context) => {
      const image = imageOf(architecture);
      const absent = missing(image);
      context.skip(absent !== null, absent ?? "");
      const serial = new MemoryBackend();
      const kernel = { image: readFileSync(image), commandLine: "console=ttyS0", modules: [] };
      const machine = new SeabiosPc({
        ramSize: 32 * MIB,
        kernel,
        vga: true,
        accel: "jit",
        serial: [serial],
      });
      const { pc } = machine;
      const begun = new Set<number>();
      let seen = 0;
      let started = 0;
      while (!begun.has(TESTS) && pc.cpu.instructionCount < LIMIT) {
        const result = pc.step(20_000_000);
        if (result.kind !== "ran") throw new Error(`it ended: ${JSON.stringify(result)}`);
        const text = plain(serial.text.slice(Math.max(0, seen - 100)));
        seen = serial.text.length;
        if (started === 0 && text.includes("Time:")) started = pc.clock.nowNs();
        for (const [, number] of text.matchAll(/#(\d+) +\[/g)) begun.add(Number(number));
      }
      const text = plain(serial.text);
      expect(begun).toContain(TESTS);
      const errors = [...text.matchAll(/Errors: +(\d+)/g)].map(([, count]) => count);
      expect(new Set(errors)).toEqual(new Set(["0"]));
      // Its clock counts the time stamp, by a rate that it has measured.
      const [hours = 0, minutes = 0, seconds = 0] =
        text
          .match(/Time: +(\d+:\d+:\d+)(?![^]*Time:)/)?.[1]
          ?.split(":")
          .map(Number) ?? [];
      const shown = (hours * 60 + minutes) * 60 + seconds;
      const passed = (pc.clock.nowNs() - started) / 1e9;
      expect(Math.abs(shown - passed)).toBeLessThan(3 + passed / 100);
    },
  );
});
