// RAM, a device and an address space: what the smallest machine needs, and no more.
import { Machine } from "@mem/flat";

const machine = new Machine();
const root = machine.container({ name: "root", size: 0x10000 });
root.addSubregion(0, machine.ram({ name: "ram", size: 0x8000 }));
let last = 0;
root.addSubregion(
  0x8000,
  machine.mmio({
    name: "device",
    size: 16,
    read: (offset) => 0x40 + offset,
    write: (_offset, value) => void (last = value),
  }),
);
const bus = machine.addressSpace(root, "bus");
bus.store(0x10, 4, 0xcafe);
bus.store(0x8004, 1, 7);
console.log(bus.load(0x11, 2), bus.load(0x8002, 1), last);
console.log(bus.store(0x9000, 4, 1), bus.load(0x9000, 4));
