import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { MemoryBackend } from "../../src/host/chardev.js";
import { MIB } from "../support/board-rig.js";
import { SeabiosPc } from "../support/firmware.js";

const U_BOOT = "/usr/lib/u-boot/qemu-x86/u-boot.rom";
/** Time of the machine's that they have. */
const LIMIT_NS = 300e9;
const TIMEOUT_MS = 1_200_000;

function missing(file: string, debian: string): string | null {
  return existsSync(file) ? null : `${file} is not installed (Debian package ${debian})`;
}

/** Runs until the serial port shows a text. */
function until(machine: SeabiosPc, serial: MemoryBackend, text: string): void {
  const { pc } = machine;
  while (!serial.text.includes(text)) {
    const result = pc.step(2_000_000);
    if (result.kind === "ran" && pc.clock.nowNs() < LIMIT_NS) continue;
    throw new Error(`"${text}" did not appear:\n${serial.text.slice(-2000)}`);
  }
}

/** Types slower than the serial port takes it. */
function type(machine: SeabiosPc, serial: MemoryBackend, text: string): void {
  for (const byte of new TextEncoder().encode(text)) {
    serial.receive?.(byte);
    machine.pc.step(500_000);
  }
}

describe("boot loaders as Debian ships them", () => {
  // Without a display: the VGA's option ROM reads beyond the segment limits that U-Boot gives it, which processors check.
  it("U-Boot comes to its prompt", { timeout: TIMEOUT_MS }, (context) => {
    const absent = missing(U_BOOT, "u-boot-qemu");
    context.skip(absent !== null, absent ?? "");
    const serial = new MemoryBackend();
    const bios = readFileSync(U_BOOT);
    const machine = new SeabiosPc({ ramSize: 256 * MIB, bios, accel: "jit", serial: [serial] });
    until(machine, serial, "Hit any key to stop autoboot");
    type(machine, serial, " ");
    until(machine, serial, "=> ");
    type(machine, serial, "echo fi''ne\r");
    until(machine, serial, "\nfine");
    expect(serial.text).toContain("Model: QEMU x86 (I440FX)");
    expect(serial.text).toMatch(/DRAM: +256 MiB/);
  });
});
