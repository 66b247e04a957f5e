/** Port 0x92, "system control port A": fast A20 and fast reset. */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { DeviceContext, IrqLine } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";

const FAST_RESET = 0x01;
const A20 = 0x02;

/** QEMU's `port92`. */
export class Port92 {
  readonly object: QomObject;
  /** `port92`, 1 byte. */
  readonly region: MemoryRegion;
  readonly windows: readonly IoWindow[];
  readonly #a20: IrqLine;
  readonly #requestReset: () => void;
  #latch = 0;

  /** @param options.requestReset called when bit 0 goes from 0 to 1. */
  constructor(ctx: DeviceContext, options: { a20: IrqLine; requestReset: () => void }) {
    this.#a20 = options.a20;
    this.#requestReset = options.requestReset;
    this.object = createDeviceObject(ctx.machine, "port92", ctx.path);
    this.region = ctx.machine.mmio({
      name: "port92",
      size: 1,
      owner: this.object,
      impl: BYTE_WIDE,
      read: () => this.#latch,
      write: (_offset, value) => this.#write(value),
    });
    this.windows = [{ port: 0x92, region: this.region }];
  }

  /** Clear the reset bit; the A20 latch outlives a reset, as the gate's level does. */
  reset(): void {
    this.#latch &= ~FAST_RESET;
  }

  #write(value: number): void {
    const rising = (value & ~this.#latch & FAST_RESET) !== 0;
    this.#latch = value;
    this.#a20.set((value & A20) !== 0);
    if (rising) {
      this.#requestReset();
    }
  }
}
