import { describe, expect, it } from "vitest";

import { Activity } from "../../src/cli/run/activity.js";
import { IdleClock } from "../../src/cli/run/idle-clock.js";
import { WaitLoop } from "../../src/cli/run/wait-loop.js";

const MS = 1e6;
const TICK_NS = 55 * MS;

/** A guest that halts until the next tick, over and over, on an instruction clock. */
function idleRig(options: { canReceive?: () => boolean; icountShift?: number | null } = {}) {
  const activity = new Activity();
  const host = { ms: 0 };
  const told = { halted: 0, ready: 0, screen: "" };
  const clock = new IdleClock({
    activity,
    icountShift: options.icountShift === undefined ? 3 : options.icountShift,
    hostMs: () => host.ms,
    canReceive: options.canReceive ?? (() => false),
    fingerprint: () => told.screen,
    sample: () => null,
    onReady: () => told.ready++,
    onHalted: () => told.halted++,
  });
  const cpu = { instructionCount: 0, requestStop: () => undefined };
  clock.attachCpu(cpu);
  clock.setRunning(true);
  const timer = clock.timer(() => timer.arm(clock.nowNs() + TICK_NS));
  timer.arm(TICK_NS);
  /** Ticks until the clock calls the guest halted, or `most`. */
  const ticks = (most: number, work: (tick: number) => void = () => undefined): number => {
    for (let tick = 0; tick < most; tick++) {
      clock.runDue();
      work(tick);
      const wait = clock.idle();
      host.ms += wait === Infinity ? 0 : wait;
      if (told.halted > 0) {
        return tick;
      }
    }
    return most;
  };
  return { activity, clock, cpu, host, told, timer, ticks };
}

describe("a guest that only ticks", () => {
  it("is halted for good after a minute of its time", () => {
    const { ticks, clock } = idleRig();
    expect(ticks(10_000)).toBeLessThan(1_200);
    expect(clock.nowNs()).toBeGreaterThan(59_000 * MS);
  });

  it("is left alone while somebody can type", () => {
    const { ticks, told } = idleRig({ canReceive: () => true });
    expect(ticks(3_000)).toBe(3_000);
    expect(told.ready).toBeGreaterThan(0);
  });

  it("is alive while it writes", () => {
    const { ticks, activity } = idleRig();
    expect(ticks(3_000, (tick) => tick % 500 === 0 && activity.note())).toBe(3_000);
  });

  it("is alive while its screen changes", () => {
    const { ticks, told } = idleRig();
    const work = (tick: number): void => {
      told.screen = String(Math.floor(tick / 500));
    };
    expect(ticks(3_000, work)).toBe(3_000);
  });

  it("is alive while it computes most of the time", () => {
    const { ticks, cpu } = idleRig();
    const work = (): void => {
      cpu.instructionCount += (0.8 * TICK_NS) / 8;
    };
    expect(ticks(3_000, work)).toBe(3_000);
  });

  it("is halted at once when not even a timer is armed", () => {
    const { ticks, timer } = idleRig();
    timer.cancel();
    expect(ticks(10)).toBe(0);
  });

  it("has its waits skipped on the host's clock too, but for a moment", () => {
    const { ticks, host, clock } = idleRig({ icountShift: null });
    expect(ticks(10_000)).toBeLessThan(1_200);
    expect(clock.nowNs()).toBeGreaterThan(59_000 * MS);
    expect(host.ms).toBeLessThan(1_000);
  });
});

describe("a loop", () => {
  const here = { place: 0x7c10, registers: "1,2" };
  const feed = (count: number, sample: (n: number) => typeof here): boolean => {
    const loop = new WaitLoop();
    for (let n = 0; n < count; n++) {
      if (loop.add(sample(n), 0)) {
        return true;
      }
    }
    return false;
  };

  it("that changes nothing is found out", () => {
    expect(feed(400, () => here)).toBe(true);
    expect(feed(400, (n) => ({ ...here, place: here.place + (n % 8) }))).toBe(true);
  });

  it("is found out beneath interrupts", () => {
    expect(feed(500, (n) => (n % 10 === 9 ? { place: 0xfea5, registers: "9" } : here))).toBe(true);
  });

  it("that counts goes on", () => {
    expect(feed(2_000, (n) => ({ ...here, registers: String(n) }))).toBe(false);
  });

  it("that wanders goes on", () => {
    expect(feed(2_000, (n) => ({ ...here, place: (n * 997) % 65536 }))).toBe(false);
  });

  it("that writes goes on", () => {
    const loop = new WaitLoop();
    const found = Array.from({ length: 2_000 }, (_, n) => loop.add(here, Math.floor(n / 100)));
    expect(found).not.toContain(true);
  });
});
