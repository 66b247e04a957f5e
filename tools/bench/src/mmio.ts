import { KiB } from "@mem/core";
import { Machine } from "@mem/flat";
import { Bus } from "@mem/ldst";
import { compared } from "./measure.js";
import { Random } from "@mem/common";
import { fillRandomly, randomOffsets } from "./random.js";
import { type Lap, lazy, type Row } from "./row.js";
import { STEPS, type Walk, WALK_BYTES } from "./walk.js";

/** Where the device lies: below 4 GiB, as on a PC. */
export const DEVICE = 0xfe00_0000;
const DEVICE_BYTES = 4 * KiB;

/** Accesses to devices in a map that also has RAM, each at a random register. */
export function mmioRows(walk: () => Walk): Row[] {
  const toRawLoad = { against: "raw.load", reference: () => walk().rawLoad() };
  const toRawStore = { against: "raw.store", reference: () => walk().rawStore() };
  const board = lazy(() => new Board());
  return [
    compared({ name: "mmio", ...toRawLoad, subject: () => loads(board()) }),
    compared({ name: "mmio.store", ...toRawStore, subject: () => stores(board()) }),
    compared({ name: "mmio.be", ...toRawLoad, subject: () => swapped(board()) }),
    compared({ name: "mmio.mixed", ...toRawLoad, subject: () => mixed(board(), walk()) }),
    compared({ name: "port", ...toRawLoad, subject: portLoads }),
  ];
}

/** RAM at 0, and a device with trivial callbacks. */
export class Board {
  readonly machine = new Machine();
  readonly root = this.machine.container({ name: "system", size: 2n ** 64n });
  readonly ram = this.machine.ram({ name: "ram", size: WALK_BYTES });
  readonly space = this.machine.addressSpace(this.root, "cpu");
  /** Random registers of the device, as offsets. */
  readonly registers = randomOffsets(STEPS, DEVICE_BYTES, 4);

  constructor(address = DEVICE) {
    this.root.addSubregion(0, this.ram);
    const device = this.machine.mmio({
      name: "device",
      size: DEVICE_BYTES,
      read: (offset) => offset,
      write: () => undefined,
    });
    this.root.addSubregion(address, device);
  }
}

function loads({ space, registers }: Board): Lap {
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum ^= space.load(DEVICE + (registers[i] as number), 4);
      return sum;
    },
  };
}

function stores({ space, registers }: Board): Lap {
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum |= space.store(DEVICE + (registers[i] as number), 4, i);
      return sum;
    },
  };
}

/** Big-endian loads of the little-endian device. */
function swapped({ space, registers }: Board): Lap {
  const bus = new Bus(space);
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum ^= bus.ld32be(DEVICE + (registers[i] as number));
      return sum;
    },
  };
}

/** RAM and device in random turns, one access in eight to the device. */
function mixed({ space, ram, registers }: Board, { offsets }: Walk): Lap {
  // Pages that were never written share one page of the host, which is always in the cache.
  fillRandomly(ram.ramBytes());
  const random = new Random();
  const addresses = Float64Array.from({ length: STEPS }, (_, i) =>
    random.below(8) === 0 ? DEVICE + (registers[i] ?? 0) : (offsets[i] ?? 0),
  );
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum ^= space.load(addresses[i] as number, 4);
      return sum;
    },
  };
}

const PORT_DEVICES = 32;
const PORTS_EACH = 8;

/** Byte loads from random ports of 32 devices in a port space of 64 KiB. */
function portLoads(): Lap {
  const machine = new Machine();
  const root = machine.container({ name: "io", size: 64 * KiB });
  const space = machine.addressSpace(root, "I/O");
  for (let i = 0; i < PORT_DEVICES; i++) {
    const device = machine.mmio({ name: `dev${i}`, size: PORTS_EACH, read: (offset) => offset });
    root.addSubregion(i * 0x100 + 0x40, device);
  }
  const random = new Random();
  const ports = Int32Array.from(
    { length: STEPS },
    () => random.below(PORT_DEVICES) * 0x100 + 0x40 + random.below(PORTS_EACH),
  );
  return {
    operations: STEPS,
    run() {
      let sum = 0;
      for (let i = 0; i < STEPS; i++) sum ^= space.load(ports[i] as number, 1);
      return sum;
    },
  };
}
