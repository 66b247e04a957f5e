/** Texts and numbers of the tables that a user can set (QEMU's `-smbios type=...`). */

/** Firmware (type 0). The structure is there when it is given; without it firmware makes its own. */
export interface FirmwareInformation {
  readonly vendor?: string;
  readonly version?: string;
  readonly date?: string;
  /** Two numbers of a byte each. */
  readonly release?: { readonly major: number; readonly minor: number };
  /** True if it is UEFI. */
  readonly uefi?: boolean;
}

/** The system as a whole (type 1). */
export interface SystemInformation {
  readonly manufacturer?: string;
  readonly product?: string;
  readonly version?: string;
  readonly serial?: string;
  readonly sku?: string;
  readonly family?: string;
}

/** The board (type 2). The structure is there when it is given. */
export interface BoardInformation {
  readonly manufacturer?: string;
  readonly product?: string;
  readonly version?: string;
  readonly serial?: string;
  readonly asset?: string;
  readonly location?: string;
}

/** The case (type 3). */
export interface ChassisInformation {
  readonly manufacturer?: string;
  readonly version?: string;
  readonly serial?: string;
  readonly asset?: string;
  readonly sku?: string;
}

/** Processors (type 4). */
export interface ProcessorInformation {
  /** Text before the number of the socket. Default "CPU". */
  readonly socketPrefix?: string;
  readonly manufacturer?: string;
  readonly version?: string;
  readonly serial?: string;
  readonly asset?: string;
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
  readonly bank?: string;
  readonly manufacturer?: string;
  readonly serial?: string;
  readonly asset?: string;
  readonly part?: string;
  /** Millions of transfers a second, 0 to 65535; 0, the default: not told. */
  readonly speed?: number;
}

/** Everything that can be set. */
export interface SmbiosSettings {
  readonly firmware?: FirmwareInformation;
  readonly system?: SystemInformation;
  readonly board?: BoardInformation;
  readonly chassis?: ChassisInformation;
  readonly processor?: ProcessorInformation;
  readonly memoryDevice?: MemoryDeviceInformation;
  /** Texts for the guest (type 11). The structure is there when there is one. */
  readonly oemStrings?: readonly string[];
  /** Whole structures that are put in front, each as SMBIOS has it. */
  readonly structures?: readonly Uint8Array[];
}
