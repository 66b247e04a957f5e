/** A guest that reads and writes the registers of the devices, in any order and width. */
import { configWrite, portRead, portWrite, type Step, type Width } from "./guest-access.js";
import { Random } from "@mem/common";

const POWER = 0x0b;
const PM_BASE = 0x600;

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_unused, index) => first + index);
}

/**
 * Ports by device. Left out is what differs on purpose (the table in `src/devices/README.md`): the
 * timer, the keyboard controller, the DMA controllers but for their pages, loopback and modem lines of the
 * serial ports, the display's retrace bit and pixel mask. So is the SMBus, where QEMU has devices.
 */
const PORTS = {
  interrupts: [0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1],
  dmaPages: range(0x81, 0x8f),
  clock: [0x71],
  small: [0x80, 0x84, 0x92, 0xb2, 0xb3, 0xf0, 0xcf9, 0xed],
  ide: [...range(0x1f0, 0x1f7), 0x3f6, ...range(0x170, 0x177), 0x376],
  power: [...range(PM_BASE, PM_BASE + 0x03), ...range(PM_BASE + 0x08, PM_BASE + 0x0b)],
  hotplug: [...range(0xae00, 0xae17), ...range(0xaf00, 0xaf1f)],
  events: range(0xafe0, 0xafe3),
  display: [
    0x3b4,
    0x3b5,
    ...range(0x3c0, 0x3c5),
    ...range(0x3c7, 0x3cf),
    0x3d4,
    0x3d5,
    ...range(0x1ce, 0x1d1),
  ],
  serial: [...range(0x3f8, 0x3fb), 0x3fd, 0x3ff, ...range(0x2f8, 0x2fb), 0x2fd, 0x2ff],
  config: range(0xcf8, 0xcff),
} as const satisfies Record<string, readonly number[]>;

/** A device whose registers are tried. */
export type PortGroup = keyof typeof PORTS;
/** Wider accesses would reach a neighbour that is left out. */
const BYTES_ONLY: ReadonlySet<PortGroup> = new Set(["serial", "display", "power"]);
/** Writing would take devices away. */
const READ_ONLY: ReadonlySet<PortGroup> = new Set(["hotplug"]);
/** CMOS cells that are the clock's registers but not its calendar, or plain memory. */
const CELLS = range(0x0a, 0x7f).filter((cell) => cell !== 0x32 && cell !== 0x37);
/** Register B of the clock, and its bit that a reset clears here and not in QEMU. */
const CLOCK_B = 0x0b;
const UPDATE_INTERRUPT = 0x10;
export const PORT_GROUPS = Object.keys(PORTS) as PortGroup[];

export class RandomPorts extends Random {
  readonly #group: PortGroup;

  constructor(seed: number, group: PortGroup) {
    super(seed);
    this.#group = group;
  }

  /** What has to be done before anything answers. */
  setUp(): Step {
    const accesses =
      this.#group === "power"
        ? [...configWrite(POWER, 0x40, 4, PM_BASE), ...configWrite(POWER, 0x80, 1, 1)]
        : [];
    return { what: "set up", accesses };
  }

  /** The next step. */
  step(): Step {
    const port: number = this.pick<number>(PORTS[this.#group]);
    const size: Width =
      !BYTES_ONLY.has(this.#group) && this.oneIn(8) ? this.pick([2, 4] as const) : 1;
    const value = READ_ONLY.has(this.#group) || this.oneIn(2) ? null : this.#value(port);
    if (this.#group === "clock") return this.#clock(size, value);
    const access = value === null ? portRead(port, size) : portWrite(port, size, value);
    return { what: this.#group, accesses: [access] };
  }

  #clock(size: Width, value: number | null): Step {
    // The calendar itself is left alone: what it makes of nonsense is its own affair.
    const cell = this.pick(CELLS);
    const unfair = cell === CLOCK_B ? UPDATE_INTERRUPT : 0;
    const access = value === null ? portRead(0x71, size) : portWrite(0x71, size, value & ~unfair);
    return { what: this.#group, accesses: [portWrite(0x70, 1, cell), access] };
  }

  #value(_port: number): number {
    return this.oneIn(3) ? this.pick([0, 1, 2, 3, 0x0f, 0x10, 0x80, 0xff]) : this.next();
  }
}
