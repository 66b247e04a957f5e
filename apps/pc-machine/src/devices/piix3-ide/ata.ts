/** Names and numbers of the ATA command set (ATA/ATAPI-6). */

/** Bits of the status register. */
export const AtaStatus = {
  ERR: 0x01,
  DRQ: 0x08,
  /** Seek complete. */
  DSC: 0x10,
  /** Device fault. */
  DF: 0x20,
  DRDY: 0x40,
  BSY: 0x80,
} as const;

/** Bits of the error register. */
export const AtaError = {
  /** The code of a passed self-test. */
  DIAGNOSTIC_PASSED: 0x01,
  ABRT: 0x04,
  /** No such sector. */
  IDNF: 0x10,
  /** The medium could not be read. */
  UNC: 0x40,
} as const;

/** Bits of the device register. */
export const AtaDevice = {
  HEAD: 0x0f,
  SLAVE: 0x10,
  LBA: 0x40,
  /** Always read as ones. */
  OBSOLETE: 0xa0,
} as const;

/** Bits of the device control register. */
export const AtaControl = {
  NO_INTERRUPT: 0x02,
  SOFT_RESET: 0x04,
  /** Read the previous contents of the two-deep registers. */
  HIGH_ORDER: 0x80,
} as const;

/** Command codes. Of those that come in pairs, the second ("without retry") is the code plus 1. */
export const AtaCommand = {
  NOP: 0x00,
  DATA_SET_MANAGEMENT: 0x06,
  DEVICE_RESET: 0x08,
  RECALIBRATE: 0x10,
  READ_SECTORS: 0x20,
  READ_SECTORS_NO_RETRY: 0x21,
  READ_SECTORS_EXT: 0x24,
  READ_DMA_EXT: 0x25,
  READ_NATIVE_MAX_EXT: 0x27,
  READ_MULTIPLE_EXT: 0x29,
  WRITE_SECTORS: 0x30,
  WRITE_SECTORS_NO_RETRY: 0x31,
  WRITE_SECTORS_EXT: 0x34,
  WRITE_DMA_EXT: 0x35,
  WRITE_MULTIPLE_EXT: 0x39,
  WRITE_VERIFY: 0x3c,
  READ_VERIFY: 0x40,
  READ_VERIFY_NO_RETRY: 0x41,
  READ_VERIFY_EXT: 0x42,
  SEEK: 0x70,
  EXECUTE_DIAGNOSTIC: 0x90,
  INITIALIZE_PARAMETERS: 0x91,
  /** Codes that the power commands had at first. */
  STANDBY_IMMEDIATE_OLD: 0x94,
  IDLE_IMMEDIATE_OLD: 0x95,
  STANDBY_OLD: 0x96,
  IDLE_OLD: 0x97,
  CHECK_POWER_OLD: 0x98,
  SLEEP_OLD: 0x99,
  PACKET: 0xa0,
  IDENTIFY_PACKET: 0xa1,
  SMART: 0xb0,
  READ_MULTIPLE: 0xc4,
  WRITE_MULTIPLE: 0xc5,
  SET_MULTIPLE: 0xc6,
  READ_DMA: 0xc8,
  READ_DMA_NO_RETRY: 0xc9,
  WRITE_DMA: 0xca,
  WRITE_DMA_NO_RETRY: 0xcb,
  STANDBY_IMMEDIATE: 0xe0,
  IDLE_IMMEDIATE: 0xe1,
  STANDBY: 0xe2,
  IDLE: 0xe3,
  CHECK_POWER: 0xe5,
  SLEEP: 0xe6,
  FLUSH: 0xe7,
  FLUSH_EXT: 0xea,
  IDENTIFY: 0xec,
  SET_FEATURES: 0xef,
  SECURITY_FREEZE_LOCK: 0xf5,
  READ_NATIVE_MAX: 0xf8,
} as const;

/** Subcommands of SET FEATURES. */
export const AtaFeature = {
  ENABLE_WRITE_CACHE: 0x02,
  SET_TRANSFER_MODE: 0x03,
  ENABLE_POWER_MANAGEMENT: 0x05,
  ENABLE_ACOUSTIC_MANAGEMENT: 0x42,
  DISABLE_LOOK_AHEAD: 0x55,
  KEEP_ON_RESET: 0x66,
  OBSOLETE_67: 0x67,
  OBSOLETE_69: 0x69,
  DISABLE_WRITE_CACHE: 0x82,
  DISABLE_POWER_MANAGEMENT: 0x85,
  OBSOLETE_96: 0x96,
  OBSOLETE_9A: 0x9a,
  ENABLE_LOOK_AHEAD: 0xaa,
  DISABLE_ACOUSTIC_MANAGEMENT: 0xc2,
  DEFAULTS_ON_RESET: 0xcc,
} as const;

/** Subcommands of SET FEATURES that a drive takes and that change nothing. */
export const FEATURES_WITHOUT_EFFECT: ReadonlySet<number> = new Set([
  AtaFeature.ENABLE_POWER_MANAGEMENT,
  AtaFeature.ENABLE_ACOUSTIC_MANAGEMENT,
  AtaFeature.DISABLE_LOOK_AHEAD,
  AtaFeature.KEEP_ON_RESET,
  AtaFeature.OBSOLETE_67,
  AtaFeature.OBSOLETE_69,
  AtaFeature.DISABLE_POWER_MANAGEMENT,
  AtaFeature.OBSOLETE_96,
  AtaFeature.OBSOLETE_9A,
  AtaFeature.ENABLE_LOOK_AHEAD,
  AtaFeature.DISABLE_ACOUSTIC_MANAGEMENT,
  AtaFeature.DEFAULTS_ON_RESET,
]);
