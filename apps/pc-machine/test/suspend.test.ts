import { describe, expect, it } from "vitest";

import type { PcOptions } from "../src/board/options/options.js";
import { RealTimeClock } from "../src/host/real-time-clock.js";
import { Rig } from "./support/board-rig.js";

const PM1_STATUS = 0xb000;
const PM1_ENABLE = 0xb002;
const PM1_CONTROL = 0xb004;
/** Sleep type 1: the memory is kept. */
const SUSPEND = 0x2400;
const WAKE = 0x8000;
const RTC = 0x0400;
const POWER_BUTTON = 0x0100;
const SHUTDOWN_CODE = 0x0f;

/** A board with its power management registers at B000h, and what it told of its sleep. */
class SleepingRig extends Rig {
  readonly told: boolean[];

  constructor(options: Partial<PcOptions> = {}) {
    const told: boolean[] = [];
    super({ onSuspend: (suspended) => void told.push(suspended), ...options });
    this.told = told;
    this.placeRegisters();
  }

  /** Firmware does it, after a sleep too. */
  placeRegisters(): void {
    this.setConfig(1, 3, 0x40, 0xb001);
    this.setConfig(1, 3, 0x80, 1, 1);
  }

  cmos(index: number, value?: number): number {
    this.out(0x70, 1, index);
    if (value !== undefined) this.out(0x71, 1, value);
    return this.in(0x71, 1);
  }

  fallAsleep(): void {
    this.out(PM1_CONTROL, 2, SUSPEND);
    this.pc.step(1);
  }
}

describe("a machine that sleeps with its memory kept", () => {
  it("runs no guest, and firmware finds that it is to go on", () => {
    const rig = new SleepingRig();
    rig.pc.memory.store(0x5000, 4, 0x1234_5678);
    rig.fallAsleep();
    expect(rig.pc.suspended).toBe(true);
    const count = rig.cpu.instructionCount;
    const resets = rig.cpu.resets;
    rig.pc.step(1000);
    expect(rig.cpu.instructionCount).toBe(count);
    expect(rig.pc.wakeUp()).toBe(true);
    rig.pc.step(1000);
    expect(rig.pc.suspended).toBe(false);
    expect(rig.told).toEqual([true, false]);
    expect(rig.cpu.resets).toBe(resets + 1);
    expect(rig.cpu.instructionCount).toBeGreaterThan(count);
    expect(rig.cmos(SHUTDOWN_CODE)).toBe(0xfe);
    expect(rig.pc.memory.load(0x5000, 4)).toBe(0x1234_5678);
    rig.placeRegisters();
    expect(rig.in(PM1_STATUS, 2) & (WAKE | RTC | POWER_BUTTON)).toBe(WAKE | POWER_BUTTON);
    // The guest says that it has seen it.
    rig.out(PM1_STATUS, 2, WAKE | POWER_BUTTON);
    expect(rig.in(PM1_STATUS, 2) & (WAKE | POWER_BUTTON)).toBe(0);
    expect(rig.pc.wakeUp()).toBe(false);
  });

  it("is woken up by the alarm, if the guest wants that", () => {
    for (const wanted of [true, false]) {
      const rig = new SleepingRig();
      // At 00:00:05; with the alarm's interrupt.
      for (const [index, value] of [
        [1, 5],
        [3, 0],
        [5, 0],
        [0x0b, 0x22],
      ] as const) {
        rig.cmos(index, value);
      }
      rig.out(PM1_ENABLE, 2, wanted ? RTC : 0);
      rig.fallAsleep();
      for (let step = 0; step < 1000 && rig.clock.nowNs() < 6e9; step++) rig.pc.step(1);
      expect(rig.pc.suspended).toBe(!wanted);
      if (!wanted) continue;
      expect(rig.clock.nowNs()).toBeGreaterThanOrEqual(5e9);
      rig.placeRegisters();
      expect(rig.in(PM1_STATUS, 2) & (WAKE | RTC | POWER_BUTTON)).toBe(WAKE | RTC);
    }
  });

  it("is woken up by a key", () => {
    const rig = new SleepingRig();
    rig.pc.board.isa.i8042.keyPress(0x1e);
    rig.fallAsleep();
    expect(rig.pc.suspended).toBe(true);
    rig.pc.board.isa.i8042.keyPress(0x1e);
    rig.pc.step(10);
    expect(rig.pc.suspended).toBe(false);
  });

  it("starts anew at a reset", () => {
    const rig = new SleepingRig();
    rig.fallAsleep();
    rig.pc.reset();
    expect(rig.pc.suspended).toBe(false);
    expect(rig.cmos(SHUTDOWN_CODE)).toBe(0);
    expect(rig.told).toEqual([true]);
  });

  it("lets the host wait until somebody wakes it", async () => {
    const rig = new SleepingRig({ clock: new RealTimeClock() });
    rig.cpu.execute = () => {
      rig.cpu.execute = null;
      rig.out(PM1_CONTROL, 2, SUSPEND);
    };
    const run = rig.pc.run();
    while (!rig.pc.suspended) await new Promise((resolve) => setImmediate(resolve));
    rig.cpu.execute = () => {
      rig.pc.stop();
      return false;
    };
    expect(rig.pc.wakeUp()).toBe(true);
    await expect(run).resolves.toBeNull();
    expect(rig.told).toEqual([true, false]);
  });
});
