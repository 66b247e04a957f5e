import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { PcMachine, type PcOptions } from "../../src/board/index.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { MemoryBackend } from "../../src/host/chardev.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { MemoryImage } from "../../src/storage/index.js";
import {
  expectedTour,
  firmwarePath,
  NEEDS_DISPLAY,
  PROMPT,
  TEST_DISK_LINES,
  tourLines,
} from "./firmware-support.js";

const MIB = 2 ** 20;
const STEP = 50_000;
/** More than any wait here takes; a machine that goes on without an answer is at fault. */
const MOST_STEPS = 2_000;

/** Our PC with the embedded firmware, driven until it has written what a test waits for. */
class Console {
  readonly machine: PcMachine;
  readonly serial = new MemoryBackend();
  #searched = 0;

  constructor(options: Partial<PcOptions> = {}) {
    this.machine = new PcMachine({
      ramSize: 64 * MIB,
      bios: embeddedFirmware(),
      serial: [this.serial],
      clock: new InstructionClock(),
      ...options,
    });
  }

  until(text: string): string {
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const found = this.serial.text.indexOf(text, this.#searched);
      if (found >= 0) {
        const part = this.serial.text.slice(this.#searched, found);
        this.#searched = found + text.length;
        return part;
      }
      if (this.machine.step(STEP).kind === "ended") {
        break;
      }
    }
    throw new Error(`no ${JSON.stringify(text)} from the guest:\n${this.serial.text}`);
  }

  /** The lines the prompt answers to `line`. */
  answer(line: string): string[] {
    this.serial.send(`${line}\r`);
    return this.until(PROMPT).split("\r\n").slice(1);
  }
}

describe("embedded firmware on this PC", () => {
  it.each([16, 64, 2048, 5120])("tours the machine with %i MiB", (mib) => {
    const pc = new Console({ ramSize: mib * MIB });
    expect(tourLines(pc.until(PROMPT))).toEqual(expectedTour());
  });

  it("skips what needs the display when there is none", () => {
    const pc = new Console({ vga: false });
    expect(tourLines(pc.until(PROMPT))).toEqual(expectedTour(NEEDS_DISPLAY));
  });

  it("has a prompt that reads and writes memory and ports", () => {
    const pc = new Console();
    pc.until(PROMPT);
    expect(pc.answer("w 300000 48 65 6c 6c 6f")).toEqual([]);
    expect(pc.answer("d 300000 8")).toEqual([
      "00300000  48 65 6c 6c 6f 00 00 00                          |Hello...|",
    ]);
    const bytes = new Uint8Array(5);
    pc.machine.memory.read(0x300000, bytes);
    expect(Buffer.from(bytes).toString()).toBe("Hello");
    expect(pc.answer("ol cf8 80000000")).toEqual([]);
    expect(pc.answer("il cfc")).toEqual(["0cfc: 12378086"]);
    expect(pc.answer("w fffffff0 00")).toEqual([]);
    expect(pc.answer("d fffffff0 1")[0]).toMatch(/^fffffff0 {2}ea /);
  });

  it("sleeps while it waits for input", () => {
    const pc = new Console();
    pc.until(PROMPT);
    const before = pc.machine.cpu.instructionCount;
    const clock = pc.machine.clock.nowNs();
    while (pc.machine.clock.nowNs() < clock + 1e9) {
      pc.machine.step(1000);
    }
    // A second of virtual time would be 100 million instructions awake.
    expect(pc.machine.cpu.instructionCount - before).toBeLessThan(10_000);
  });

  it("starts anew on r, with the ROM where the shadow was", () => {
    const pc = new Console();
    pc.until(PROMPT);
    pc.serial.send("r\r");
    expect(tourLines(pc.until(PROMPT))).toEqual(tourLines(pc.serial.text).slice(0, 19));
  });

  it("switches off on q", () => {
    const pc = new Console();
    pc.until(PROMPT);
    pc.serial.send("q\r");
    expect(() => pc.until(PROMPT)).toThrow("from the guest");
    expect(pc.machine.end).toEqual({ kind: "power-off" });
  });

  it("boots a disk that uses its services", () => {
    const bytes = new Uint8Array(64 * 1024);
    bytes.set(readFileSync(firmwarePath("testdisk/testdisk.bin")));
    const pc = new Console({ disks: [{ backend: new MemoryImage(bytes) }] });
    pc.until("booting the first disk\r\n");
    expect(pc.until("press a key: ").split("\r\n")).toEqual(TEST_DISK_LINES);
    pc.serial.send("Q");
    expect(pc.until(PROMPT)).toBe("Q\r\nno bootable disk\r\nmemory prompt, h for help");
    expect(Buffer.from(bytes).toString("latin1", 1536, 1552)).toBe("THe third sector");
  });
});
