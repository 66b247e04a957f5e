/** fw_cfg: how firmware learns what the machine is made of. Selector, data and DMA ports. */
import type { DeviceObject, MemoryRegion } from "@mem/core";
import type { AddressSpace } from "@mem/flat";

import type { DeviceContext } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import { FwCfgCursor } from "./cursor.js";
import type { IoWindow } from "../../device/windows/io-window.js";
import { runFwCfgDma } from "./dma.js";
import { FwCfgItems } from "./items.js";
import { FwCfgFeature, FwCfgKey } from "./keys.js";

/** I/O ports of the two windows. */
export const FW_CFG_PORT = { SELECTOR: 0x510, DMA: 0x514 } as const;

/** "QEMU CFG", which the DMA register reads as. */
const DMA_SIGNATURE = 0x51454d5520434647n;

/** QEMU's `fw_cfg_io`. */
export class FwCfg {
  readonly object: DeviceObject;
  /** `fwcfg`, 2 bytes: a word written selects, a byte read is data. */
  readonly region: MemoryRegion;
  /** `fwcfg.dma`, 8 bytes: the big-endian address of a request. */
  readonly dmaRegion: MemoryRegion;
  readonly windows: readonly IoWindow[];
  /** Items on offer. */
  readonly items = new FwCfgItems();
  readonly #context: DeviceContext;
  readonly #memory: AddressSpace;
  readonly #cursor: FwCfgCursor;
  #dmaHigh = 0;

  /** @param options.memory what DMA requests read and write */
  constructor(context: DeviceContext, options: { memory: AddressSpace }) {
    this.#context = context;
    this.#memory = options.memory;
    this.object = createDeviceObject(context.machine, "fw_cfg_io", context.path ?? "fw_cfg");
    this.items.set(FwCfgKey.SIGNATURE, new TextEncoder().encode("QEMU"));
    this.items.setNumber(FwCfgKey.ID, FwCfgFeature.TRADITIONAL | FwCfgFeature.DMA, 4);
    this.#cursor = new FwCfgCursor(this.items);
    const { machine } = context;
    this.region = machine.mmio({
      name: "fwcfg",
      size: 2,
      owner: this.object,
      endianness: "little",
      valid: { accepts: (_offset, size, isWrite) => size === 1 || (isWrite && size === 2) },
      read: () => this.#cursor.next(),
      write: (_offset, value, size) => {
        // Data written byte by byte has been ignored since DMA took its place.
        if (size === 2) {
          this.#cursor.select(value);
        }
      },
    });
    this.dmaRegion = machine.mmio({
      name: "fwcfg.dma",
      size: 8,
      owner: this.object,
      endianness: "big",
      valid: {
        maxAccessSize: 8,
        accepts: (offset, size, isWrite) =>
          !isWrite ||
          (size === 4 && (offset === 0 || offset === 4)) ||
          (size === 8 && offset === 0),
      },
      impl: { maxAccessSize: 8 },
      read: (offset, size) =>
        Number(
          (DMA_SIGNATURE >> BigInt(8 * (8 - offset - size))) & ((1n << BigInt(8 * size)) - 1n),
        ),
      read64: () => DMA_SIGNATURE,
      write: (offset, value) => this.#writeDma(offset, value),
      write64: (_offset, value) => this.#startDma(value),
    });
    this.windows = [
      { port: FW_CFG_PORT.SELECTOR, region: this.region },
      { port: FW_CFG_PORT.DMA, region: this.dmaRegion },
    ];
  }

  /** Back to the power-on state: the signature is selected. */
  reset(): void {
    this.#dmaHigh = 0;
    this.#cursor.select(FwCfgKey.SIGNATURE);
  }

  #writeDma(offset: number, value: number): void {
    if (offset === 0) {
      this.#dmaHigh = value;
    } else {
      this.#startDma((BigInt(this.#dmaHigh) << 32n) | BigInt(value));
    }
  }

  #startDma(request: bigint): void {
    this.#dmaHigh = 0;
    if (!runFwCfgDma(this.#memory, this.#cursor, request)) {
      this.#context.log("guest_error", `fw_cfg: bad DMA request at 0x${request.toString(16)}`);
    }
  }
}
