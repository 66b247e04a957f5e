/** The real firmware that some tests run, where the host has it installed. */
import { existsSync, readFileSync } from "node:fs";

import type { PcOptions } from "../../src/board/options/options.js";
import { PcMachine } from "../../src/board/pc-machine.js";
import { MemoryBackend } from "../../src/host/chardev.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { MIB } from "./board-rig.js";

/** SeaBIOS, as a system package installs it. */
export const SEABIOS = "/usr/share/seabios/bios-256k.bin";
const VGABIOS = "/usr/share/seabios/vgabios-stdvga.bin";

/** Why tests with SeaBIOS cannot run here, `null` when they can. */
export function seabiosMissing(): string | null {
  const absent = [SEABIOS, VGABIOS].find((path) => !existsSync(path));
  return absent === undefined ? null : `${absent} is not installed (Debian package seabios)`;
}

/** The option ROM of the display adapter. */
export function vgaBios(): Uint8Array {
  return readFileSync(VGABIOS);
}

/** A PC with SeaBIOS, and the log that SeaBIOS writes. */
export class SeabiosPc {
  readonly log = new MemoryBackend();
  readonly pc: PcMachine;

  constructor(options: Partial<PcOptions> = {}) {
    this.pc = new PcMachine({
      ramSize: 64 * MIB,
      bios: readFileSync(SEABIOS),
      vga: false,
      clock: new InstructionClock(),
      startTimeMs: 0,
      debugcon: { backend: this.log },
      ...options,
    });
  }

  /** Run until the log, from `from` on, holds `text`; gives up after `limit` instructions. */
  runUntil(text: string, options: { from?: number; limit?: number } = {}): void {
    const { from = 0, limit = 100_000_000 } = options;
    const end = this.pc.cpu.instructionCount + limit;
    for (;;) {
      const result = this.pc.step(250_000);
      if (this.log.text.slice(from).includes(text)) {
        return;
      }
      if (result.kind !== "ran" || this.pc.cpu.instructionCount > end) {
        throw new Error(`"${text}" did not appear (${JSON.stringify(result)}):\n${this.log.text}`);
      }
    }
  }
}
