/** The numbered items of fw_cfg (QEMU documentation, `specs/fw_cfg`). */

/** Selector keys. Files follow from {@link FW_CFG_FILE_FIRST} on, in the order of their names. */
export const FwCfgKey = {
  SIGNATURE: 0x00,
  ID: 0x01,
  UUID: 0x02,
  RAM_SIZE: 0x03,
  NO_GRAPHIC: 0x04,
  NB_CPUS: 0x05,
  NUMA: 0x0d,
  BOOT_MENU: 0x0e,
  MAX_CPUS: 0x0f,
  FILE_DIRECTORY: 0x19,
  /** PC: whether the PIT's interrupt reaches the I/O APIC's input 2. */
  IRQ0_OVERRIDE: 0x8002,
} as const;

/** Key of the first file. */
export const FW_CFG_FILE_FIRST = 0x20;

/** How many files there may be. */
export const FW_CFG_FILE_SLOTS = 0x20;

/** Bits of the ID item: the ports at 0x510 exist, and so does the DMA interface. */
export const FwCfgFeature = { TRADITIONAL: 0x01, DMA: 0x02 } as const;
