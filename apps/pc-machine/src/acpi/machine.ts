/** Facts about a machine that the tables tell. */

/** A part of the memory with processors near it (`-numa node`). */
export interface NumaNode {
  /** Ranges of memory, in bytes. */
  readonly memory: readonly { readonly address: number; readonly length: number }[];
  /** Indices of processors. */
  readonly cpus: readonly number[];
}

/** A machine, as its ACPI tables describe it. */
export interface AcpiMachine {
  /** Bytes of RAM below 4 GiB. */
  readonly below4g: number;
  /** Bytes of RAM above 4 GiB. */
  readonly above4g: number;
  /** IDs of the local APICs, of the first processor first; empty for a machine without APICs. */
  readonly localApics: readonly number[];
  readonly hpet: boolean;
  /** The first port and the interrupt of each serial port. */
  readonly serialPorts: readonly { readonly port: number; readonly irq: number }[];
  readonly parallelPort: boolean;
  readonly floppy: boolean;
  /** True if the machine can sleep with its memory kept (S3). */
  readonly suspend: boolean;
  /** True if the machine tells its generation (`vmgenid`). */
  readonly generationId: boolean;
  readonly numa: readonly NumaNode[];
  /** Distances from each node to each, `null`: nothing is told of them. */
  readonly distances: readonly (readonly number[])[] | null;
}

/** I/O ports of the power management registers, as firmware places them, and the board's others. */
export const AcpiPort = {
  PM1_EVENT: 0x600,
  PM1_CONTROL: 0x604,
  PM_TIMER: 0x608,
  GPE0: 0xafe0,
  PCI_HOTPLUG: 0xae00,
  CPU_HOTPLUG: 0xaf00,
  FW_CFG: 0x510,
  SMI_COMMAND: 0xb2,
  RESET: 0xcf9,
} as const;

/** The interrupt of ACPI events. */
export const SCI = 9;
/** Addresses of the interrupt controllers and of the HPET. */
export const Place = {
  IO_APIC: 0xfec0_0000,
  HPET: 0xfed0_0000,
  LOCAL_APIC: 0xfee0_0000,
} as const;
