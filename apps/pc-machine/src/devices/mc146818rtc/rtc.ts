/**
 * The MC146818 real-time clock with its 128 bytes of CMOS memory.
 *
 * Time is computed when it is asked for; timers exist only while an enabled interrupt waits.
 */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { Timer } from "../../host/clock.js";
import type { DeviceContext, IrqLine } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";
import {
  decodeByte,
  decodeHour,
  encodeByte,
  encodeHour,
  fieldsOf,
  secondsOf,
  type RtcFields,
  type RtcFormat,
} from "./rtc-time.js";
import { PcError } from "../../pc-error.js";

/** The cell that tells firmware why the processor was reset, and its value after a sleep. */
const SHUTDOWN_CODE = 0x0f;
const SHUTDOWN_WAKE = 0xfe;
const NVRAM_BYTES = 128;

/** Register numbers. */
const Reg = {
  SECONDS: 0x00,
  SECONDS_ALARM: 0x01,
  MINUTES: 0x02,
  MINUTES_ALARM: 0x03,
  HOURS: 0x04,
  HOURS_ALARM: 0x05,
  WEEKDAY: 0x06,
  DAY: 0x07,
  MONTH: 0x08,
  YEAR: 0x09,
  A: 0x0a,
  B: 0x0b,
  C: 0x0c,
  D: 0x0d,
  CENTURY: 0x32,
  /** Register in which PS/2 firmware looks for the century; the same cell. */
  CENTURY_PS2: 0x37,
} as const;

const A_UPDATE_IN_PROGRESS = 0x80;
const A_DIVIDER_HELD = 0x60;
const B_SET = 0x80;
const B_PERIODIC = 0x40;
const B_ALARM = 0x20;
const B_UPDATE = 0x10;
const B_SQUARE_WAVE = 0x08;
const B_BINARY = 0x04;
const B_24H = 0x02;
const C_IRQ = 0x80;
const C_PERIODIC = 0x40;
const C_ALARM = 0x20;
const C_UPDATE = 0x10;
const C_SOURCES = C_PERIODIC | C_ALARM | C_UPDATE;
const D_VALID = 0x80;

const NS_PER_SECOND = 1_000_000_000;
const CRYSTAL_HZ = 32_768;
/** UIP rises eight ticks of the crystal before the registers change. */
const UPDATE_WARNING_NS = 244_140;
/** The first update after the divider is released comes after half a second. */
const DIVIDER_RELEASE_NS = 500_000_000;
/** An alarm byte from here on matches any value. */
const ALARM_WILDCARD = 0xc0;
const SECONDS_PER_DAY = 86_400;

/** QEMU's `mc146818rtc`. */
export class Rtc {
  readonly object: QomObject;
  /** `rtc`, 2 bytes; holds `rtc-index`, 1 byte, at 0. */
  readonly region: MemoryRegion;
  readonly windows: readonly IoWindow[];
  readonly #ctx: DeviceContext;
  readonly #irq: IrqLine;
  readonly #timer: Timer;
  readonly #nvram = new Uint8Array(NVRAM_BYTES);
  readonly #startSeconds: number;
  #index = 0;
  /** Seconds since 1970 at virtual time 0, and the fraction of a second on top (ns). */
  #baseSeconds = 0;
  #baseNs = 0;
  /** The last second and the last period that were looked at for events. */
  #seenSecond = 0;
  #seenPeriod = 0;
  /** The tick of the crystal from which periodic intervals are counted. */
  #periodBase = 0;

  /**
   * @param options.irq         IRQ 8.
   * @param options.startTimeMs the time at power-on, milliseconds since 1970; the host's UTC time
   *                            unless told. The chip knows no time zones.
   */
  constructor(
    ctx: DeviceContext,
    options: { irq: IrqLine; startTimeMs?: number; iobase?: number },
  ) {
    this.#ctx = ctx;
    this.#irq = options.irq;
    this.#timer = ctx.clock.timer(() => this.#wake());
    const startMs = options.startTimeMs ?? Date.now();
    this.#startSeconds = Math.floor(startMs / 1000);
    this.#baseSeconds = this.#startSeconds;
    this.#baseNs = Math.floor((startMs - this.#startSeconds * 1000) * 1_000_000);
    this.#nvram[Reg.A] = 0x26;
    this.#nvram[Reg.B] = B_24H;
    this.#nvram[Reg.D] = D_VALID;
    this.object = createDeviceObject(ctx.machine, "mc146818rtc", ctx.path);
    const ops = {
      impl: BYTE_WIDE,
      read: (offset: number) => ((offset & 1) === 0 ? 0xff : this.#read()),
      write: (offset: number, value: number) => {
        if ((offset & 1) === 0) {
          this.#index = value & 0x7f;
        } else {
          this.#write(value);
        }
      },
    };
    this.region = ctx.machine.mmio({ name: "rtc", size: 2, owner: this.object, ...ops });
    this.region.addSubregion(
      0,
      ctx.machine.mmio({ name: "rtc-index", size: 1, owner: this.object, ...ops }),
    );
    this.windows = [{ port: options.iobase ?? 0x70, region: this.region }];
    this.#markSeen();
  }

  /**
   * A reset disables the interrupts and the square wave; time and memory are kept by the battery. The shutdown code
   * is the board's: it is cleared, unless firmware is to wake the machine up, as QEMU's board does it.
   */
  reset(): void {
    if (this.#get(SHUTDOWN_CODE) !== SHUTDOWN_WAKE) this.#nvram[SHUTDOWN_CODE] = 0;
    const cleared = B_PERIODIC | B_ALARM | B_UPDATE | B_SQUARE_WAVE;
    this.#nvram[Reg.B] = this.#get(Reg.B) & ~cleared;
    this.#nvram[Reg.C] = 0;
    this.#irq.set(false);
    this.#schedule();
  }

  /** Tell firmware whether the next reset is the end of a sleep: it continues what was interrupted. */
  set resumes(resumes: boolean) {
    this.#nvram[SHUTDOWN_CODE] = resumes ? SHUTDOWN_WAKE : 0;
  }

  /**
   * Put a byte into the CMOS memory, as a board does for its firmware.
   *
   * @throws PcError unless 14 <= index <= 127: the cells below are registers.
   */
  setCmos(index: number, value: number): void {
    if (!Number.isInteger(index) || index < 0x0e || index >= NVRAM_BYTES) {
      throw new PcError(`CMOS cell ${index} cannot be set: cells 14 to 127 can`, {
        rule: "cmos-cell",
      });
    }
    this.#nvram[index] = value;
  }

  /** Value that the guest would read at `index` (0..127), without the side effects of a read. */
  cmos(index: number): number {
    this.#refresh();
    return this.#get(index & 0x7f);
  }

  #get(index: number): number {
    return this.#nvram[index] ?? 0;
  }

  /** The calendar's time now. */
  get date(): RtcFields {
    return fieldsOf(this.#second());
  }

  #format(): RtcFormat {
    const b = this.#get(Reg.B);
    return { binary: (b & B_BINARY) !== 0, hours24: (b & B_24H) !== 0 };
  }

  /** True if the registers advance: not while the guest sets them or holds the divider. */
  #advancing(): boolean {
    return (
      (this.#get(Reg.B) & B_SET) === 0 && (this.#get(Reg.A) & A_DIVIDER_HELD) !== A_DIVIDER_HELD
    );
  }

  /** Split virtual time: whole seconds since 1970 and the nanoseconds into the current one. */
  #second(): number {
    return this.#baseSeconds + Math.floor((this.#ctx.clock.nowNs() + this.#baseNs) / NS_PER_SECOND);
  }

  #fraction(): number {
    const ns = (this.#ctx.clock.nowNs() + this.#baseNs) % NS_PER_SECOND;
    return ns < 0 ? ns + NS_PER_SECOND : ns;
  }

  #read(): number {
    switch (this.#index) {
      case Reg.A: {
        const updating = this.#advancing() && this.#fraction() >= NS_PER_SECOND - UPDATE_WARNING_NS;
        return this.#get(Reg.A) | (updating ? A_UPDATE_IN_PROGRESS : 0);
      }
      case Reg.C: {
        this.#collectEvents();
        const flags = this.#get(Reg.C);
        this.#nvram[Reg.C] = 0;
        this.#irq.set(false);
        this.#schedule();
        return flags;
      }
      case Reg.CENTURY_PS2:
        return this.cmos(Reg.CENTURY);
      default:
        return this.cmos(this.#index);
    }
  }

  #write(value: number): void {
    const index = this.#index === Reg.CENTURY_PS2 ? Reg.CENTURY : this.#index;
    switch (index) {
      case Reg.SECONDS:
      case Reg.MINUTES:
      case Reg.HOURS:
      case Reg.WEEKDAY:
      case Reg.DAY:
      case Reg.MONTH:
      case Reg.YEAR:
      case Reg.CENTURY:
        this.#refresh();
        this.#nvram[index] = value;
        if (this.#advancing()) {
          this.#setTime(this.#fraction());
        }
        break;
      case Reg.SECONDS_ALARM:
      case Reg.MINUTES_ALARM:
      case Reg.HOURS_ALARM:
        this.#collectEvents();
        this.#nvram[index] = value;
        break;
      case Reg.A:
        this.#writeA(value);
        break;
      case Reg.B:
        this.#writeB(value);
        break;
      case Reg.C:
      case Reg.D:
        break;
      default:
        this.#nvram[index] = value;
        break;
    }
  }

  #writeA(value: number): void {
    this.#collectEvents();
    this.#refresh();
    const wasHeld = (this.#get(Reg.A) & A_DIVIDER_HELD) === A_DIVIDER_HELD;
    // Another rate counts from the last interval of the one before, as QEMU's does.
    this.#periodBase += this.#period() * this.#intervalTicks();
    if (this.#intervalTicks() === 0) this.#periodBase = this.#ticks();
    this.#nvram[Reg.A] = value & ~A_UPDATE_IN_PROGRESS;
    const held = (value & A_DIVIDER_HELD) === A_DIVIDER_HELD;
    if (wasHeld && !held) {
      this.#setTime(NS_PER_SECOND - DIVIDER_RELEASE_NS);
    }
    this.#seenPeriod = this.#period();
    this.#schedule();
  }

  #writeB(value: number): void {
    this.#collectEvents();
    this.#refresh();
    const wasSetting = (this.#get(Reg.B) & B_SET) !== 0;
    const setting = (value & B_SET) !== 0;
    const fraction = this.#fraction();
    // Setting the clock turns the update interrupt off.
    this.#nvram[Reg.B] = setting ? value & ~B_UPDATE : value;
    if (wasSetting && !setting) {
      this.#setTime(fraction);
    }
    this.#raise(0);
  }

  /** Take the time registers as the time now, `fraction` nanoseconds into their second. */
  #setTime(fraction: number): void {
    const format = this.#format();
    const now = this.#ctx.clock.nowNs();
    const seconds = secondsOf({
      second: decodeByte(this.#get(Reg.SECONDS), format),
      minute: decodeByte(this.#get(Reg.MINUTES), format),
      hour: decodeHour(this.#get(Reg.HOURS), format),
      day: decodeByte(this.#get(Reg.DAY), format),
      month: decodeByte(this.#get(Reg.MONTH), format),
      year:
        decodeByte(this.#get(Reg.CENTURY), format) * 100 + decodeByte(this.#get(Reg.YEAR), format),
    });
    const wholeNow = Math.floor(now / NS_PER_SECOND);
    this.#baseSeconds = seconds - wholeNow;
    this.#baseNs = fraction - (now - wholeNow * NS_PER_SECOND);
    this.#markSeen();
    this.#schedule();
  }

  /** Bring the time registers up to date. */
  #refresh(): void {
    if (!this.#advancing()) {
      return;
    }
    const format = this.#format();
    const time = fieldsOf(this.#second());
    this.#nvram[Reg.SECONDS] = encodeByte(time.second, format);
    this.#nvram[Reg.MINUTES] = encodeByte(time.minute, format);
    this.#nvram[Reg.HOURS] = encodeHour(time.hour, format);
    this.#nvram[Reg.WEEKDAY] = encodeByte(time.weekday, format);
    this.#nvram[Reg.DAY] = encodeByte(time.day, format);
    this.#nvram[Reg.MONTH] = encodeByte(time.month, format);
    this.#nvram[Reg.YEAR] = encodeByte(time.year % 100, format);
    this.#nvram[Reg.CENTURY] = encodeByte(Math.floor(time.year / 100), format);
  }

  /** Crystal ticks of one periodic interval, 0 when the rate is "none". */
  #intervalTicks(): number {
    const rate = this.#get(Reg.A) & 0x0f;
    if (rate === 0) {
      return 0;
    }
    // The two fastest settings repeat the rates of 8 and 9.
    return 1 << ((rate <= 2 ? rate + 7 : rate) - 1);
  }

  /** Ticks of the crystal since power-on. */
  #ticks(): number {
    const now = this.#ctx.clock.nowNs();
    const seconds = Math.floor(now / NS_PER_SECOND);
    const part = Math.floor(((now - seconds * NS_PER_SECOND) * CRYSTAL_HZ) / NS_PER_SECOND);
    return seconds * CRYSTAL_HZ + part;
  }

  /** Number of periodic intervals that have gone by since their rate was set. */
  #period(): number {
    const interval = this.#intervalTicks();
    return interval === 0 ? 0 : Math.floor((this.#ticks() - this.#periodBase) / interval);
  }

  /** The virtual time at which interval number `period` begins. */
  #periodNs(period: number): number {
    const tick = this.#periodBase + period * this.#intervalTicks();
    const seconds = Math.floor(tick / CRYSTAL_HZ);
    const part = Math.ceil(((tick - seconds * CRYSTAL_HZ) * NS_PER_SECOND) / CRYSTAL_HZ);
    return seconds * NS_PER_SECOND + part;
  }

  #alarmMatches(second: number): boolean {
    const format = this.#format();
    const time = fieldsOf(second);
    const matches = (reg: number, byte: number): boolean =>
      this.#get(reg) >= ALARM_WILDCARD || this.#get(reg) === byte;
    return (
      matches(Reg.SECONDS_ALARM, encodeByte(time.second, format)) &&
      matches(Reg.MINUTES_ALARM, encodeByte(time.minute, format)) &&
      matches(Reg.HOURS_ALARM, encodeHour(time.hour, format))
    );
  }

  #markSeen(): void {
    this.#seenSecond = this.#second();
    this.#seenPeriod = this.#period();
  }

  /** Note in register C what has happened since it was last looked at. */
  #collectEvents(): void {
    let flags = 0;
    const period = this.#period();
    if (period !== this.#seenPeriod) {
      this.#seenPeriod = period;
      flags |= C_PERIODIC;
    }
    const second = this.#second();
    if (second !== this.#seenSecond && this.#advancing()) {
      flags |= C_UPDATE;
      const first = Math.max(this.#seenSecond + 1, second - SECONDS_PER_DAY);
      for (let s = first; s <= second; s++) {
        if (this.#alarmMatches(s)) {
          flags |= C_ALARM;
          break;
        }
      }
    }
    this.#seenSecond = second;
    this.#raise(flags);
  }

  /** Add flags to register C; an enabled one raises the interrupt. */
  #raise(flags: number): void {
    let c = this.#get(Reg.C) | flags;
    if ((c & this.#get(Reg.B) & C_SOURCES) !== 0) {
      c |= C_IRQ;
      this.#nvram[Reg.C] = c;
      this.#irq.set(true);
    } else {
      c &= ~C_IRQ;
      this.#nvram[Reg.C] = c;
      this.#irq.set(false);
    }
    this.#schedule();
  }

  #wake(): void {
    this.#collectEvents();
    if ((this.#get(Reg.C) & this.#get(Reg.B) & C_ALARM) !== 0) this.#ctx.board?.wakeUp("rtc");
  }

  /** Arm the timer for the nearest event that would raise an interrupt not raised yet. */
  #schedule(): void {
    const waiting = this.#get(Reg.B) & ~this.#get(Reg.C) & C_SOURCES;
    let deadline = Infinity;
    if ((waiting & C_PERIODIC) !== 0 && this.#intervalTicks() !== 0) {
      deadline = this.#periodNs(this.#period() + 1);
    }
    if ((waiting & (C_UPDATE | C_ALARM)) !== 0 && this.#advancing()) {
      const now = this.#ctx.clock.nowNs();
      deadline = Math.min(deadline, now + NS_PER_SECOND - this.#fraction());
    }
    if (deadline === Infinity) {
      this.#timer.cancel();
    } else {
      this.#timer.arm(deadline);
    }
  }
}
