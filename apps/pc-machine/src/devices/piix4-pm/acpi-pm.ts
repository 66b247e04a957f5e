/**
 * The fixed ACPI registers: PM1 event and control blocks and the power management timer
 * (Advanced Configuration and Power Interface Specification, chapter 4).
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";

import type { DeviceContext, IrqLine, WakeReason } from "../../device/context.js";

import type { Timer } from "../../host/clock.js";

/** Ticks of the power management timer a second. */
export const PM_TIMER_HZ = 3_579_545;

/** Bits of the PM1 status and enable registers. */
export const Pm1Event = {
  TIMER: 0x0001,
  GLOBAL: 0x0020,
  POWER_BUTTON: 0x0100,
  RTC: 0x0400,
  WAKE: 0x8000,
} as const;

/** Bits of the PM1 control register. */
export const Pm1Control = { SCI_ENABLE: 0x0001, SLEEP_TYPE: 0x1c00, SLEEP_ENABLE: 0x2000 } as const;

const TIMER_MASK = 0xff_ffff;
/** The timer's status is set each time bit 23 changes. */
const TIMER_HALF = 0x80_0000;
const WAKING_EVENTS = Pm1Event.TIMER | Pm1Event.GLOBAL | Pm1Event.POWER_BUTTON | Pm1Event.RTC;

/** Things that the registers act on. */
export interface AcpiPmWiring {
  /** The system control interrupt. */
  readonly sci: IrqLine;
  /** True if a general purpose event is there that the guest has enabled. */
  eventPending(): boolean;
  /** The guest entered sleep type `type` (0..7). */
  sleep(type: number): void;
}

/** PM1a event block, PM1a control block and timer of the board. */
export class AcpiPm {
  /** `acpi-evt`, 4 bytes: status and enable. */
  readonly eventRegion: MemoryRegion;
  /** `acpi-cnt`, 2 bytes. */
  readonly controlRegion: MemoryRegion;
  /** `acpi-tmr`, 4 bytes. */
  readonly timerRegion: MemoryRegion;
  readonly #context: DeviceContext;
  readonly #wiring: AcpiPmWiring;
  readonly #overflow: Timer;
  #status = 0;
  #enable = 0;
  #control = 0;
  /** The tick count at which the timer's status becomes set. */
  #overflowTick = 0;

  constructor(context: DeviceContext, owner: DeviceObject, wiring: AcpiPmWiring) {
    this.#context = context;
    this.#wiring = wiring;
    this.#overflow = context.clock.timer(() => this.#update());
    const { machine } = context;
    this.eventRegion = machine.mmio({
      name: "acpi-evt",
      size: 4,
      owner,
      endianness: "little",
      valid: { minAccessSize: 1, maxAccessSize: 2 },
      impl: { minAccessSize: 2, maxAccessSize: 2 },
      read: (offset) => this.#readEvent(offset),
      write: (offset, value) => this.#writeEvent(offset, value),
    });
    this.controlRegion = machine.mmio({
      name: "acpi-cnt",
      size: 2,
      owner,
      endianness: "little",
      valid: { minAccessSize: 1, maxAccessSize: 2 },
      impl: { minAccessSize: 2, maxAccessSize: 2 },
      read: () => this.#control,
      write: (_offset, value) => this.#writeControl(value),
    });
    this.timerRegion = machine.mmio({
      name: "acpi-tmr",
      size: 4,
      owner,
      endianness: "little",
      impl: { minAccessSize: 4, maxAccessSize: 4 },
      read: () => this.#ticks() & TIMER_MASK,
      write: () => undefined,
    });
  }

  /** {@link AcpiPmWiring.eventPending} may be another: drive the interrupt accordingly. */
  eventsChanged(): void {
    this.#update();
  }

  /** The SMI handler's work in hardware: switch ACPI mode on or off. */
  setAcpiMode(on: boolean): void {
    this.#control = on
      ? this.#control | Pm1Control.SCI_ENABLE
      : this.#control & ~Pm1Control.SCI_ENABLE;
    this.#update();
  }

  /** The user presses the power button: a guest that has enabled it is asked to shut down. */
  pressPowerButton(): void {
    if ((this.#enable & Pm1Event.POWER_BUTTON) === 0) return;
    this.#status |= Pm1Event.POWER_BUTTON;
    this.#update();
  }

  /** True if the guest has allowed that this wakes it. */
  wakesBy(reason: WakeReason): boolean {
    return reason === "other" || (this.#enable & Pm1Event.RTC) !== 0;
  }

  /** The machine wakes up, after a reset: a guest that was not told otherwise sees the power button. */
  wokeUp(reason: WakeReason): void {
    this.#status |= Pm1Event.WAKE | (reason === "rtc" ? Pm1Event.RTC : Pm1Event.POWER_BUTTON);
    this.#update();
  }

  /** Back to the power-on state. */
  reset(): void {
    this.#status = 0;
    this.#enable = 0;
    this.#control = 0;
    // Counts as having overflowed, so that the status is set until the guest clears it.
    this.#overflowTick = 0;
    this.#update();
  }

  #ticks(): number {
    // Whole seconds apart, so that the product stays exact for years.
    const now = this.#context.clock.nowNs();
    const seconds = Math.floor(now / 1e9);
    const rest = now - seconds * 1e9;
    return seconds * PM_TIMER_HZ + Math.floor((rest * PM_TIMER_HZ) / 1e9);
  }

  #nextHalf(): number {
    return (Math.floor(this.#ticks() / TIMER_HALF) + 1) * TIMER_HALF;
  }

  #readStatus(): number {
    if (this.#ticks() >= this.#overflowTick) {
      this.#status |= Pm1Event.TIMER;
    }
    return this.#status;
  }

  #readEvent(offset: number): number {
    return offset === 0 ? this.#readStatus() : offset === 2 ? this.#enable : 0;
  }

  #writeEvent(offset: number, value: number): void {
    if (offset === 0) {
      if ((this.#readStatus() & value & Pm1Event.TIMER) !== 0) {
        this.#overflowTick = this.#nextHalf();
      }
      this.#status &= ~value;
    } else if (offset === 2) {
      this.#enable = value;
    }
    this.#update();
  }

  #writeControl(value: number): void {
    this.#control = value & ~Pm1Control.SLEEP_ENABLE;
    if ((value & Pm1Control.SLEEP_ENABLE) !== 0) {
      this.#wiring.sleep((value & Pm1Control.SLEEP_TYPE) >> 10);
    }
  }

  /** Drive the interrupt, and wait for the timer's next overflow while the guest wants it. */
  #update(): void {
    const pending = this.#readStatus() & this.#enable & WAKING_EVENTS;
    this.#wiring.sci.set(pending !== 0 || this.#wiring.eventPending());
    const wantsTimer = (this.#enable & Pm1Event.TIMER) !== 0;
    if (wantsTimer && (this.#status & Pm1Event.TIMER) === 0) {
      this.#overflow.arm(Math.ceil((this.#overflowTick / PM_TIMER_HZ) * 1e9));
    } else {
      this.#overflow.cancel();
    }
  }
}
