/** The 8254 programmable interval timer: three counters behind four ports. */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { Timer } from "../../host/clock.js";
import type { DeviceContext, IrqLine } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";
import { PitChannel, PitMode } from "./pit-channel.js";

/** Input clock of the counters, in Hz. */
export const PIT_HZ = 1_193_182;

const NS_PER_SECOND = 1_000_000_000;

/** The PIT tick reached at `ns`; seconds are split off to stay exact. */
export function pitTicks(ns: number): number {
  const seconds = Math.floor(ns / NS_PER_SECOND);
  return seconds * PIT_HZ + Math.floor(((ns - seconds * NS_PER_SECOND) * PIT_HZ) / NS_PER_SECOND);
}

/** The first nanosecond at which `tick` is reached. */
export function pitTickNs(tick: number): number {
  const seconds = Math.floor(tick / PIT_HZ);
  return seconds * NS_PER_SECOND + Math.ceil(((tick - seconds * PIT_HZ) * NS_PER_SECOND) / PIT_HZ);
}

/** Bytes of a count that are transferred: the two RW bits of a control word. */
const Access = { LSB: 1, MSB: 2, BOTH: 3 } as const;

/** The bus side of one counter: latches and byte order. */
class Port {
  readonly channel: PitChannel;
  access: number = Access.BOTH;
  /** True if the next byte of a two-byte transfer is the high one. */
  readHigh = false;
  writeHigh = false;
  lowByte = 0;
  /** Latched count, and which bytes of it are still to be read; `null` when not latched. */
  countLatch: number | null = null;
  statusLatch: number | null = null;

  constructor(gate: boolean) {
    this.channel = new PitChannel(gate);
  }

  reset(now: number): void {
    this.channel.reset(now);
    this.access = Access.BOTH;
    this.readHigh = false;
    this.writeHigh = false;
    this.countLatch = null;
    this.statusLatch = null;
  }

  latchCount(now: number): void {
    this.countLatch ??= this.channel.value(now);
  }

  latchStatus(now: number): void {
    const { channel } = this;
    this.statusLatch ??=
      (channel.output(now) ? 0x80 : 0) |
      (channel.nullCount(now) ? 0x40 : 0) |
      (this.access << 4) |
      (channel.mode << 1) |
      (channel.bcd ? 1 : 0);
  }

  read(now: number): number {
    if (this.statusLatch !== null) {
      const status = this.statusLatch;
      this.statusLatch = null;
      return status;
    }
    const value = this.countLatch ?? this.channel.value(now);
    if (this.access === Access.BOTH) {
      const high = this.readHigh;
      this.readHigh = !high;
      if (high) {
        this.countLatch = null;
      }
      return high ? value >> 8 : value & 0xff;
    }
    this.countLatch = null;
    return this.access === Access.MSB ? value >> 8 : value & 0xff;
  }

  write(value: number, now: number): void {
    const { channel } = this;
    if (this.access === Access.LSB) {
      channel.load(value, now);
    } else if (this.access === Access.MSB) {
      channel.load(value << 8, now);
    } else if (this.writeHigh) {
      this.writeHigh = false;
      channel.load((value << 8) | this.lowByte, now);
    } else {
      this.lowByte = value;
      this.writeHigh = true;
      if (channel.mode === PitMode.INTERRUPT_ON_TERMINAL_COUNT) {
        channel.suspend(now);
      }
    }
  }

  control(value: number, now: number): void {
    this.access = (value >> 4) & 3;
    this.readHigh = false;
    this.writeHigh = false;
    this.countLatch = null;
    this.statusLatch = null;
    this.channel.program((value >> 1) & 7, (value & 1) !== 0, now);
  }
}

/** QEMU's `isa-pit`. Counter 0 drives IRQ 0, counter 2 the speaker and port 0x61. */
export class Pit {
  readonly object: QomObject;
  /** `pit`, 4 bytes. */
  readonly region: MemoryRegion;
  readonly windows: readonly IoWindow[];
  readonly #ctx: DeviceContext;
  readonly #irq: IrqLine;
  readonly #timer: Timer;
  readonly #ports: readonly [Port, Port, Port] = [new Port(true), new Port(true), new Port(false)];

  /** @param options.irq IRQ 0: sees each rising edge of counter 0's output. */
  constructor(ctx: DeviceContext, options: { irq: IrqLine; iobase?: number }) {
    this.#ctx = ctx;
    this.#irq = options.irq;
    this.#timer = ctx.clock.timer(() => this.#tick());
    this.object = createDeviceObject(ctx.machine, "isa-pit", ctx.path);
    this.region = ctx.machine.mmio({
      name: "pit",
      size: 4,
      owner: this.object,
      impl: BYTE_WIDE,
      read: (offset) => this.#ports[offset & 3]?.read(this.#now()) ?? 0,
      write: (offset, value) => this.#write(offset & 3, value),
    });
    this.windows = [{ port: options.iobase ?? 0x40, region: this.region }];
  }

  /** Power-on values; counter 2's gate is closed. */
  reset(): void {
    const now = this.#now();
    for (const port of this.#ports) {
      port.reset(now);
    }
    this.#irq.set(false);
    this.#schedule(now);
  }

  /** Drive the gate of counter 0, 1 or 2 (the PC wires only that of 2). */
  setGate(counter: 0 | 1 | 2, level: boolean): void {
    const now = this.#now();
    this.#ports[counter].channel.setGate(level, now);
    if (counter === 0) {
      this.#schedule(now);
    }
  }

  /** The output pin of a counter now. */
  output(counter: 0 | 1 | 2): boolean {
    return this.#ports[counter].channel.output(this.#now());
  }

  /** The period of a counter in ticks of {@link PIT_HZ}, 1 to 65536 (for a sound backend). */
  period(counter: 0 | 1 | 2): number {
    return this.#ports[counter].channel.count;
  }

  #now(): number {
    return pitTicks(this.#ctx.clock.nowNs());
  }

  #write(offset: number, value: number): void {
    const now = this.#now();
    const port = this.#ports[offset];
    if (port !== undefined) {
      port.write(value, now);
      if (offset === 0) {
        this.#follow(now);
      }
    } else if (value >> 6 === 3) {
      this.#readBack(value, now);
    } else {
      const counter = this.#ports[value >> 6];
      if ((value & 0x30) === 0) {
        counter?.latchCount(now);
      } else {
        counter?.control(value, now);
        if (value >> 6 === 0) {
          this.#follow(now);
        }
      }
    }
  }

  #readBack(command: number, now: number): void {
    this.#ports.forEach((port, n) => {
      if ((command & (2 << n)) !== 0) {
        if ((command & 0x20) === 0) {
          port.latchCount(now);
        }
        if ((command & 0x10) === 0) {
          port.latchStatus(now);
        }
      }
    });
  }

  /** After the guest touched counter 0: the wire takes its level, the timer its next edge. */
  #follow(now: number): void {
    const { channel } = this.#ports[0];
    if (channel.mode === PitMode.INTERRUPT_ON_TERMINAL_COUNT) {
      this.#irq.set(channel.output(now));
    }
    this.#schedule(now);
  }

  #schedule(now: number): void {
    const rise = this.#ports[0].channel.nextRise(now);
    if (rise === Infinity) {
      this.#timer.cancel();
    } else {
      this.#timer.arm(pitTickNs(rise));
    }
  }

  /**
   * The output rose. The wire then stays high until the next edge, also where a square wave would
   * fall half-way: only rising edges count, and a guest that is late must not lose its tick.
   */
  #tick(): void {
    this.#irq.set(false);
    this.#irq.set(true);
    this.#schedule(this.#now());
  }
}
