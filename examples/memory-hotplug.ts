/**
 * Memory that a guest gets and gives back in blocks while it runs, as with virtio-mem. The host
 * asks for an amount; the guest's driver plugs and unplugs blocks until it has that; and a device
 * that keeps guest memory pinned is told of each, before it can be used and after it went.
 */
import { MiB } from "@mem/core";
import { findSection, Machine } from "@mem/flat";
import { Bus } from "@mem/ldst";
import { DiscardStatus, getRamDiscardManager, VirtioMem, VirtioMemResponse } from "@mem/ramdiscard";

const machine = new Machine();
const system = machine.container({ name: "system", size: 2n ** 64n });
const bus = new Bus(machine.addressSpace(system, "memory"));

// The guest may have up to 64 MiB more, from 4 GiB on, in blocks of 8 MiB. The region is as
// large as the most it can be; of its bytes the host provides those of plugged blocks only.
const BASE = 2 ** 32;
const BLOCK = 8 * MiB;
const dimm = machine.ram({ name: "hotplug", size: 64 * MiB });
system.addSubregion(BASE, dimm);
const device = new VirtioMem({ region: dimm, address: BASE, blockSize: BLOCK });
const mib = (value: bigint | number) => `${Number(value) / MiB} MiB`;

// A physical device that is handed to the guest reaches memory on its own, so that the pages it
// may reach must be pinned. Only those that exist can be: it follows what is plugged. It has room
// for four blocks, and refuses more.
const pinned = new Set<bigint>();
const section = findSection(system, BASE, 64 * MiB);
if (section)
  getRamDiscardManager(dimm)?.registerListener(
    {
      notifyPopulate({ offsetWithinRegion: at, size }) {
        if (pinned.size === 4) return DiscardStatus.BUSY;
        pinned.add(at);
        console.log(`    pin ${mib(size)} at ${mib(at)}`);
        return DiscardStatus.OK;
      },
      notifyDiscard({ offsetWithinRegion: at, size }) {
        if (pinned.delete(at)) console.log(`    unpin ${mib(size)} at ${mib(at)}`);
      },
    },
    section,
  );

// The guest's driver: it is interrupted when the host asks for another amount, and plugs from the
// bottom or unplugs from the top, block by block, until it is there or is told that it cannot be.
const names = ["ACK", "NACK", "BUSY", "ERROR"];
device.listen({
  configChanged() {
    const wanted = device.requestedSize;
    while (device.pluggedSize !== wanted) {
      const grows = device.pluggedSize < wanted;
      const end = BASE + Number(device.pluggedSize);
      const answer = grows ? device.plug(end, BLOCK) : device.unplug(end - BLOCK, BLOCK);
      if (answer === VirtioMemResponse.ACK) continue;
      console.log(`    the guest gives up: ${names[answer]}`);
      return;
    }
  },
});

/** The host's wish, and what became of it. */
function request(bytes: number): void {
  console.log(`\nThe host wants the guest to have ${mib(bytes)} more.`);
  device.requestedSize = bytes;
  console.log(`  It has ${mib(device.pluggedSize)}.`);
}

console.log(`A region of ${mib(device.regionSize)}, of which ${mib(device.pluggedSize)} exist.`);
request(24 * MiB);

console.log("\nThe guest uses the second block.");
bus.st32le(BASE + BLOCK, 0xcafe);
console.log(`  It reads ${bus.ld32le(BASE + BLOCK).toString(16)} there.`);

request(8 * MiB);
request(16 * MiB);
console.log(`  The second block is a new one, and reads ${bus.ld32le(BASE + BLOCK)}.`);

request(48 * MiB);
console.log("  The fifth block is one too many for the pinned pages.");

console.log("\nThe guest asks for what does not exist, which is no reason to stop:");
console.log(`  a block beyond the end: ${names[device.plug(BASE + 64 * MiB, BLOCK)]}`);
console.log(`  half a block: ${names[device.plug(BASE + 32 * MiB, BLOCK / 2)]}`);
console.log(`  a block that it has: ${names[device.plug(BASE, BLOCK)]}`);
