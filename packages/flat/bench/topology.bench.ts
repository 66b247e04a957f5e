import { type AddressSpace, Machine, type MemoryRegion } from "../src/index.js";

/**
 * What a change of topology costs: one of N regions switched off or on, with its commit, and N
 * regions added with a commit each. The limit is V8's own copy of an array of N elements, which
 * is what a flat snapshot without sharing would have to do at the very least.
 */
const QEMU_TOGGLE_US: Record<number, number> = { 100: 24, 1000: 367, 4000: 9500 };

for (const count of [100, 1000, 4000, 100_000]) report(count);

function report(count: number): void {
  const { regions, bus, buildMs } = build(count);
  const toggle = best(5, () => toggleSome(regions)) / 2000;
  const copy = best(5, () => copySome(regions)) / 200;
  const qemu = QEMU_TOGGLE_US[count];
  const versus = qemu ? `, QEMU ${qemu} us (${(qemu / toggle).toFixed(1)} times as long)` : "";
  console.log(
    `${count} regions (${bus.flatView.length} ranges): toggle ${toggle.toFixed(1)} us, ` +
      `${(toggle / copy).toFixed(2)} times an array copy${versus}; built in ${buildMs.toFixed(0)} ms`,
  );
}

function build(count: number): { regions: MemoryRegion[]; bus: AddressSpace; buildMs: number } {
  const machine = new Machine();
  const root = machine.container({ name: "root", size: 1n << 48n });
  const bus = machine.addressSpace(root, "bus");
  const start = performance.now();
  const regions = Array.from({ length: count }, (_, i) => {
    const region = machine.mmio({ name: null, size: 0x1000, read: () => 1 });
    root.addSubregion(i * 0x2000, region);
    return region;
  });
  return { regions, bus, buildMs: performance.now() - start };
}

function toggleSome(regions: readonly MemoryRegion[]): void {
  for (let i = 0; i < 1000; i++) {
    const region = regions[(i * 7919) % regions.length];
    if (!region) return;
    region.enabled = false;
    region.enabled = true;
  }
}

function copySome(regions: readonly MemoryRegion[]): number {
  let sum = 0;
  for (let i = 0; i < 200; i++) sum += regions.slice().length;
  return sum;
}

/** The quickest of some runs, in microseconds. */
function best(runs: number, run: () => void): number {
  let quickest = Infinity;
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    run();
    quickest = Math.min(quickest, (performance.now() - start) * 1000);
  }
  return quickest;
}
