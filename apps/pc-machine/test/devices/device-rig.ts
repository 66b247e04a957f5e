/** A bench for single devices: an I/O space, a clock that stands still, wires that remember. */
import type { MemoryRegion } from "@mem/core";
import { Machine, type AddressSpace } from "@mem/flat";

import type { DeviceContext, IrqLine } from "../../src/device/context.js";
import type { Clock, Timer } from "../../src/host/clock.js";

/** Time moves when the test says so; due timers fire in order. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers: { deadline: number; fire: () => void }[] = [];

  nowNs(): number {
    return this.#now;
  }

  timer(fire: () => void): Timer {
    const state = { deadline: Infinity, fire };
    this.#timers.push(state);
    return {
      arm: (deadlineNs) => {
        state.deadline = deadlineNs;
      },
      cancel: () => {
        state.deadline = Infinity;
      },
      get armed() {
        return state.deadline !== Infinity;
      },
      get deadlineNs() {
        return state.deadline;
      },
    };
  }

  /** The nearest deadline. */
  get next(): number {
    return Math.min(Infinity, ...this.#timers.map((timer) => timer.deadline));
  }

  advanceTo(ns: number): void {
    while (this.next <= ns) {
      const due = this.#timers.find((timer) => timer.deadline === this.next)!;
      this.#now = Math.max(this.#now, due.deadline);
      due.deadline = Infinity;
      due.fire();
    }
    this.#now = ns;
  }

  advance(ns: number): void {
    this.advanceTo(this.#now + ns);
  }
}

/** An interrupt wire that counts its rising edges. */
export class Wire implements IrqLine {
  level = false;
  edges = 0;

  set(level: boolean): void {
    if (level && !this.level) {
      this.edges++;
    }
    this.level = level;
  }
}

export class DeviceRig {
  readonly clock = new FakeClock();
  readonly messages: string[] = [];
  /** What the memory core reports: first of all, a device that threw. */
  readonly faults: string[] = [];
  readonly machine = new Machine({
    log: (category, message) => {
      if (category === "callback") {
        this.faults.push(message);
      }
    },
  });
  readonly io: MemoryRegion;
  readonly memory: MemoryRegion;
  readonly ctx: DeviceContext;
  readonly ioSpace: AddressSpace;
  readonly memorySpace: AddressSpace;

  constructor() {
    this.io = this.machine.container({ name: "io", size: 0x10000 });
    this.memory = this.machine.container({ name: "system", size: 2n ** 64n });
    this.ioSpace = this.machine.addressSpace(this.io, "I/O");
    this.memorySpace = this.machine.addressSpace(this.memory, "memory");
    this.ctx = {
      machine: this.machine,
      clock: this.clock,
      log: (_category, message) => this.messages.push(message),
    };
  }

  map(...windows: readonly { port: number; region: MemoryRegion }[]): void {
    this.machine.transaction(() => {
      for (const { port, region } of windows) {
        this.io.addSubregion(port, region);
      }
    });
  }

  in(port: number, size: 1 | 2 | 4 = 1): number {
    return this.ioSpace.load(port, size);
  }

  out(port: number, value: number, size: 1 | 2 | 4 = 1): void {
    this.ioSpace.store(port, size, value);
  }
}
