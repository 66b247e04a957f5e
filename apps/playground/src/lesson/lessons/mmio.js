// What may the guest do, and what can the code?
// `valid` is the bus, `impl` the callbacks: a word is
// read as two bytes here, four at once are refused.
import { Machine } from "@mem/flat";

const machine = new Machine();
const device = machine.mmio({
  name: "bytewise",
  size: 0x100,
  endianness: "little",
  valid: { minAccessSize: 1, maxAccessSize: 2, unaligned: false },
  impl: { minAccessSize: 1, maxAccessSize: 1 },
  read(offset, size) {
    console.log("  callback: offset", offset, "size", size);
    return 0x10 + offset;
  },
  write() {},
});
const system = machine.container({ name: "system", size: 0x1000 });
system.addSubregion(0x400, device);
const bus = machine.addressSpace(system, "bus");

for (const [addr, size] of [
  [0x404, 1],
  [0x404, 2],
  [0x404, 4],
  [0x401, 2],
  [0x000, 1],
]) {
  console.log("load of", size, "at", addr.toString(16));
  const value = bus.load(addr, size);
  console.log("  is", value.toString(16), "result", bus.lastResult);
}

// Now click the device in the picture: it tells the same rules.
