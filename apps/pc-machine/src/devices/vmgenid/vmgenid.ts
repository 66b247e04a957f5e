/** Tells a guest that it may be a copy of another: an ID that changes when a machine is copied. */
import type { QomObject } from "@mem/qom";

import type { DeviceContext } from "../../device/context.js";
import type { Device } from "../../device/device.js";
import { createDeviceObject } from "../../device/device-object.js";
import type { FirmwareFile } from "../../device/firmware-file.js";
import { generationIdBytes } from "./generation-id.js";

/** The fw_cfg file with the ID, which firmware copies into the guest's memory. */
export const GENERATION_ID_FILE = "etc/vmgenid_guid";
/** The fw_cfg file into which firmware writes the address of the ID. */
export const GENERATION_ADDRESS_FILE = "etc/vmgenid_addr";
/** Offset of the ID in its file: what firmware takes for a table's header comes before. */
export const GENERATION_ID_OFFSET = 40;

const FILE_BYTES = 4096;
const ADDRESS_BYTES = 8;

/** QEMU's `vmgenid`. */
export class VmGenId implements Device {
  readonly object: QomObject;
  /** The ID: a UUID. */
  readonly guid: string;
  readonly firmwareFiles: readonly FirmwareFile[];
  readonly #address = new Uint8Array(ADDRESS_BYTES);

  /** @param options.guid the ID, a UUID */
  constructor(context: DeviceContext, options: { guid: string }) {
    this.guid = options.guid.toLowerCase();
    this.object = createDeviceObject(context.machine, "vmgenid", context.path);
    const bytes = new Uint8Array(FILE_BYTES);
    bytes.set(generationIdBytes(this.guid), GENERATION_ID_OFFSET);
    this.firmwareFiles = [
      { name: GENERATION_ID_FILE, bytes },
      { name: GENERATION_ADDRESS_FILE, bytes: this.#address, writable: true },
    ];
  }

  /** The guest's address of the ID, 0 until firmware has told it. */
  get address(): bigint {
    return new DataView(this.#address.buffer).getBigUint64(0, true);
  }

  /** Firmware tells the address anew. */
  reset(): void {
    this.#address.fill(0);
  }
}
