/** Resource descriptors: what a device decodes and which interrupts it has (`_CRS`, `_PRS`). */
import { littleEndian, type Aml } from "./encode.js";
import { buffer } from "./terms.js";

const END_TAG: Aml = [0x79, 0];

/** `ResourceTemplate () { ... }`. */
export const resourceTemplate = (...resources: readonly Aml[]): Aml =>
  buffer([...resources.flat(), ...END_TAG]);

/** `IO (Decode16, FIRST, FIRST, 1, COUNT)`. */
export const io = (first: number, count: number): Aml => [
  0x47,
  0x01,
  ...littleEndian(first, 2),
  ...littleEndian(first, 2),
  1,
  count,
];
/** `IRQNoFlags () { N, ... }`: ISA's, edge triggered. */
export const irq = (...numbers: readonly number[]): Aml => [
  0x22,
  ...littleEndian(
    numbers.reduce((bits, n) => bits | (1 << n), 0),
    2,
  ),
];
/** `DMA (Compatibility, NotBusMaster, Transfer8) { CHANNEL }`. */
export const dma = (channel: number): Aml => [0x2a, 1 << channel, 0];
/** `Interrupt (ResourceConsumer, Level, ActiveHigh, Shared) { N, ... }`. */
export const interrupts = (...numbers: readonly number[]): Aml => [
  0x89,
  ...littleEndian(2 + 4 * numbers.length, 2),
  0x09,
  numbers.length,
  ...numbers.flatMap((n) => littleEndian(n, 4)),
];
/** Offset of the first interrupt's number in a template that begins with `interrupts`. */
export const FIRST_INTERRUPT = 5;
/** `Memory32Fixed (ReadWrite | ReadOnly, FIRST, LENGTH)`. */
export const memory32Fixed = (first: number, length: number, writable = true): Aml => [
  0x86,
  ...littleEndian(9, 2),
  writable ? 1 : 0,
  ...littleEndian(first, 4),
  ...littleEndian(length, 4),
];

/** Kinds of address spaces. */
const Space = { MEMORY: 0, IO: 1, BUS: 2 } as const;
/** The bounds are fixed, and addresses are decoded as they are. */
const FIXED = 0x0c;
const ENTIRE_RANGE = 0x03;
const CACHEABLE_WRITABLE = 0x03;
const WRITABLE = 0x01;

function addressSpace(
  [tag, width]: readonly [number, number],
  space: number,
  flags: number,
  first: number,
  last: number,
): Aml {
  const body = [
    ...[space, FIXED, flags],
    ...[0, first, last, 0, last - first + 1].flatMap((value) => littleEndian(value, width)),
  ];
  return [tag, ...littleEndian(body.length, 2), ...body];
}

const WORD = [0x88, 2] as const;
const DWORD = [0x87, 4] as const;
const QWORD = [0x8a, 8] as const;

/** `WordBusNumber`: the buses behind a bridge. */
export const busNumbers = (first: number, last: number): Aml =>
  addressSpace(WORD, Space.BUS, 0, first, last);
/** `WordIO`: ports that a bridge passes on. */
export const ioRange = (first: number, last: number): Aml =>
  addressSpace(WORD, Space.IO, ENTIRE_RANGE, first, last);
/** `DWordMemory`: memory below 4 GiB that a bridge passes on. */
export const memoryRange = (first: number, last: number, cacheable = false): Aml =>
  addressSpace(DWORD, Space.MEMORY, cacheable ? CACHEABLE_WRITABLE : WRITABLE, first, last);
/** `QWordMemory`: memory above 4 GiB that a bridge passes on. */
export const highMemoryRange = (first: number, last: number): Aml =>
  addressSpace(QWORD, Space.MEMORY, CACHEABLE_WRITABLE, first, last);
