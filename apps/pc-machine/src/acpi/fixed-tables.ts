/** The tables that are not code: FADT, FACS, MADT, HPET, SRAT, SLIT, WAET. */
import { littleEndian } from "./aml/encode.js";
import { AcpiPort, Place, SCI, type AcpiMachine } from "./machine.js";
import { table, TABLE_HEADER_BYTES } from "./table.js";

const byte = (value: number): number[] => [value];
const word = (value: number): number[] => littleEndian(value, 2);
const dword = (value: number): number[] => littleEndian(value, 4);
const qword = (value: number): number[] => littleEndian(value, 8);

/** A register in the I/O space, as a generic address. */
function ioRegister(port: number, bytes: number, access: number): number[] {
  return port === 0 ? Array<number>(12).fill(0) : [1, 8 * bytes, 0, access, ...qword(port)];
}

const ACPI_ENABLE = 0xf1;
const ACPI_DISABLE = 0xf0;
/** Longer than any that is used: there are no such states of the processor. */
const NO_C2 = 0xfff;
const NO_C3 = 0xfff;
const CENTURY = 0x32;
/** Legacy devices, and a keyboard controller. */
const PC_ARCHITECTURE = 0x0003;
const Flag = {
  WBINVD: 1 << 0,
  C1_ON_ALL: 1 << 2,
  NO_SLEEP_BUTTON: 1 << 5,
  RTC_WAKES_FROM_S4: 1 << 7,
  RESET_REGISTER: 1 << 10,
} as const;
/** To the reset control register: a hard reset. */
const RESET_VALUE = 0x06;

/** Places in the FADT that the linker fills in. */
export const FADT_POINTER = { FACS: 36, DSDT: 40, X_DSDT: 140 } as const;

/** FADT: the fixed hardware (revision 3). */
export function fadt(): Uint8Array {
  const flags =
    Flag.WBINVD |
    Flag.C1_ON_ALL |
    Flag.NO_SLEEP_BUTTON |
    Flag.RTC_WAKES_FROM_S4 |
    Flag.RESET_REGISTER;
  const { PM1_EVENT, PM1_CONTROL, PM_TIMER, GPE0 } = AcpiPort;
  return table("FACP", 3, [
    ...dword(0), // FACS
    ...dword(0), // DSDT
    ...byte(0),
    ...byte(0), // no preferred power management profile
    ...word(SCI),
    ...dword(AcpiPort.SMI_COMMAND),
    ...[ACPI_ENABLE, ACPI_DISABLE, 0, 0],
    ...dword(PM1_EVENT),
    ...dword(0),
    ...dword(PM1_CONTROL),
    ...dword(0),
    ...dword(0),
    ...dword(PM_TIMER),
    ...dword(GPE0),
    ...dword(0),
    ...[4, 2, 0, 4, 4, 0, 0, 0],
    ...word(NO_C2),
    ...word(NO_C3),
    ...word(0),
    ...word(0),
    ...[0, 0, 0, 0, CENTURY],
    ...word(PC_ARCHITECTURE),
    ...byte(0),
    ...dword(flags),
    ...ioRegister(AcpiPort.RESET, 1, 1),
    ...byte(RESET_VALUE),
    ...[0, 0, 0],
    ...qword(0), // FACS: the short pointer above counts
    ...qword(0), // DSDT
    ...ioRegister(PM1_EVENT, 4, 2),
    ...ioRegister(0, 0, 0),
    ...ioRegister(PM1_CONTROL, 2, 2),
    ...ioRegister(0, 0, 0),
    ...ioRegister(0, 0, 0),
    ...ioRegister(PM_TIMER, 4, 3),
    ...ioRegister(GPE0, 4, 1),
    ...ioRegister(0, 0, 0),
  ]);
}

const FACS_BYTES = 64;

/** FACS: where a system says where to wake up. It has neither the usual header nor a checksum. */
export function facs(): Uint8Array {
  const bytes = new Uint8Array(FACS_BYTES);
  bytes.set(new TextEncoder().encode("FACS"));
  new DataView(bytes.buffer).setUint32(4, FACS_BYTES, true);
  return bytes;
}

/** Interrupts that PCI devices share: active high, level triggered. */
const PCI_INTERRUPTS = [5, 9, 10, 11];
const LEVEL_HIGH = 0x000d;
const PIT_INPUT = 2;
const ALL_PROCESSORS = 0xff;

/** MADT: the interrupt controllers. */
export function madt({ localApics }: AcpiMachine): Uint8Array {
  const override = (irq: number, input: number, flags: number): number[] => [
    ...[2, 10, 0, irq],
    ...dword(input),
    ...word(flags),
  ];
  return table("APIC", 3, [
    ...dword(Place.LOCAL_APIC),
    ...dword(1), // with a pair of 8259
    ...localApics.flatMap((id, index) => [0, 8, index, id, ...dword(1)]),
    ...[1, 12, 0, 0, ...dword(Place.IO_APIC), ...dword(0)],
    ...override(0, PIT_INPUT, 0),
    ...PCI_INTERRUPTS.flatMap((irq) => override(irq, irq, LEVEL_HIGH)),
    // A non-maskable interrupt comes to pin 1 of each local APIC.
    ...[4, 6, ALL_PROCESSORS, ...word(0), 1],
  ]);
}

/** Vendor 8086h, three comparators, a legacy replacement route. */
const HPET_ID = 0x8086_a201;
const HPET_LEAST_TICKS = 100;

/** HPET: where the event timers are. */
export function hpet(): Uint8Array {
  return table("HPET", 1, [
    ...dword(HPET_ID),
    ...[0, 0, 0, 0, ...qword(Place.HPET)],
    ...byte(0),
    ...word(HPET_LEAST_TICKS),
    ...byte(0),
  ]);
}

/** SRAT: which memory is near to which processor. */
export function srat({ numa, localApics }: AcpiMachine): Uint8Array {
  const ids = localApics.length === 0 ? [0] : localApics;
  const processors = numa.flatMap(({ cpus }, node) =>
    cpus.flatMap((cpu) => {
      const id = ids[cpu];
      return id === undefined ? [] : [0, 16, node & 0xff, id, ...dword(1), 0, 0, 0, 0, ...dword(0)];
    }),
  );
  const memory = numa.flatMap((node, index) =>
    node.memory.flatMap(({ address, length }) => [
      ...[1, 40, ...dword(index), ...word(0)],
      ...qword(address),
      ...qword(length),
      ...dword(0),
      ...dword(1),
      ...qword(0),
    ]),
  );
  return table("SRAT", 1, [...dword(1), ...qword(0), ...processors, ...memory]);
}

/** SLIT: how far the nodes are from each other. */
export function slit(distances: readonly (readonly number[])[]): Uint8Array {
  return table("SLIT", 1, [...qword(distances.length), ...distances.flat()]);
}

/** The timer can be read once, as it does not change while it is read. */
const GOOD_PM_TIMER = 2;

/** WAET: what a system need not work around, as the devices are emulated. */
export function waet(): Uint8Array {
  return table("WAET", 1, dword(GOOD_PM_TIMER));
}

/** RSDT: the other tables, by pointers that the linker fills in. */
export function rsdt(count: number): Uint8Array {
  return table("RSDT", 1, Array<number>(4 * count).fill(0));
}

/** Offset of entry `index` in the RSDT. */
export function rsdtPointer(index: number): number {
  return TABLE_HEADER_BYTES + 4 * index;
}
