// A memory map is a tree of regions. Where two
// overlap, the higher priority is seen.
// Change a number, and watch the picture.
import { Machine } from "@mem/flat";

const machine = new Machine();
const system = machine.container({ name: "system", size: 0x10000 });
const ram = machine.ram({ name: "ram", size: 0x10000 });
const uart = machine.mmio({
  name: "uart",
  size: 0x1000,
  read: () => 0x60,
  write: (offset, value) => console.log("sent", String.fromCharCode(value)),
});
system.addSubregion(0x0000, ram);
system.addSubregion(0x4000, uart, { priority: 1 }); // on top of the RAM beneath

const bus = machine.addressSpace(system, "cpu");
bus.store(0x0010, 4, 0xcafe); // RAM
bus.store(0x4000, 1, 0x41); // the device
console.log("read", bus.load(0x0010, 4).toString(16));
