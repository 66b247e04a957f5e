/**
 * What an access costs, beside V8's own limit: random loads from a DataView over 64 MiB,
 * measured in the same run. QEMU's figures were measured on a machine like the ones that this
 * is developed on; of those and ours, compare the order, and trust the ratios.
 */
import { MiB } from "@mem/core";
import { Machine } from "@mem/flat";
import { Bus, MemoryRegionCache } from "@mem/ldst";

const SIZE = 64 * MiB;
const ROUNDS = 7;
const COUNT = 1 << 20;

const machine = new Machine();
const root = machine.container({ name: "system", size: 2n ** 64n });
const ram = machine.ram({ name: "ram", size: SIZE });
root.addSubregion(0, ram);
root.addSubregion(
  0xfe00_0000,
  machine.mmio({ name: "device", size: 0x1000, read: (offset) => offset, write: () => {} }),
);
const space = machine.addressSpace(root, "cpu");
const bus = new Bus(space);
const cache = new MemoryRegionCache(space, 0x10_0000, 4096, true);
const limit = new DataView(new ArrayBuffer(SIZE));
const ramView = new DataView(ram.ramBytes().buffer);
const page = new Uint8Array(4096);

/** Random offsets that leave room for 8 bytes. */
const offsets = Int32Array.from({ length: COUNT }, () => Math.floor(Math.random() * (SIZE - 8)));

let sink = 0;

/** The best time of several rounds, in nanoseconds for one of `times` accesses. */
function measure(times: number, round: () => number): number {
  let best = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    const before = performance.now();
    sink ^= round();
    best = Math.min(best, performance.now() - before);
  }
  return (best * 1e6) / times;
}

// Each loop is written out: one that is handed a callback measures the call.
const benches: [name: string, qemu: number | null, times: number, round: () => number][] = [
  [
    "V8: random DataView load, 64 MiB",
    null,
    COUNT,
    () => {
      let sum = 0;
      for (let i = 0; i < COUNT; i++) sum ^= limit.getUint32(offsets[i] as number, true);
      return sum;
    },
  ],
  [
    "Bus.ld32le, random RAM",
    30.7,
    COUNT,
    () => {
      let sum = 0;
      for (let i = 0; i < COUNT; i++) sum ^= bus.ld32le(offsets[i] as number);
      return sum;
    },
  ],
  [
    "Bus.ld32be, random RAM",
    30.7,
    COUNT,
    () => {
      let sum = 0;
      for (let i = 0; i < COUNT; i++) sum ^= bus.ld32be(offsets[i] as number);
      return sum;
    },
  ],
  [
    "Bus.st32le, random RAM",
    null,
    COUNT,
    () => {
      for (let i = 0; i < COUNT; i++) bus.st32le(offsets[i] as number, i);
      return 0;
    },
  ],
  [
    "V8: random 64-bit DataView load",
    null,
    COUNT,
    () => {
      let sum = 0;
      for (let i = 0; i < COUNT; i++)
        sum ^= ramView.getBigUint64(offsets[i] as number, true) === 1n ? 1 : 0;
      return sum;
    },
  ],
  [
    "Bus.ld64le, random RAM",
    null,
    COUNT,
    () => {
      let sum = 0;
      for (let i = 0; i < COUNT; i++) sum ^= bus.ld64le(offsets[i] as number) === 1n ? 1 : 0;
      return sum;
    },
  ],
  [
    "Bus.ld32le, MMIO",
    29.4,
    COUNT,
    () => {
      let sum = 0;
      for (let i = 0; i < COUNT; i++) sum ^= bus.ld32le(0xfe00_0000 + (i & 0xffc));
      return sum;
    },
  ],
  [
    "Bus.ld32be, MMIO (swapped)",
    29.4,
    COUNT,
    () => {
      let sum = 0;
      for (let i = 0; i < COUNT; i++) sum ^= bus.ld32be(0xfe00_0000 + (i & 0xffc));
      return sum;
    },
  ],
  [
    "Bus.st32le, MMIO",
    null,
    COUNT,
    () => {
      for (let i = 0; i < COUNT; i++) bus.st32le(0xfe00_0000 + (i & 0xffc), i);
      return 0;
    },
  ],
  [
    "MemoryRegionCache.ld32le",
    4.9,
    COUNT,
    () => {
      let sum = 0;
      for (let i = 0; i < COUNT; i++) sum ^= cache.ld32le(i & 0xffc);
      return sum;
    },
  ],
  [
    "MemoryRegionCache.st32le",
    null,
    COUNT,
    () => {
      for (let i = 0; i < COUNT; i++) cache.st32le(i & 0xffc, i);
      return 0;
    },
  ],
  [
    "AddressSpace.read, 4 KiB, warm",
    158,
    1 << 16,
    () => {
      for (let i = 0; i < 1 << 16; i++) space.read(0x10_0000 + (i & 63), page);
      return 0;
    },
  ],
];

let unit = 0;
console.log(
  "access".padEnd(36),
  "ns".padStart(8),
  "of V8's limit".padStart(14),
  "QEMU's C".padStart(10),
);
for (const [name, qemu, times, round] of benches) {
  sink ^= round();
  const ns = measure(times, round);
  unit ||= ns;
  const ratio = `${(ns / unit).toFixed(2)} x`;
  const beaten = qemu === null ? "" : `${qemu} ns`;
  console.log(name.padEnd(36), ns.toFixed(1).padStart(8), ratio.padStart(14), beaten.padStart(10));
}
if (Number.isNaN(sink)) throw new Error("a load answered no number");
cache.destroy();
