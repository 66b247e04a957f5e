import { describe, expect, it } from "vitest";

import { InstructionClock } from "../src/host/instruction-clock.js";
import { RealTimeClock } from "../src/host/real-time-clock.js";
import { PcError } from "../src/pc-error.js";

describe("InstructionClock", () => {
  it("moves with the instructions, also within a run", () => {
    const clock = new InstructionClock(10);
    const cpu = { instructionCount: 0, requestStop: () => undefined };
    clock.attachCpu(cpu);
    cpu.instructionCount = 7;
    expect(clock.nowNs()).toBe(70);
  });

  it("fires due timers in the order of their deadlines, once", () => {
    const clock = new InstructionClock(10);
    const fired: string[] = [];
    clock.timer(() => fired.push("late")).arm(200);
    clock.timer(() => fired.push("early")).arm(100);
    clock.advance(50);
    expect(clock.runDue()).toBe(0);
    clock.advance(200);
    expect(clock.runDue()).toBe(2);
    expect(fired).toEqual(["early", "late"]);
    expect(clock.runDue()).toBe(0);
    expect(clock.nextDeadlineNs).toBe(Infinity);
  });

  it("lets a callback cancel another timer that is due", () => {
    const clock = new InstructionClock();
    let fired = 0;
    const second = clock.timer(() => fired++);
    clock.timer(() => second.cancel()).arm(1);
    second.arm(2);
    clock.advance(10);
    clock.runDue();
    expect(fired).toBe(0);
    expect(second.armed).toBe(false);
    expect(second.deadlineNs).toBe(Infinity);
  });

  it("fires a timer that arms itself for the past once a call", () => {
    const clock = new InstructionClock();
    let fired = 0;
    const timer = clock.timer(() => {
      fired++;
      timer.arm(0);
    });
    timer.arm(0);
    expect(clock.runDue()).toBe(1);
    expect(fired).toBe(1);
    expect(timer.armed).toBe(true);
  });

  it("budgets up to the next deadline, and cuts a run short for a nearer one", () => {
    const clock = new InstructionClock(10);
    let stops = 0;
    clock.attachCpu({ instructionCount: 0, requestStop: () => stops++ });
    expect(clock.instructionBudget(1000)).toBe(1000);
    const timer = clock.timer(() => undefined);
    timer.arm(95);
    expect(stops).toBe(1);
    expect(clock.instructionBudget(1000)).toBe(10);
    timer.arm(500);
    expect(stops).toBe(1);
    expect(clock.instructionBudget(1000)).toBe(50);
    clock.advance(1000);
    expect(clock.instructionBudget(1000)).toBe(1);
  });

  it("jumps to the next deadline when idle", () => {
    const clock = new InstructionClock();
    expect(clock.idle()).toBe(Infinity);
    clock.timer(() => undefined).arm(12345);
    expect(clock.idle()).toBe(0);
    expect(clock.nowNs()).toBe(12345);
  });

  it("refuses instructions that take no time", () => {
    expect(() => new InstructionClock(0)).toThrow(PcError);
    expect(() => new InstructionClock(Number.NaN)).toThrow(PcError);
  });
});

describe("RealTimeClock", () => {
  it("follows the host only while the guest runs", () => {
    let host = 1000;
    const clock = new RealTimeClock(() => host);
    host += 5;
    expect(clock.nowNs()).toBe(0);
    clock.setRunning(true);
    host += 2;
    expect(clock.nowNs()).toBe(2e6);
    clock.setRunning(false);
    host += 100;
    expect(clock.nowNs()).toBe(2e6);
    clock.setRunning(true);
    host += 1;
    expect(clock.nowNs()).toBe(3e6);
  });

  it("says how long to wait", () => {
    let host = 0;
    const clock = new RealTimeClock(() => host);
    clock.setRunning(true);
    expect(clock.idle()).toBe(Infinity);
    clock.timer(() => undefined).arm(5e6);
    expect(clock.idle()).toBe(5);
    host = 9;
    expect(clock.idle()).toBe(0);
    expect(clock.runDue()).toBe(1);
  });

  it("sizes its slices by the speed it sees", () => {
    let host = 0;
    const clock = new RealTimeClock(() => host);
    const cpu = { instructionCount: 0, requestStop: () => undefined };
    clock.attachCpu(cpu);
    clock.setRunning(true);
    let budget = clock.instructionBudget(1e9);
    for (let i = 0; i < 20; i++) {
      cpu.instructionCount += budget;
      // 100 million instructions a second.
      host += budget / 1e5;
      budget = clock.instructionBudget(1e9);
    }
    expect(budget).toBe(50_000);
  });

  it("learns nothing from what the host does between two slices", () => {
    let host = 0;
    const clock = new RealTimeClock(() => host);
    const cpu = { instructionCount: 0, requestStop: () => undefined };
    clock.attachCpu(cpu);
    clock.setRunning(true);
    let budget = clock.instructionBudget(1e9);
    for (let i = 0; i < 40; i++) {
      cpu.instructionCount += budget;
      host += budget / 1e5;
      if (i % 2 === 1) {
        clock.sliceEnded();
        host += 50;
      }
      budget = clock.instructionBudget(1e9);
    }
    expect(budget).toBe(50_000);
    // What is slow itself is seen, also where each slice is followed by the host's work.
    for (let i = 0; i < 20; i++) {
      cpu.instructionCount += budget;
      host += budget / 1e3;
      clock.sliceEnded();
      host += 1;
      budget = clock.instructionBudget(1e9);
    }
    expect(budget).toBe(500);
  });

  it("sizes its slices by a clock that ticks in tenths of a millisecond", () => {
    let host = 0;
    const clock = new RealTimeClock(() => Math.floor(host * 10) / 10);
    const cpu = { instructionCount: 0, requestStop: () => undefined };
    clock.attachCpu(cpu);
    clock.setRunning(true);
    const budgets = [];
    for (let i = 0; i < 100; i++) {
      const budget = clock.instructionBudget(1e9);
      budgets.push(budget);
      cpu.instructionCount += budget;
      // 500 million instructions a second: 500 instructions are a hundredth of a tick.
      host += budget / 5e5;
    }
    expect(budgets[9]).toBeGreaterThan(100_000);
    const later = budgets.slice(12);
    expect(Math.min(...later)).toBeGreaterThan(150_000);
    expect(Math.max(...later)).toBeLessThan(400_000);
  });

  it("shows a loop that measures it no pause of the host, and is the host's time soon after", () => {
    let host = 0;
    const clock = new RealTimeClock(() => host);
    const cpu = { instructionCount: 0, requestStop: () => undefined };
    clock.attachCpu(cpu);
    clock.setRunning(true);
    const steps: number[] = [];
    for (let turn = 0, before = 0; turn < 50_000; turn++) {
      cpu.instructionCount += 10;
      // A microsecond a turn; another process has the host for 4 ms now and then.
      host += turn % 8000 === 5000 ? 4 : 0.001;
      const now = clock.nowNs();
      if (turn >= 1000) steps.push(now - before);
      before = now;
    }
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(900);
    expect(Math.max(...steps)).toBeLessThan(10 * Math.min(...steps));
    expect(host * 1e6 - clock.nowNs()).toBeLessThan(1000);
  });

  it("keeps up where the host gives it a tenth of the time", () => {
    let host = 0;
    const clock = new RealTimeClock(() => host);
    const cpu = { instructionCount: 0, requestStop: () => undefined };
    clock.attachCpu(cpu);
    clock.setRunning(true);
    let behind = 0;
    for (let turn = 0; turn < 100_000; turn++) {
      cpu.instructionCount += 1000;
      host += turn % 400 === 0 ? 36 : 0.01;
      behind = Math.max(behind, host * 1e6 - clock.nowNs());
    }
    expect(behind).toBeLessThan(600e6);
  });

  it("loses no tick to a slice that took too long, and catches up", () => {
    let host = 0;
    const clock = new RealTimeClock(() => host);
    clock.attachCpu({ instructionCount: 0, requestStop: () => undefined });
    clock.setRunning(true);
    const ticks: number[] = [];
    const timer = clock.timer(() => {
      ticks.push(clock.nowNs());
      timer.arm(ticks.length * 10e6 + 10e6);
    });
    timer.arm(10e6);
    host = 57;
    for (let slice = 0; slice < 400; slice++) {
      expect(clock.runDue()).toBeLessThanOrEqual(1);
      host += 0.05;
    }
    expect(ticks).toEqual([10e6, 20e6, 30e6, 40e6, 50e6, 60e6, 70e6]);
    expect(clock.nowNs()).toBe(77e6);
  });

  it("lets no device see a deadline passed whose timer has not fired", () => {
    let host = 0;
    let stops = 0;
    const clock = new RealTimeClock(() => host);
    clock.attachCpu({ instructionCount: 0, requestStop: () => stops++ });
    clock.setRunning(true);
    clock.timer(() => undefined).arm(3e6);
    stops = 0;
    host = 30;
    expect(clock.nowNs()).toBe(3e6);
    expect(stops).toBe(1);
    expect(clock.runDue()).toBe(1);
    host = 60;
    expect(clock.nowNs()).toBe(60e6);
  });

  it("serves ticks that come too fast for the guest together, and stays with the host", () => {
    let host = 0;
    const clock = new RealTimeClock(() => host);
    clock.attachCpu({ instructionCount: 0, requestStop: () => undefined });
    clock.setRunning(true);
    let ticks = 0;
    const timer = clock.timer(() => timer.arm(++ticks * 1000 + 1000));
    timer.arm(1000);
    for (let slice = 0; slice < 1000; slice++) {
      host += 0.05;
      clock.runDue();
    }
    expect(clock.nowNs()).toBe(50e6);
    expect(ticks).toBe(50_000);
  });

  it("gives time up after the host slept", () => {
    let host = 0;
    const clock = new RealTimeClock(() => host);
    clock.attachCpu({ instructionCount: 0, requestStop: () => undefined });
    clock.setRunning(true);
    const timer = clock.timer(() => timer.arm(clock.nowNs() + 10e6));
    timer.arm(10e6);
    host = 3_600_000;
    for (let slice = 0; slice < 20; slice++) {
      clock.runDue();
      host += 1;
    }
    expect(clock.nowNs()).toBeGreaterThanOrEqual(3_600_000e6);
  });
});
