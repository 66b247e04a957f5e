/** The numbered items of fw_cfg (QEMU documentation, `specs/fw_cfg`). */

/** Selector keys. Files follow from {@link FW_CFG_FILE_FIRST} on, in the order of their names. */
export const FwCfgKey = {
  SIGNATURE: 0x00,
  ID: 0x01,
  UUID: 0x02,
  RAM_SIZE: 0x03,
  NO_GRAPHIC: 0x04,
  NB_CPUS: 0x05,
  KERNEL_ADDR: 0x07,
  KERNEL_SIZE: 0x08,
  INITRD_ADDR: 0x0a,
  INITRD_SIZE: 0x0b,
  NUMA: 0x0d,
  BOOT_MENU: 0x0e,
  MAX_CPUS: 0x0f,
  KERNEL_ENTRY: 0x10,
  KERNEL_DATA: 0x11,
  INITRD_DATA: 0x12,
  CMDLINE_ADDR: 0x13,
  CMDLINE_SIZE: 0x14,
  CMDLINE_DATA: 0x15,
  SETUP_ADDR: 0x16,
  SETUP_SIZE: 0x17,
  SETUP_DATA: 0x18,
  FILE_DIRECTORY: 0x19,
  /** PC: whether the PIT's interrupt reaches the I/O APIC's input 2. */
  IRQ0_OVERRIDE: 0x8002,
} as const;

/** Key of the first file. */
export const FW_CFG_FILE_FIRST = 0x20;

/** Number of files that there may be. */
export const FW_CFG_FILE_SLOTS = 0x20;

/** Bits of the ID item: the ports at 0x510 exist, and so does the DMA interface. */
export const FwCfgFeature = { TRADITIONAL: 0x01, DMA: 0x02 } as const;
