/** Two ports that answer without a device behind them: 0x80 (POST codes) and 0xf0 (FERR clear). */
import type { MemoryRegion } from "@mem/core";

import type { DeviceContext, IrqLine } from "../../device/context.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";

const PORT_80 = 0x80;
const PORT_F0 = 0xf0;

/** Port 0x80: firmware writes progress codes here; reads float high. */
export class PostCodePort {
  /** `ioport80`, 1 byte. */
  readonly region: MemoryRegion;
  /** QEMU has no object for it. */
  readonly object = null;

  get windows(): readonly IoWindow[] {
    return [{ port: PORT_80, region: this.region }];
  }

  /** The code written last, 0 after reset. */
  lastCode = 0;

  constructor(ctx: DeviceContext, options: { onCode?: (code: number) => void } = {}) {
    const { onCode } = options;
    this.region = ctx.machine.mmio({
      name: "ioport80",
      size: 1,
      impl: BYTE_WIDE,
      read: () => 0xff,
      write: (_offset, value) => {
        this.lastCode = value;
        onCode?.(value);
      },
    });
  }

  /** Forget the last code. */
  reset(): void {
    this.lastCode = 0;
  }
}

/**
 * Port 0xf0 and what is behind it: an exception of the x87 unit raises IRQ 13 and holds the unit
 * up, as long as CR0.NE is clear. A write drops the interrupt, and lets the processor go on with the
 * exception (IGNNE#) until it has dealt with it. Reads float high.
 */
export class CoprocessorErrorPort {
  /** `ioportF0`, 1 byte. */
  readonly region: MemoryRegion;
  /** QEMU has no object for it. */
  readonly object = null;

  get windows(): readonly IoWindow[] {
    return [{ port: PORT_F0, region: this.region }];
  }

  readonly #irq: IrqLine;
  #isRaised = false;
  #isIgnored = false;

  constructor(ctx: DeviceContext, options: { irq: IrqLine }) {
    this.#irq = options.irq;
    this.region = ctx.machine.mmio({
      name: "ioportF0",
      size: 1,
      impl: BYTE_WIDE,
      read: () => 0xff,
      write: () => {
        this.#irq.set(false);
        this.#isIgnored = this.#isRaised;
      },
    });
  }

  /** An exception waits (FERR#). Answers whether the processor is to ignore it. */
  raise(): boolean {
    if (this.#isIgnored) return true;
    if (!this.#isRaised) this.#irq.set(true);
    this.#isRaised = true;
    return false;
  }
  /** No exception waits any more. */
  end(): void {
    this.#isRaised = false;
    this.#isIgnored = false;
  }

  /** Drop the interrupt. */
  reset(): void {
    this.end();
    this.#irq.set(false);
  }
}
