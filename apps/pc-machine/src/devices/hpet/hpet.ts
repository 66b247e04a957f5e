/** The high precision event timers (IA-PC HPET specification 1.0a), as QEMU's board has them. */
import type { DeviceObject, MemoryRegion } from "@mem/core";

import { UNCONNECTED_LINE, type DeviceContext, type IrqLine } from "../../device/context.js";
import type { Device } from "../../device/device.js";
import { createDeviceObject } from "../../device/device-object.js";
import type { MemoryWindow } from "../../device/windows/io-window.js";
import { Comparator } from "./comparator.js";
import { HpetCounter, TICK_NS } from "./counter.js";

/** Physical address of the registers. */
export const HPET_BASE = 0xfed0_0000;

const SIZE = 0x400;
const COMPARATORS = 3;

/** Offsets of registers. Those of comparators repeat every 20h bytes. */
const Register = {
  CAPABILITIES: 0x000,
  PERIOD: 0x004,
  CONFIG: 0x010,
  STATUS: 0x020,
  COUNTER: 0x0f0,
  COUNTER_HIGH: 0x0f4,
  COMPARATORS: 0x100,
} as const;
const STRIDE = 0x20;
const Part = { CONFIG: 0x00, ROUTES: 0x04, VALUE: 0x08, VALUE_HIGH: 0x0c } as const;

/** Intel's, revision 1, 64 bits, with legacy routes. */
const CAPABILITIES = 0x8086_a001 + ((COMPARATORS - 1) << 8);
const FEMTOSECONDS = TICK_NS * 1_000_000;
const ENABLE = 0x01;
const LEGACY = 0x02;
/** With legacy routes the first two comparators take the places of these. */
const LEGACY_ROUTES: readonly number[] = [0, 8];

/** Connections of the HPET. */
export interface HpetWiring {
  /** Interrupts that comparators can be routed to, as bits. */
  readonly routes: number;
  /** The wire to interrupt `n`. */
  interrupt(n: number): IrqLine;
}

/** QEMU's `hpet`. */
export class Hpet implements Device {
  readonly object: DeviceObject;
  /** `hpet`, 1 KiB. */
  readonly region: MemoryRegion;
  readonly memoryWindows: readonly MemoryWindow[];
  readonly #wiring: HpetWiring;
  readonly #counter: HpetCounter;
  readonly #comparators: readonly Comparator[];
  #config = 0;
  #status = 0;
  /** The levels that the PIT and the clock drive, by interrupt. */
  readonly #guests = new Map<number, boolean>();

  constructor(context: DeviceContext, wiring: HpetWiring) {
    this.#wiring = wiring;
    const { clock, machine } = context;
    this.object = createDeviceObject(machine, "hpet", context.path);
    this.#counter = new HpetCounter(clock);
    this.#comparators = Array.from(
      { length: COMPARATORS },
      (_unused, index) =>
        new Comparator({ clock, counter: this.#counter, fire: () => this.#raise(index) }),
    );
    this.region = machine.mmio({
      name: "hpet",
      size: SIZE,
      owner: this.object,
      endianness: "little",
      valid: { minAccessSize: 4, maxAccessSize: 4 },
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
    this.memoryWindows = [{ address: HPET_BASE, region: this.region }];
  }

  /**
   * The wire for a device whose interrupt (0, the PIT's, or 8, the clock's) a comparator takes while
   * legacy routes are on.
   */
  gate(n: number): IrqLine {
    return {
      set: (level) => {
        this.#guests.set(n, level);
        if ((this.#config & LEGACY) === 0) this.#wiring.interrupt(n).set(level);
      },
    };
  }

  /** Back to the power-on state: nothing counts, and the legacy interrupts are their devices'. */
  reset(): void {
    this.#writeConfig(0);
    this.#counter.value = 0n;
    this.#status = 0;
    for (const comparator of this.#comparators) comparator.reset();
  }

  #read(offset: number): number {
    switch (offset) {
      case Register.CAPABILITIES:
        return CAPABILITIES;
      case Register.PERIOD:
        return FEMTOSECONDS;
      case Register.CONFIG:
        return this.#config;
      case Register.STATUS:
        return this.#status;
      case Register.COUNTER:
        return this.#counter.low;
      case Register.COUNTER_HIGH:
        return this.#counter.high;
      default:
        return this.#readComparator(offset);
    }
  }

  #readComparator(offset: number): number {
    const comparator = this.#comparators[((offset - Register.COMPARATORS) / STRIDE) | 0];
    if (comparator === undefined || offset < Register.COMPARATORS) return 0;
    switch (offset % STRIDE) {
      case Part.CONFIG:
        return comparator.config;
      case Part.ROUTES:
        return this.#wiring.routes;
      case Part.VALUE:
        return comparator.readValue(0);
      case Part.VALUE_HIGH:
        return comparator.readValue(1);
      default:
        return 0;
    }
  }

  #write(offset: number, value: number): void {
    switch (offset) {
      case Register.CONFIG:
        this.#writeConfig(value & (ENABLE | LEGACY));
        break;
      case Register.STATUS:
        for (const index of this.#comparators.keys()) {
          if ((value & this.#status & (1 << index)) !== 0) this.#lower(index);
        }
        break;
      case Register.COUNTER:
      case Register.COUNTER_HIGH:
        this.#writeCounter(offset === Register.COUNTER_HIGH, value);
        break;
      default:
        this.#writeComparator(offset, value);
    }
  }

  #writeCounter(upper: boolean, value: number): void {
    const { low, high } = this.#counter;
    const [lower, higher] = upper ? [low, value] : [value, high];
    this.#counter.value = (BigInt(higher) << 32n) | BigInt(lower);
    for (const comparator of this.#comparators) comparator.arm();
  }

  #writeComparator(offset: number, value: number): void {
    const index = ((offset - Register.COMPARATORS) / STRIDE) | 0;
    const comparator = this.#comparators[index];
    if (comparator === undefined || offset < Register.COMPARATORS) return;
    switch (offset % STRIDE) {
      case Part.CONFIG:
        // Where it was routed to, nothing of it stays.
        this.#lower(index);
        comparator.config = value;
        break;
      case Part.VALUE:
        comparator.writeValue(0, value);
        break;
      case Part.VALUE_HIGH:
        comparator.writeValue(1, value);
        break;
    }
  }

  #writeConfig(config: number): void {
    const changed = this.#config ^ config;
    if ((changed & ENABLE) !== 0 && (config & ENABLE) === 0) {
      for (const index of this.#comparators.keys()) this.#lower(index);
    }
    if ((changed & LEGACY) !== 0) this.#takeLegacyRoutes(config);
    this.#config = config;
    if ((changed & ENABLE) !== 0) {
      this.#counter.running = (config & ENABLE) !== 0;
      for (const comparator of this.#comparators) comparator.arm();
    }
  }

  /** The PIT's and the clock's interrupts change hands. */
  #takeLegacyRoutes(config: number): void {
    for (const index of this.#comparators.keys()) this.#lower(index);
    for (const n of LEGACY_ROUTES) {
      const level = (config & LEGACY) === 0 && (this.#guests.get(n) ?? false);
      this.#wiring.interrupt(n).set(level);
    }
  }

  #line(index: number): IrqLine {
    const legacy = (this.#config & LEGACY) === 0 ? undefined : LEGACY_ROUTES[index];
    const route = legacy ?? this.#comparators[index]?.route ?? 0;
    // Interrupt 0 is what a comparator is routed to before anybody has said where.
    if (legacy === undefined && (this.#wiring.routes & (1 << route)) === 0) return UNCONNECTED_LINE;
    return this.#wiring.interrupt(route);
  }

  /** Comparator `index` has reached its value. */
  #raise(index: number): void {
    const comparator = this.#comparators[index];
    if (comparator === undefined || !comparator.isEnabled) return;
    const line = this.#line(index);
    if (comparator.isLevel) {
      this.#status |= 1 << index;
      line.set(true);
    } else {
      line.set(true);
      line.set(false);
    }
  }

  #lower(index: number): void {
    if ((this.#status & (1 << index)) === 0) return;
    this.#status &= ~(1 << index);
    this.#line(index).set(false);
  }
}
