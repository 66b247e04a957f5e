/** The debug console: a port whose written bytes go to the host, and whose reads tell it is there. */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { CharBackend } from "../../host/chardev.js";
import type { DeviceContext } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";

/** QEMU's `isa-debugcon`. */
export class DebugConsole {
  readonly object: QomObject;
  /** `isa-debugcon`, 1 byte; the board picks the port (0xe9 or 0x402 by custom). */
  readonly region: MemoryRegion;
  readonly windows: readonly IoWindow[];

  /**
   * @param options.readback the byte a read returns; 0xe9 unless told.
   * @param options.iobase   its port; 0xe9 unless told.
   */
  constructor(
    ctx: DeviceContext,
    options: { backend: CharBackend; readback?: number; iobase?: number },
  ) {
    const { backend, readback = 0xe9, iobase = 0xe9 } = options;
    this.object = createDeviceObject(ctx.machine, "isa-debugcon", ctx.path);
    this.region = ctx.machine.mmio({
      name: "isa-debugcon",
      size: 1,
      owner: this.object,
      valid: BYTE_WIDE,
      impl: BYTE_WIDE,
      read: () => readback,
      write: (_offset, value) => backend.write(value),
    });
    this.windows = [{ port: iobase, region: this.region }];
  }

  /** Nothing to forget. */
  reset(): void {
    // Stateless.
  }
}
