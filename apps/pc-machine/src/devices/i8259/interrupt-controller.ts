/** The PC's pair of interrupt controllers: sixteen lines in, one INTR pin out. */
import type { QomObject } from "@mem/qom";

import type { DeviceContext, IrqLine } from "../../device/context.js";
import { UNCONNECTED_LINE } from "../../device/context.js";
import { GpioGroup, type GpioLines } from "../../device/gpio.js";
import type { IoWindow } from "../../device/windows/io-window.js";
import { Pic } from "./pic.js";
import { PcError } from "../../pc-error.js";

const PORT = { MASTER: 0x20, SLAVE: 0xa0, ELCR_MASTER: 0x4d0, ELCR_SLAVE: 0x4d1 } as const;
/** The master's input that the slave's output is wired to. */
const CASCADE = 2;
/** IRQ 0, 1 and 2 are always edge triggered; so are 8 and 13. */
const MASTER_ELCR_MASK = 0xf8;
const SLAVE_ELCR_MASK = 0xde;

/** Two cascaded 8259A (QEMU's `i8259_init`). */
export class InterruptController {
  /** Answers at ports 0x20 and 0x4d0. */
  readonly master: Pic;
  /** Answers at ports 0xa0 and 0x4d1. */
  readonly slave: Pic;
  readonly object: QomObject;
  readonly moreObjects: readonly QomObject[];
  readonly windows: readonly IoWindow[];
  readonly gpios: readonly GpioLines[];
  readonly #lines: readonly IrqLine[];
  #intr = false;

  /** @param options.intr the CPU's INTR pin; told only of changes. */
  constructor(ctx: DeviceContext, options: { intr: IrqLine }) {
    const { intr } = options;
    this.master = new Pic(ctx, {
      master: true,
      elcrMask: MASTER_ELCR_MASK,
      output: (level) => {
        if (level !== this.#intr) {
          this.#intr = level;
          output.set(0, level);
        }
      },
    });
    this.slave = new Pic(ctx, {
      master: false,
      elcrMask: SLAVE_ELCR_MASK,
      output: (level) => this.master.setPin(CASCADE, level),
    });
    const output = new GpioGroup(this.master.object, "out", 1, (_n, level) => intr.set(level));
    const inputs = [this.master, this.slave].map(
      (chip) => new GpioGroup(chip.object, "in", 8, (n, level) => chip.setPin(n, level)),
    );
    this.gpios = [...inputs, output];
    this.object = this.master.object;
    this.moreObjects = [this.slave.object];
    this.windows = [
      { port: PORT.MASTER, region: this.master.region },
      { port: PORT.ELCR_MASTER, region: this.master.elcrRegion },
      { port: PORT.SLAVE, region: this.slave.region },
      { port: PORT.ELCR_SLAVE, region: this.slave.elcrRegion },
    ];
    this.#lines = Array.from({ length: 16 }, (_unused, n): IrqLine => {
      const lines = inputs[n >> 3];
      return n === CASCADE || lines === undefined
        ? UNCONNECTED_LINE
        : { set: (level) => lines.set(n & 7, level) };
    });
  }

  /** True if the INTR pin is high. */
  get intr(): boolean {
    return this.#intr;
  }

  /**
   * The wire to interrupt request `n`. Line 2 is taken by the cascade and leads nowhere.
   *
   * @throws PcError unless 0 <= n <= 15.
   */
  line(n: number): IrqLine {
    const line = this.#lines[n];
    if (line === undefined) {
      throw new PcError(`interrupt line ${n} does not exist: the PC has lines 0 to 15`, {
        rule: "irq-line",
      });
    }
    return line;
  }

  /**
   * The CPU's acknowledge cycle: the vector of the interrupt that is now in service. A request
   * that vanished in between yields the spurious vector of the chip it came from (IRQ 7 or 15).
   */
  acknowledge(): number {
    const n = this.master.acknowledge();
    if (n === CASCADE) {
      return this.slave.vectorBase + this.slave.acknowledge();
    }
    return this.master.vectorBase + n;
  }

  /** Power-on values of both chips. */
  reset(): void {
    this.slave.reset();
    this.master.reset();
  }
}
