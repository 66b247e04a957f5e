/** The watchdog of iBASE's IB700 boards. */
import { bytePortsRegion } from "../../device/windows/byte-ports.js";
import { IsaDevice } from "../../device/isa-device.js";
import { boardOf, type DeviceContext } from "../../device/context.js";
import type { Timer } from "../../host/clock.js";

/** The first of its ports. */
export const IB700_PORT = 0x441;
/** Number of ports from there on. */
export const IB700_PORTS = 4;

/** Offsets from the first port. Each register answers at two ports. */
const DISABLE_END = 2;
const LONGEST_S = 30;
const STEP_S = 2;
const TIME_MASK = 0x0f;
const NS_PER_S = 1_000_000_000;

/** QEMU's `ib700`. */
export class Ib700 extends IsaDevice {
  readonly #timer: Timer;

  constructor(context: DeviceContext) {
    super(context, "ib700");
    const board = boardOf(context, "ib700");
    this.#timer = context.clock.timer(() => board.report("watchdog"));
    const ports = {
      size: IB700_PORTS,
      read: (): number => 0xff,
      write: (offset: number, value: number): void => {
        if (offset < DISABLE_END) this.#timer.cancel();
        else this.#feed(value);
      },
    };
    this.mapPorts(IB700_PORT, bytePortsRegion(context.machine, "ib700", ports, this.object));
  }

  /** Off until the guest sets a time. */
  override reset(): void {
    this.#timer.cancel();
  }

  /** Nothing is due any more. */
  dispose(): void {
    this.#timer.cancel();
  }

  #feed(value: number): void {
    const seconds = LONGEST_S - STEP_S * (value & TIME_MASK);
    this.#timer.arm(this.context.clock.nowNs() + seconds * NS_PER_S);
  }
}
