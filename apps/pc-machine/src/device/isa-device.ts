/** The base of devices on the ISA bus. */
import type { DeviceObject, MemoryRegion } from "@mem/core";

import { boardOf, type DeviceContext, type IrqLine } from "./context.js";
import type { Device } from "./device.js";
import { createDeviceObject } from "./device-object.js";
import type { IoWindow } from "./windows/io-window.js";

/**
 * A device on the ISA bus: it makes its regions in its constructor, says with {@link mapPorts}
 * where they go, and drives interrupt requests.
 *
 * @example
 * class PostCode extends IsaDevice {
 *   constructor(context: DeviceContext) {
 *     super(context, "post-code");
 *     const region = context.machine.mmio({
 *       name: "post-code", size: 1, owner: this.object,
 *       read: () => 0xff, write: (_offset, value) => console.log(value),
 *     });
 *     this.mapPorts(0x80, region);
 *   }
 *   override reset(): void {}
 * }
 */
export abstract class IsaDevice implements Device {
  /** The object that owns the device's regions. */
  readonly object: DeviceObject;
  /** The kind of device: its QOM type. */
  readonly typeName: string;
  protected readonly context: DeviceContext;
  readonly #windows: IoWindow[] = [];

  constructor(context: DeviceContext, typeName: string) {
    this.context = context;
    this.typeName = typeName;
    this.object = createDeviceObject(context.machine, typeName, context.path);
  }

  /** The ranges of ports, in the order of {@link mapPorts}. */
  get windows(): readonly IoWindow[] {
    return this.#windows;
  }

  /** Back to the power-on state. */
  abstract reset(): void;

  /** Have the board map `region` at I/O port `port`. Call it in the constructor. */
  protected mapPorts(port: number, region: MemoryRegion): void {
    this.#windows.push({ port, region });
  }

  /**
   * The wire to interrupt request `n` (0 to 15).
   * @throws PcError without a board, or for another number
   */
  protected irq(n: number): IrqLine {
    return boardOf(this.context, this.typeName).irq(n);
  }
}
