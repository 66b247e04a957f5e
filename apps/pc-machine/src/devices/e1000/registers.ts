/** Registers of the 82540EM and their bits (Intel's PCI/PCI-X Family of Gigabit Ethernet Controllers manual, chapter 13). */

/** Offsets in the memory window. */
export const Reg = {
  CTRL: 0x0000,
  STATUS: 0x0008,
  EECD: 0x0010,
  EERD: 0x0014,
  MDIC: 0x0020,
  VET: 0x0038,
  ICR: 0x00c0,
  ITR: 0x00c4,
  ICS: 0x00c8,
  IMS: 0x00d0,
  IMC: 0x00d8,
  RCTL: 0x0100,
  TCTL: 0x0400,
  PBA: 0x1000,
  RDBAL: 0x2800,
  RDBAH: 0x2804,
  RDLEN: 0x2808,
  RDH: 0x2810,
  RDT: 0x2818,
  RDTR: 0x2820,
  RADV: 0x282c,
  TDBAL: 0x3800,
  TDBAH: 0x3804,
  TDLEN: 0x3808,
  TDH: 0x3810,
  TDT: 0x3818,
  TADV: 0x382c,
  STATISTICS: 0x4000,
  STATISTICS_END: 0x4100,
  GOOD_RECEIVED: 0x4074,
  GOOD_SENT: 0x4080,
  OCTETS_RECEIVED: 0x4088,
  OCTETS_SENT: 0x4090,
  TOTAL_RECEIVED: 0x40d0,
  TOTAL_SENT: 0x40d4,
  MULTICAST: 0x5200,
  ADDRESSES: 0x5400,
  VLANS: 0x5600,
  SOFTWARE_SEMAPHORE: 0x5b50,
} as const;

/** Causes of interrupts: bits of ICR, ICS, IMS and IMC. */
export const Cause = {
  SENT: 0x01,
  RING_EMPTY: 0x02,
  LINK: 0x04,
  FEW_BUFFERS: 0x10,
  OVERRUN: 0x40,
  RECEIVED: 0x80,
  MDIO: 0x200,
  ALL: 0x1_ffff,
} as const;

/** CTRL. */
export const Control = {
  RESET: 0x0400_0000,
  PHY_RESET: 0x8000_0000,
  /** Tags of VLANs are put in and taken out. */
  VLANS: 0x4000_0000,
} as const;
/** STATUS: full duplex, the link is up, 1000 Mbit/s. */
export const STATUS_VALUE = 0x8008_0783;
/** STATUS: the link is up. */
export const STATUS_LINK = 0x02;

/** RCTL. */
export const Receive = {
  ENABLE: 0x02,
  UNICAST_ALL: 0x08,
  MULTICAST_ALL: 0x10,
  BROADCAST: 0x8000,
  STRIP_CRC: 0x0400_0000,
  VLAN_FILTER: 0x4_0000,
  SIZE_EXTENDED: 0x0200_0000,
} as const;
/** TCTL. */
export const TRANSMIT_ENABLE = 0x02;
/** RAH: the address is valid. */
export const ADDRESS_VALID = 0x8000_0000;
/** VET: the type of frames with a tag. */
export const VLAN_TYPE = 0x8100;
/** PBA: 48 KiB for frames that arrive, 16 for those that leave. */
export const PACKET_BUFFERS = 0x0010_0030;
