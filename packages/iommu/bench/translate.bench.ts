/**
 * What a translation costs, in nanoseconds and in bytes of heap: by windows, from the IOTLB, by a
 * walk, and as part of an access of 4 bytes and of one of 64 KiB.
 */
import { IommuAccess, MiB } from "@mem/core";
import { Machine } from "@mem/flat";
import { Iotlb, PageTableIommu, WindowTableIommu } from "@mem/iommu";

const PAGES = 256;
const PRESENT_AND_WRITABLE = 3;

const machine = new Machine();
const ram = machine.ram({ name: "ram", size: 16 * MiB });
const memory = machine.addressSpace(ram, "memory");
const tables = machine.adopt(
  new PageTableIommu(machine, { name: "tables", size: 2n ** 48n, target: memory }),
);
const windows = machine.adopt(
  new WindowTableIommu(machine, { name: "windows", size: 2n ** 48n, target: memory }),
);
for (const table of [0x1000, 0x2000, 0x3000]) {
  memory.store(table, 4, (table + 0x1000) | PRESENT_AND_WRITABLE);
}
for (let i = 0; i < PAGES; i++) {
  const target = (8 * MiB + ((i * 7) % PAGES) * 0x1000) | PRESENT_AND_WRITABLE;
  memory.store(0x4000 + i * 8, 4, target);
  windows.addWindow({ iova: i * 0x1000, length: 0x1000, target: target & ~0xfff });
}
tables.setRoot(0, 0x1000);
const iotlb = new Iotlb();
for (let i = 0; i < PAGES; i++) {
  const entry = tables.translate(BigInt(i * 0x1000), IommuAccess.RW, 0);
  iotlb.insert(i * 0x1000, 12, 0, entry);
}

const addresses = Array.from({ length: PAGES }, (_, i) => BigInt(i * 0x1000 + 8));
const behindTables = machine.addressSpace(tables, "behind tables");
const behindWindows = machine.addressSpace(windows, "behind windows");
const block = new Uint8Array(0x1_0000);

const benches: [name: string, perRound: number, round: () => number][] = [
  ["Iotlb.lookup", PAGES, () => each((i) => (iotlb.lookup(i * 0x1000, 0) === null ? 1 : 0))],
  ["translate, IOTLB", PAGES, () => each((i) => tables.translate(at(i), 1, 0).perm)],
  ["translate, windows", PAGES, () => each((i) => windows.translate(at(i), 1, 0).perm)],
  [
    "translate, walk",
    PAGES,
    () => {
      tables.invalidateAll();
      return each((i) => tables.translate(at(i), 1, 0).perm);
    },
  ],
  ["load 4, memory", PAGES, () => each((i) => memory.load(i * 0x1000, 4))],
  ["load 4, IOTLB", PAGES, () => each((i) => behindTables.load(i * 0x1000, 4))],
  ["load 4, windows", PAGES, () => each((i) => behindWindows.load(i * 0x1000, 4))],
  ["read 64 KiB, IOTLB", 1, () => behindTables.read(0, block)],
  ["read 64 KiB, windows", 1, () => behindWindows.read(0, block)],
];

function at(i: number): bigint {
  return addresses[i] ?? 0n;
}

function each(one: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < PAGES; i++) total ^= one(i);
  return total;
}

for (const [name, perRound, round] of benches) {
  const rounds = 2000;
  let total = 0;
  for (let i = 0; i < rounds; i++) total ^= round();
  const heap = process.memoryUsage().heapUsed;
  const probe = 20;
  for (let i = 0; i < probe; i++) total ^= round();
  const bytes = Math.max(0, process.memoryUsage().heapUsed - heap) / (probe * perRound);
  const start = performance.now();
  for (let i = 0; i < rounds; i++) total ^= round();
  const ns = ((performance.now() - start) * 1e6) / (rounds * perRound);
  console.log(
    `${name.padEnd(22)} ${ns.toFixed(1).padStart(9)} ns ${bytes.toFixed(0).padStart(6)} bytes`,
  );
  if (total === -1) console.log(total);
}
