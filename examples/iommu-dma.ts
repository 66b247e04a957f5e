/**
 * A network card that stores packets in memory by itself (DMA), behind an IOMMU. Its driver gives
 * it addresses that mean something to the card alone; the IOMMU decides where they lead, and what
 * the card may do there. No other byte of memory is within its reach.
 */
import { IommuAccess, KiB, MiB } from "@mem/core";
import { Machine } from "@mem/flat";
import { IommuNotifier, IommuNotifierFlag, WindowTableIommu } from "@mem/iommu";
import { Bus, bytes, defineLayout, TxStatus, u16le, u32le, u64le } from "@mem/ldst";

const machine = new Machine();
const system = machine.container({ name: "system", size: 2n ** 64n });
system.addSubregion(0, machine.ram({ name: "ram", size: 4 * MiB }));
const memory = new Bus(machine.addressSpace(system, "memory"));

// The card sees a bus of its own, and all there is on it is the IOMMU. It starts out empty:
// whatever the card asks for is refused.
const iommu = machine.adopt(
  new WindowTableIommu(machine, { name: "iommu", size: 2n ** 32n, target: memory.space }),
);
const card = new Bus(machine.addressSpace(iommu, "card"));

// The driver opens two windows. What the card calls 0x1000 is a ring of descriptors, which it may
// only read; what it calls 0x8000 is two buffers of a page, far apart in memory.
const RING = 0x20_0000;
const BUFFERS = [0x31_0000, 0x12_4000];
const { RO, RW } = IommuAccess;
iommu.addWindow({ iova: 0x1000, length: 4 * KiB, target: RING, perm: RO });
for (const [i, target] of BUFFERS.entries())
  iommu.addWindow({ iova: 0x8000 + i * 4 * KiB, length: 4 * KiB, target, perm: RW });

// A descriptor is 16 bytes: where a packet may be put, and how much room there is.
const descriptor = defineLayout({ addr: u64le, room: u32le, flags: u16le, next: u16le });
const packet = defineLayout({ destination: bytes(6), length: u16le, payload: bytes(24) });

// The driver fills the ring in memory. The last address is a bug: the card has no such window.
const ring = descriptor.array(memory, RING, 3);
ring.assign([
  { addr: 0x8ff0n, room: 32 }, // crosses from one buffer to the other
  { addr: 0x1000n, room: 32 }, // its own ring, which it may only read
  { addr: 0x5_0000n, room: 32 },
]);

/** What the card does with a packet; it uses its own addresses throughout. */
function receive(index: number, message: string): void {
  const status = new TxStatus();
  const { addr, room } = descriptor.view(card, 0x1000 + index * descriptor.size, { status });
  const payload = new TextEncoder().encode(message);
  const values = { destination: Uint8Array.of(2, 0, 0, 0, 0, 1), length: payload.length, payload };
  packet.write(card, addr, values, { status });
  const outcome = status.ok ? "stored" : "refused";
  console.log(`  descriptor ${index}: ${room} bytes at 0x${addr.toString(16)}: ${outcome}`);
}

console.log("The card receives three packets:");
for (const [i, message] of ["one packet, two pages", "a", "b"].entries()) receive(i, message);

console.log("\nThe first is in two places of memory, at the end of one buffer...");
const text = (addr: number, length: number) => {
  const into = new Uint8Array(length);
  memory.space.read(addr, into);
  return new TextDecoder().decode(into);
};
console.log(`  0x310ff8: "${text(0x31_0ff8, 8)}"`);
console.log("...and at the beginning of the other:");
console.log(`  0x124000: "${text(0x12_4000, 13)}"`);

console.log("\nThe IOMMU recorded what it refused, once for each page:");
for (const { iova, access, reason } of iommu.faults.records)
  console.log(`  ${access === RO ? "read" : "write"} at 0x${iova.toString(16)}: ${reason}`);

// Who keeps translations, as a card with a cache of its own does, is told when they end.
console.log("\nThe driver takes the ring away:");
const cache = new IommuNotifier({
  flags: IommuNotifierFlag.UNMAP,
  notify: ({ iova, addrMask }) =>
    console.log(`  the card forgets 0x${iova.toString(16)} to 0x${(iova + addrMask).toString(16)}`),
});
iommu.registerNotifier(cache);
iommu.removeWindow(0x1000);
const status = new TxStatus();
const { room } = descriptor.view(card, 0x1000, { status });
console.log(`  and reads ${room} there: ${status.ok ? "allowed" : "refused"}`);
