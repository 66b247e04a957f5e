import { describe, expect, it } from "vitest";
import {
  type ApicProcessor,
  DeliveryMode,
  DestinationMode,
  type LocalApic,
  LocalApics,
  TriggerMode,
} from "../src/index.js";

const ID = 0x02;
const VERSION = 0x03;
const TPR = 0x08;
const PPR = 0x0a;
const EOI = 0x0b;
const LDR = 0x0d;
const DFR = 0x0e;
const SVR = 0x0f;
const ISR1 = 0x11;
const IRR1 = 0x21;
const ESR = 0x28;
const ICR = 0x30;
const ICR_HIGH = 0x31;
const LVT_TIMER = 0x32;
const LVT_LINT0 = 0x35;
const LVT_ERROR = 0x37;
const INITIAL = 0x38;
const CURRENT = 0x39;
const DIVIDE = 0x3e;
const BY_ONE = 0xb;

class Processor implements ApicProcessor {
  intr = false;
  readonly told: string[] = [];
  setIntr(level: boolean): void {
    this.intr = level;
  }
  raiseNmi(): void {
    this.told.push("nmi");
  }
  raiseSmi(): void {
    this.told.push("smi");
  }
  init(waits: boolean): void {
    this.told.push(waits ? "init and wait" : "init");
  }
  startUp(vector: number): void {
    this.told.push(`start at ${vector.toString(16)}`);
  }
}

class Clock {
  now = 0;
  readonly timers: { deadline: number; fire: () => void }[] = [];
  nowNs(): number {
    return this.now;
  }
  timer(fire: () => void): { arm(deadline: number): void; cancel(): void } {
    const timer = { deadline: Infinity, fire };
    this.timers.push(timer);
    return {
      arm: (deadline) => {
        timer.deadline = deadline;
      },
      cancel: () => {
        timer.deadline = Infinity;
      },
    };
  }
  to(now: number): void {
    for (;;) {
      const next = this.timers.reduce((a, b) => (b.deadline < a.deadline ? b : a));
      if (next.deadline > now) break;
      this.now = Math.max(this.now, next.deadline);
      next.deadline = Infinity;
      next.fire();
    }
    this.now = now;
  }
}

function machine(count = 1): {
  apics: LocalApics;
  clock: Clock;
  cpus: Processor[];
  all: readonly LocalApic[];
} {
  const apics = new LocalApics();
  const clock = new Clock();
  const cpus = Array.from({ length: count }, () => new Processor());
  cpus.forEach((cpu, id) => {
    const isBootstrap = id === 0;
    const apic = apics.add({ id, isBootstrap, clock, acknowledgeExternal: () => 0x68 });
    apic.connect(cpu);
    apic.write(SVR, 0x1ff);
  });
  return { apics, clock, cpus, all: apics.all };
}

const fixed = (apics: LocalApics, destination: number, vector: number, trigger = 0): void =>
  apics.deliver(destination, DestinationMode.PHYSICAL, DeliveryMode.FIXED, vector, trigger);

describe("a local APIC", () => {
  it("tells who it is", () => {
    const { all } = machine(3);
    expect(all.map((apic) => apic.read(ID))).toEqual([0, 0x0100_0000, 0x0200_0000]);
    expect(all[0].read(VERSION)).toBe(0x50014);
    expect(all[0].base).toBe(0xfee00900);
    expect(all[1].base).toBe(0xfee00800);
    expect(all[0].read(DFR)).toBe(0xffff_ffff);
  });

  it("hands over one vector after another, by priority", () => {
    const { apics, all, cpus } = machine();
    const [apic] = all;
    fixed(apics, 0, 0x31);
    fixed(apics, 0, 0x52);
    fixed(apics, 0, 0x33);
    expect(cpus[0].intr).toBe(true);
    expect(apic.acknowledge()).toBe(0x52);
    // What is of a lower class waits for the end of what is in service.
    expect(cpus[0].intr).toBe(false);
    expect(apic.acknowledge()).toBe(-1);
    expect(apic.read(PPR)).toBe(0x50);
    expect(apic.read(IRR1)).toBe(0b1010 << 16);
    apic.write(EOI, 0);
    expect(apic.acknowledge()).toBe(0x33);
    expect(apic.read(ISR1)).toBe(0b1000 << 16);
    // 31h is of the class of 33h.
    expect(cpus[0].intr).toBe(false);
    apic.write(EOI, 0);
    expect(apic.acknowledge()).toBe(0x31);
  });

  it("holds back what the task's priority is not below", () => {
    const { apics, all, cpus } = machine();
    all[0].write(TPR, 0x40);
    fixed(apics, 0, 0x4f);
    expect(cpus[0].intr).toBe(false);
    fixed(apics, 0, 0x50);
    expect(cpus[0].intr).toBe(true);
    all[0].write(TPR, 0x50);
    expect(cpus[0].intr).toBe(false);
    all[0].write(TPR, 0x3f);
    expect(cpus[0].intr).toBe(true);
  });

  it("delivers nothing while it is switched off", () => {
    const { apics, all, cpus } = machine();
    all[0].write(SVR, 0xff);
    fixed(apics, 0, 0x40);
    expect(cpus[0].intr).toBe(false);
    expect(all[0].read(LVT_LINT0) & 0x10000).not.toBe(0);
    all[0].write(LVT_LINT0, 0x700);
    expect(all[0].read(LVT_LINT0)).toBe(0x10700);
  });

  it("tells the ends of level triggered interrupts, and of no others", () => {
    const { apics, all } = machine();
    const ends: number[] = [];
    const listening = apics.onEndOfInterrupt((vector) => ends.push(vector));
    fixed(apics, 0, 0x41, TriggerMode.LEVEL);
    fixed(apics, 0, 0x31, TriggerMode.EDGE);
    all[0].acknowledge();
    all[0].write(EOI, 0);
    all[0].acknowledge();
    all[0].write(EOI, 0);
    all[0].write(EOI, 0);
    expect(ends).toEqual([0x41]);
    listening[Symbol.dispose]();
    fixed(apics, 0, 0x41, TriggerMode.LEVEL);
    all[0].acknowledge();
    all[0].write(EOI, 0);
    expect(ends).toEqual([0x41]);
  });

  it("lets the 8259 through after a reset, until LINT0 is masked", () => {
    const { all, cpus } = machine();
    const [apic] = all;
    apic.reset();
    apic.setPin(0, true);
    expect(cpus[0].intr).toBe(true);
    expect(apic.acknowledge()).toBe(0x68);
    apic.write(SVR, 0x1ff);
    apic.write(LVT_LINT0, 0x10700);
    expect(cpus[0].intr).toBe(false);
    expect(apic.acknowledge()).toBe(-1);
    // An APIC that is not there is a wire.
    expect(apic.setBase(0xfee00000)).toBe(true);
    expect(cpus[0].intr).toBe(true);
  });

  it("notes errors, which a write of the register shows", () => {
    const { apics, all, cpus } = machine();
    const [apic] = all;
    apic.write(LVT_ERROR, 0xf0);
    apic.write(ICR, 0x0000_0005);
    fixed(apics, 0, 3);
    apic.read(0x3d);
    expect(apic.read(ESR)).toBe(0);
    apic.write(ESR, 0);
    expect(apic.read(ESR)).toBe(0xe0);
    apic.write(ESR, 0);
    expect(apic.read(ESR)).toBe(0);
    expect(cpus[0].intr).toBe(true);
    expect(apic.acknowledge()).toBe(0xf0);
  });

  it("ignores every register number without failing", () => {
    const { all } = machine();
    for (let register = 0; register < 256; register++) {
      if (register === ICR) continue;
      all[0].write(register, 0xffff_ffff);
      expect(Number.isInteger(all[0].read(register))).toBe(true);
    }
  });
});

describe("the timer of a local APIC", () => {
  it("fires once", () => {
    const { clock, all } = machine();
    const [apic] = all;
    apic.write(DIVIDE, BY_ONE);
    apic.write(LVT_TIMER, 0x40);
    apic.write(INITIAL, 1000);
    clock.to(400);
    expect(apic.read(CURRENT)).toBe(600);
    clock.to(999);
    expect(apic.acknowledge()).toBe(-1);
    clock.to(1000);
    expect(apic.acknowledge()).toBe(0x40);
    apic.write(EOI, 0);
    clock.to(50_000);
    expect(apic.read(CURRENT)).toBe(0);
    expect(apic.acknowledge()).toBe(-1);
  });

  it("fires again and again, divided", () => {
    const { clock, all } = machine();
    const [apic] = all;
    apic.write(DIVIDE, 0x3);
    apic.write(LVT_TIMER, 0x20040);
    apic.write(INITIAL, 99);
    let fired = 0;
    for (let now = 0; now <= 16_000; now += 100) {
      clock.to(now);
      if (apic.acknowledge() === 0x40) fired++;
      apic.write(EOI, 0);
    }
    // A hundred counts of 16 ns.
    expect(fired).toBe(10);
    apic.write(INITIAL, 0);
    clock.to(100_000);
    expect(apic.acknowledge()).toBe(-1);
  });

  it("waits for a time stamp", () => {
    const { clock, all } = machine();
    const [apic] = all;
    apic.setDeadline(500n, 500);
    expect(apic.deadline).toBe(0n);
    apic.write(LVT_TIMER, 0x40040);
    apic.setDeadline(500n, 500);
    expect(apic.deadline).toBe(500n);
    apic.write(INITIAL, 5);
    clock.to(499);
    expect(apic.acknowledge()).toBe(-1);
    clock.to(500);
    expect(apic.acknowledge()).toBe(0x40);
    expect(apic.deadline).toBe(0n);
  });
});

describe("the local APICs of a machine", () => {
  it("are named by IDs, by logical sets and by clusters", () => {
    const { apics, all } = machine(4);
    const who = (destination: number, mode: number): number[] =>
      all.flatMap((apic, n) => (apic.matches(destination, mode) ? [n] : []));
    expect(who(2, DestinationMode.PHYSICAL)).toEqual([2]);
    expect(who(0xff, DestinationMode.PHYSICAL)).toEqual([0, 1, 2, 3]);
    all.forEach((apic, n) => apic.write(LDR, (1 << n) << 24));
    expect(who(0b1010, DestinationMode.LOGICAL)).toEqual([1, 3]);
    all.forEach((apic, n) => {
      apic.write(DFR, 0);
      apic.write(LDR, ((n >> 1) << 28) | ((1 << (n & 1)) << 24));
    });
    expect(who(0x13, DestinationMode.LOGICAL)).toEqual([2, 3]);
    expect(who(0x02, DestinationMode.LOGICAL)).toEqual([1]);
    apics.deliver(0x13, DestinationMode.LOGICAL, DeliveryMode.FIXED, 0x40, 0);
    expect(all.map((apic) => apic.acknowledge())).toEqual([-1, -1, 0x40, 0x40]);
  });

  it("send each other interrupts, by shorthands too", () => {
    const { all, cpus } = machine(3);
    const take = (): number[] =>
      all.map((apic) => {
        const vector = apic.acknowledge();
        apic.write(EOI, 0);
        return vector;
      });
    all[0].write(ICR_HIGH, 0x0100_0000);
    all[0].write(ICR, 0x4041);
    expect(take()).toEqual([-1, 0x41, -1]);
    all[1].write(ICR, 0x4_4042);
    expect(take()).toEqual([-1, 0x42, -1]);
    all[1].write(ICR, 0x8_4043);
    expect(take()).toEqual([0x43, 0x43, 0x43]);
    all[1].write(ICR, 0xc_4044);
    expect(take()).toEqual([0x44, -1, 0x44]);
    all[0].write(ICR, 0xc_4500);
    all[0].write(ICR, 0xc_8500);
    all[0].write(ICR, 0xc_4609);
    all[0].write(ICR, 0x4400);
    all[2].write(ICR, 0xc_4200);
    expect(cpus.map((cpu) => cpu.told)).toEqual([
      ["smi"],
      ["init and wait", "start at 9", "nmi", "smi"],
      ["init and wait", "start at 9"],
    ]);
  });

  it("take messages to the lowest priority in turns, or where it is in service", () => {
    const { apics, all } = machine(3);
    const send = (vector: number): void =>
      apics.deliver(0xff, DestinationMode.PHYSICAL, DeliveryMode.LOWEST_PRIORITY, vector, 0);
    all[1].write(TPR, 0x20);
    for (const vector of [0x51, 0x52]) send(vector);
    expect(all.map((apic) => apic.acknowledge())).toEqual([0x51, -1, 0x52]);
    send(0x51);
    all[0].write(EOI, 0);
    expect(all.map((apic) => apic.acknowledge())).toEqual([0x51, -1, -1]);
    send(0x61);
    expect(all[1].acknowledge()).toBe(0x61);
  });

  it("take stores of devices as interrupts", () => {
    const { apics, all } = machine(2);
    apics.deliverMessage(0xfee01000, 0x4055);
    expect(all.map((apic) => apic.acknowledge())).toEqual([-1, 0x55]);
    apics.deliverMessage(0xfee05000, 0x4056);
    expect(all.map((apic) => apic.acknowledge())).toEqual([-1, -1]);
  });

  it("have IDs of 32 bits with x2APIC", () => {
    const { all } = machine(2);
    expect(all[1].setBase(0xfee00400)).toBe(false);
    expect(all[1].setBase(0xfee00c00)).toBe(true);
    expect(all[1].read(ID)).toBe(1);
    expect(all[1].read(LDR)).toBe(2);
    expect(all[1].matches(2, DestinationMode.LOGICAL)).toBe(true);
    expect(all[1].matches(0x10002, DestinationMode.LOGICAL)).toBe(false);
    expect(all[1].matches(0xffff_ffff, DestinationMode.PHYSICAL)).toBe(true);
    expect(all[1].setBase(0xfee00800)).toBe(false);
    expect(all[1].setBase(0xfee00000)).toBe(true);
    expect(all[1].setBase(0xfee00c00)).toBe(false);
  });
});
