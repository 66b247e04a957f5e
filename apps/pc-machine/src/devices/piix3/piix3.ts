/** The PIIX3 ISA bridge: PCI function 01.0, with the PIRQ router and the reset register. */
import type { MemoryRegion } from "@mem/core";

import type { DeviceContext, IrqLine } from "../../device/context.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";
import type { PciBus } from "../../pci/pci-bus.js";
import { PciStatus } from "../../pci/config-space.js";
import { PciDevice } from "../../pci/pci-device.js";

/** Reset control register: its I/O port and priority, above `pci-conf-idx`. */
export const RESET_CONTROL = { PORT: 0xcf9, PRIORITY: 1 } as const;

/** Registers 0x60 to 0x63: which interrupt each of PIRQA to PIRQD is routed to. */
export const PIRQ_ROUTE = { FIRST: 0x60, COUNT: 4, DISABLED: 0x80 } as const;

const ISA_INTERRUPTS = 16;
const RESET_CPU = 0x04;
const RESET_KIND = 0x02;

/** The registers above the header that a reset sets; the others keep what they hold. */
const DEFAULTS: readonly (readonly [offset: number, value: number])[] = [
  [0x4c, 0x4d],
  [0x4e, 0x03],
  [0x4f, 0x00],
  [0x60, PIRQ_ROUTE.DISABLED],
  [0x61, PIRQ_ROUTE.DISABLED],
  [0x62, PIRQ_ROUTE.DISABLED],
  [0x63, PIRQ_ROUTE.DISABLED],
  [0x69, 0x02],
  [0x70, 0x80],
  [0x76, 0x0c],
  [0x77, 0x0c],
  [0x78, 0x02],
  [0x79, 0x00],
  [0x80, 0x00],
  [0x82, 0x00],
  [0xa0, 0x08],
  [0xa2, 0x00],
  [0xa3, 0x00],
  [0xa4, 0x00],
  [0xa5, 0x00],
  [0xa6, 0x00],
  [0xa7, 0x00],
  [0xa8, 0x0f],
  [0xaa, 0x00],
  [0xab, 0x00],
  [0xac, 0x00],
  [0xae, 0x00],
];

/** Connections of the ISA bridge. */
export interface Piix3Wiring {
  /** Input `irq` (0..15) of the interrupt controllers. */
  interrupt(irq: number): IrqLine;
  /** The guest asked for a system reset. */
  requestReset(): void;
}

/** The ISA bridge. */
export class Piix3 extends PciDevice {
  /** `piix3-reset-control`, 1 byte. */
  readonly resetRegion: MemoryRegion;
  readonly #wiring: Piix3Wiring;
  /** The PIRQ wires that are high, as bits. */
  #pirqs = 0;
  /** The interrupts driven high, as bits. */
  #driven = 0;
  #resetControl = 0;

  constructor(context: DeviceContext, wiring: Piix3Wiring) {
    super(context, {
      name: "PIIX3",
      vendorId: 0x8086,
      deviceId: 0x7000,
      classCode: 0x060100,
      status: PciStatus.DEVSEL_MEDIUM,
      multifunction: true,
    });
    this.#wiring = wiring;
    this.resetRegion = context.machine.mmio({
      name: "piix3-reset-control",
      size: 1,
      owner: this.object,
      endianness: "little",
      impl: BYTE_WIDE,
      read: () => this.#resetControl,
      write: (_offset, value) => this.#writeReset(value),
    });
    this.#setDefaults();
  }

  get windows(): readonly IoWindow[] {
    const { PORT: port, PRIORITY: priority } = RESET_CONTROL;
    return [{ port, region: this.resetRegion, priority }];
  }

  /** Take the interrupt wires of `bus`. */
  connect(bus: PciBus): void {
    bus.onPirq = (pirq, level) => {
      const bit = 1 << pirq;
      this.#pirqs = level ? this.#pirqs | bit : this.#pirqs & ~bit;
      this.#route();
    };
  }

  override configWrite(offset: number, value: number, size: number): void {
    super.configWrite(offset, value, size);
    if (offset < PIRQ_ROUTE.FIRST + PIRQ_ROUTE.COUNT && offset + size > PIRQ_ROUTE.FIRST) {
      this.#route();
    }
  }

  override reset(): void {
    super.reset();
    this.#resetControl = 0;
    this.#setDefaults();
    this.#route();
  }

  #setDefaults(): void {
    for (const [offset, value] of DEFAULTS) {
      this.config[offset] = value;
    }
  }

  /** An interrupt is high while any wire routed to it is. */
  #route(): void {
    let wanted = 0;
    for (let pirq = 0; pirq < PIRQ_ROUTE.COUNT; pirq++) {
      const irq = this.config[PIRQ_ROUTE.FIRST + pirq] ?? PIRQ_ROUTE.DISABLED;
      if ((this.#pirqs & (1 << pirq)) !== 0 && irq < ISA_INTERRUPTS) {
        wanted |= 1 << irq;
      }
    }
    const changed = wanted ^ this.#driven;
    this.#driven = wanted;
    for (let irq = 0; irq < ISA_INTERRUPTS; irq++) {
      if ((changed & (1 << irq)) !== 0) {
        this.#wiring.interrupt(irq).set((wanted & (1 << irq)) !== 0);
      }
    }
  }

  #writeReset(value: number): void {
    // Both kinds, soft and hard, reset the whole board. The kind is remembered until then.
    if ((value & RESET_CPU) !== 0) {
      this.#wiring.requestReset();
    } else {
      this.#resetControl = value & RESET_KIND;
    }
  }
}
