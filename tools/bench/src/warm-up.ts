import { KiB, MiB } from "@mem/core";
import { DirtyClient, Machine, snapshotAndClearDirty } from "@mem/flat";
import { Random } from "@mem/common";

const ACCESSES = 400_000;
const SIZES = [1, 2, 4] as const;

/**
 * Accesses of all kinds, as a machine that runs makes them: what the compiler learns about the
 * paths is then what it learns in a program, not in a loop that only ever does one thing, and it
 * is the same whichever rows are measured, in whatever order.
 */
export function warmUp(): void {
  const machine = new Machine();
  const root = machine.container({ name: "system", size: 2n ** 64n });
  const ram = machine.ram({ name: "ram", size: MiB });
  const vram = machine.ram({ name: "vram", size: MiB });
  root.addSubregion(0, ram);
  root.addSubregion(2 * MiB, vram);
  root.addSubregion(4 * MiB, machine.rom({ name: "rom", size: MiB }));
  const registers = new Uint32Array(1024);
  for (let i = 0; i < 4; i++) {
    const device = machine.mmio({
      name: `device${i}`,
      size: 4 * KiB,
      read: (offset, size) => (registers[offset >>> 2] ?? 0) >>> (size & i),
      write: (offset, value) => void (registers[offset >>> 2] = value + i),
    });
    root.addSubregion(0xfe00_0000 + i * 0x1000, device);
  }
  const space = machine.addressSpace(root, "cpu");
  vram.setLog(true);
  const random = new Random();
  const bases = [0, 0, 0, 2 * MiB, 4 * MiB, 0xfe00_0000, 0xfe00_1000, 0xfe00_2000, 0xfe00_3000];
  const block = new Uint8Array(256);
  let sum = 0;
  for (let i = 0; i < ACCESSES; i++) {
    const base = bases[random.below(bases.length)] ?? 0;
    const address = base + random.below(1023) * 4;
    const size = SIZES[random.below(3)] ?? 4;
    if (i % 3 === 0) sum |= space.store(address, size, random.next());
    else sum ^= space.load(address, size);
    if (i % 64 === 0) sum |= space.read(address, block) | space.write(address, block);
    if (i % 4096 === 0) snapshotAndClearDirty(vram, 0, MiB, DirtyClient.VGA);
  }
  if (Number.isNaN(sum)) throw new Error("a load answered no number");
}
