/** A port by which the guest says that it has crashed. */
import { BYTE_WIDE } from "../../device/windows/io-window.js";
import { IsaDevice } from "../../device/isa-device.js";
import { boardOf, type DeviceContext } from "../../device/context.js";

/** Events that the guest can tell of; the port reads as those it may. */
export const PanicEvent = { PANICKED: 0x01, CRASH_LOADED: 0x02 } as const;
const KNOWN = PanicEvent.PANICKED | PanicEvent.CRASH_LOADED;

/** QEMU's `pvpanic`. */
export class Pvpanic extends IsaDevice {
  /**
   * @param options.ioport its port
   * @param options.events which of {@link PanicEvent} it takes
   */
  constructor(context: DeviceContext, options: { ioport: number; events: number }) {
    super(context, "pvpanic");
    const board = boardOf(context, "pvpanic");
    const region = context.machine.mmio({
      name: "pvpanic",
      size: 1,
      owner: this.object,
      impl: BYTE_WIDE,
      read: () => options.events,
      write: (_offset, value) => {
        if ((value & ~KNOWN) !== 0) {
          context.log("guest_error", `pvpanic: unknown event 0x${value.toString(16)}`);
        }
        if ((value & PanicEvent.PANICKED) !== 0) board.report("panicked");
        else if ((value & PanicEvent.CRASH_LOADED) !== 0) board.report("crash-loaded");
      },
    });
    this.mapPorts(options.ioport, region);
  }

  /** Nothing to forget. */
  override reset(): void {
    // Stateless.
  }
}
