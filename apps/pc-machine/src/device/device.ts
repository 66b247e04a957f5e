/** A device as the board sees it that it is plugged into. */
import type { QomObject } from "@mem/qom";

import type { FirmwareFile } from "./firmware-file.js";
import type { GpioLines } from "./gpio.js";
import type { IoWindow, MemoryWindow } from "./windows/io-window.js";

/** A bus that a device brings. */
export interface ChildBus {
  /** Put `device` at a place, from 0. @throws PcError for a device of another kind */
  attach(place: number, device: Device): void;
}

/** A device. */
export interface Device {
  /** The object that owns its regions; `null` for one that QEMU has no object for. */
  readonly object: QomObject | null;
  /** Further objects of the same type, for what is several devices in one, as the pair of 8259s. */
  readonly moreObjects?: readonly QomObject[];
  /** Its ranges of I/O ports, where it wants them. The board maps them. */
  readonly windows?: readonly IoWindow[];
  /** Its ranges of memory at addresses that no guest moves. The board maps them. */
  readonly memoryWindows?: readonly MemoryWindow[];
  /** Lines that qtest may intercept and drive. */
  readonly gpios?: readonly GpioLines[];
  /** Files that firmware is offered for it; of devices that are there when the machine is made. */
  readonly firmwareFiles?: readonly FirmwareFile[];
  /** The bus for devices behind it, where it brings one. */
  readonly childBus?: ChildBus;
  /** More about it as it is now, a line each, for `info qtree` (QEMU's `print_dev`). */
  readonly details?: readonly string[];
  /** Back to the power-on state. */
  reset(): void;
  /** Let go of what is not the machine's; called once, when the device is unplugged or taken down. */
  dispose?(): void;
}
