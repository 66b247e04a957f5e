/** Port 0x61: the speaker, the gate of PIT counter 2, and two bits that programs time loops by. */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";
import type { Pit } from "../i8254/pit.js";

const GATE = 0x01;
const SPEAKER = 0x02;
const REFRESH = 0x10;
const OUTPUT = 0x20;

/** The memory refresh bit changes with each refresh request: 18 ticks of the PIT. */
const REFRESH_NS = 15_085;

/** QEMU's `isa-pcspk`. */
export class PcSpeaker {
  readonly object: QomObject;
  /** `pcspk`, 1 byte. */
  readonly region: MemoryRegion;
  readonly windows: readonly IoWindow[];
  readonly #ctx: DeviceContext;
  readonly #pit: Pit;
  #latch = 0;

  constructor(ctx: DeviceContext, options: { pit: Pit; iobase?: number }) {
    this.#ctx = ctx;
    this.#pit = options.pit;
    this.object = createDeviceObject(ctx.machine, "isa-pcspk", ctx.path);
    this.region = ctx.machine.mmio({
      name: "pcspk",
      size: 1,
      owner: this.object,
      impl: BYTE_WIDE,
      read: () => this.#read(),
      write: (_offset, value) => {
        this.#latch = value & (GATE | SPEAKER);
        this.#pit.setGate(2, (value & GATE) !== 0);
      },
    });
    this.windows = [{ port: options.iobase ?? 0x61, region: this.region }];
  }

  /** True if a tone would sound now; its frequency is `PIT_HZ / pit.period(2)`. */
  get sounding(): boolean {
    return (this.#latch & (GATE | SPEAKER)) === (GATE | SPEAKER);
  }

  /** Gate closed, speaker off. */
  reset(): void {
    this.#latch = 0;
    this.#pit.setGate(2, false);
  }

  #read(): number {
    const refresh = Math.floor(this.#ctx.clock.nowNs() / REFRESH_NS) % 2 === 1 ? REFRESH : 0;
    return this.#latch | refresh | (this.#pit.output(2) ? OUTPUT : 0);
  }
}
