/**
 * What a field of a layout costs, beside the load it stands for and a DataView: in nanoseconds,
 * and in bytes of heap for each round over a ring of 256 descriptors.
 */
import { MiB } from "@mem/core";
import { Machine } from "@mem/flat";
import {
  Bus,
  defineLayout,
  MemoryRegionCache,
  type LayoutView,
  u16le,
  u32be,
  u32le,
  u64le,
  u8,
} from "@mem/ldst";

const RING = 256;
const ROUNDS = 2000;
const SIZE = 16 * RING;

const machine = new Machine();
const root = machine.container({ name: "system", size: 2n ** 64n });
root.addSubregion(0, machine.ram({ name: "ram", size: 16 * MiB }));
const bus = new Bus(machine.addressSpace(root, "cpu"));
const cache = new MemoryRegionCache(bus.space, 0x10_0000, SIZE, true);
const data = new DataView(new ArrayBuffer(SIZE));

const fields = { addr: u64le, len: u32le, flags: u16le, next: u16le };
const descriptor = defineLayout(fields);
const cached = descriptor.view(cache, 0);
const onBus = descriptor.view(bus, 0x10_0000);
const table = descriptor.array(cache, 0, RING);

/** Sums what a device needs of each descriptor. */
function sum(view: LayoutView<typeof fields>, base: number): number {
  let total = 0;
  for (let i = 0; i < RING; i++) {
    view.moveTo(base + 16 * i);
    total ^= view.addrLo ^ view.len ^ view.flags ^ view.next;
  }
  return total;
}

// Other shapes, so that the accessors have seen more than one, as in a program of some size.
for (const [i, other] of [
  defineLayout({ a: u32le, b: u16le }),
  defineLayout({ b: u16le, a: u32le, c: u8 }),
  defineLayout({ c: u8, b: u16le, d: u64le, a: u32le }),
  defineLayout({ x: u32be, b: u16le, a: u32le }),
].entries()) {
  const view = other.view(i % 2 ? bus : cache, 0);
  let total = 0;
  for (let n = 0; n < 20_000; n++) total ^= view.a ^ view.b;
  if (total === -1) console.log(total);
}

const benches: [name: string, round: () => number][] = [
  [
    "DataView",
    () => {
      let total = 0;
      for (let at = 0; at < SIZE; at += 16)
        total ^=
          data.getUint32(at, true) ^
          data.getUint32(at + 8, true) ^
          data.getUint16(at + 12, true) ^
          data.getUint16(at + 14, true);
      return total;
    },
  ],
  [
    "MemoryRegionCache, by hand",
    () => {
      let total = 0;
      for (let at = 0; at < SIZE; at += 16)
        total ^=
          cache.ld32le(at) ^ cache.ld32le(at + 8) ^ cache.ld16le(at + 12) ^ cache.ld16le(at + 14);
      return total;
    },
  ],
  ["view of a cache", () => sum(cached, 0)],
  [
    "array of a cache",
    () => {
      let total = 0;
      for (let i = 0; i < RING; i++) {
        const { addrLo, len, flags, next } = table.at(i);
        total ^= addrLo ^ len ^ flags ^ next;
      }
      return total;
    },
  ],
  [
    "Bus, by hand",
    () => {
      let total = 0;
      for (let at = 0x10_0000; at < 0x10_0000 + SIZE; at += 16)
        total ^= bus.ld32le(at) ^ bus.ld32le(at + 8) ^ bus.ld16le(at + 12) ^ bus.ld16le(at + 14);
      return total;
    },
  ],
  ["view of a bus", () => sum(onBus, 0x10_0000)],
];

let sink = 0;
for (const [name, round] of benches) {
  let best = Infinity;
  let bytes = Infinity;
  for (let pass = 0; pass < 12; pass++) {
    const heap = process.memoryUsage().heapUsed;
    const before = performance.now();
    for (let i = 0; i < ROUNDS; i++) sink ^= round();
    best = Math.min(best, performance.now() - before);
    bytes = Math.min(bytes, Math.max(0, process.memoryUsage().heapUsed - heap));
  }
  const each = (best * 1e6) / (ROUNDS * RING * 4);
  console.log(
    `${name.padEnd(30)} ${each.toFixed(2).padStart(7)} ns a field  ${(bytes / ROUNDS).toFixed(1)} bytes a round`,
  );
}
if (sink === 1) console.log(sink);
