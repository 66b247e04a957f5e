/** Texts and numbers of the tables that a user can set (QEMU's `-smbios type=...`). */

/** Firmware (type 0). The structure is there when it is given; without it firmware makes its own. */
export interface FirmwareInformation {
  /** Name of its maker. */
  readonly vendor?: string;
  /** Its version. */
  readonly version?: string;
  /** Its date, as firmware writes it: `04/01/2014`. */
  readonly date?: string;
  /** Two numbers of a byte each. */
  readonly release?: { readonly major: number; readonly minor: number };
  /** True if it is UEFI. */
  readonly uefi?: boolean;
}

/** The system as a whole (type 1). */
export interface SystemInformation {
  /** Name of its maker. */
  readonly manufacturer?: string;
  /** Name of the product. */
  readonly product?: string;
  /** Its version. */
  readonly version?: string;
  /** Its serial number. */
  readonly serial?: string;
  /** Its number in a catalogue. */
  readonly sku?: string;
  /** The family of products. */
  readonly family?: string;
}

/** The board (type 2). The structure is there when it is given. */
export interface BoardInformation {
  /** Name of its maker. */
  readonly manufacturer?: string;
  /** Name of the product. */
  readonly product?: string;
  /** Its version. */
  readonly version?: string;
  /** Its serial number. */
  readonly serial?: string;
  /** Its number in an inventory. */
  readonly asset?: string;
  /** Its place in the case. */
  readonly location?: string;
}

/** The case (type 3). */
export interface ChassisInformation {
  /** Name of its maker. */
  readonly manufacturer?: string;
  /** Its version. */
  readonly version?: string;
  /** Its serial number. */
  readonly serial?: string;
  /** Its number in an inventory. */
  readonly asset?: string;
  /** Its number in a catalogue. */
  readonly sku?: string;
}

/** Processors (type 4). */
export interface ProcessorInformation {
  /** Text before the number of the socket. Default "CPU". */
  readonly socketPrefix?: string;
  /** Name of its maker. */
  readonly manufacturer?: string;
  /** Its version. */
  readonly version?: string;
  /** Its serial number. */
  readonly serial?: string;
  /** Its number in an inventory. */
  readonly asset?: string;
  /** Its part number. */
  readonly part?: string;
  /** MHz, 0 to 65535. Default 2000. */
  readonly maxSpeed?: number;
  /** MHz, 0 to 65535. Default 2000. */
  readonly currentSpeed?: number;
}

/** Memory devices (type 17). */
export interface MemoryDeviceInformation {
  /** Text before the number of the device. Default "DIMM". */
  readonly locatorPrefix?: string;
  /** The bank that it is in. */
  readonly bank?: string;
  /** Name of its maker. */
  readonly manufacturer?: string;
  /** Its serial number. */
  readonly serial?: string;
  /** Its number in an inventory. */
  readonly asset?: string;
  /** Its part number. */
  readonly part?: string;
  /** Millions of transfers a second, 0 to 65535; 0, the default: not told. */
  readonly speed?: number;
}

/** Everything that can be set. */
export interface SmbiosSettings {
  /** Firmware (type 0). */
  readonly firmware?: FirmwareInformation;
  /** The system (type 1). */
  readonly system?: SystemInformation;
  /** The board (type 2). */
  readonly board?: BoardInformation;
  /** The case (type 3). */
  readonly chassis?: ChassisInformation;
  /** Processors (type 4). */
  readonly processor?: ProcessorInformation;
  /** Memory devices (type 17). */
  readonly memoryDevice?: MemoryDeviceInformation;
  /** Texts for the guest (type 11). The structure is there when there is one. */
  readonly oemStrings?: readonly string[];
  /** Whole structures that are put in front, each as SMBIOS has it. */
  readonly structures?: readonly Uint8Array[];
}
