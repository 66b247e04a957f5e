/** A port that ends the machine: test suites of kernels say by it how they went. */
import { IsaDevice } from "../../device/isa-device.js";
import { boardOf, type DeviceContext } from "../../device/context.js";

/** QEMU's `isa-debug-exit`. */
export class IsaDebugExit extends IsaDevice {
  /**
   * @param options.iobase its first port
   * @param options.iosize number of ports
   */
  constructor(context: DeviceContext, options: { iobase: number; iosize: number }) {
    super(context, "isa-debug-exit");
    const board = boardOf(context, "isa-debug-exit");
    const region = context.machine.mmio({
      name: "isa-debug-exit",
      size: options.iosize,
      owner: this.object,
      valid: { minAccessSize: 1, maxAccessSize: 4 },
      read: () => 0,
      // Odd, so that it is never taken for a success; the host keeps eight bits.
      write: (_offset, value) => board.exit(((value << 1) | 1) & 0xff),
    });
    this.mapPorts(options.iobase, region);
  }

  /** Nothing to forget. */
  override reset(): void {
    // Stateless.
  }
}
