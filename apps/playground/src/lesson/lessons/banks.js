// An 8-bit console: mirrors of its RAM, and a
// cartridge that is seen through a window. A bank is
// switched by moving what the window shows.
import { KiB, Machine } from "@mem/flat";

const machine = new Machine();
const cpu = machine.container({ name: "cpu", size: 64 * KiB });
const bus = machine.addressSpace(cpu, "cpu");

const work = machine.ram({ name: "work-ram", size: 2 * KiB });
cpu.addSubregion(0x0000, work);
for (const addr of [0x0800, 0x1000, 0x1800])
  cpu.addSubregion(addr, machine.alias({ name: "mirror", target: work, size: 2 * KiB }));

const BANK = 16 * KiB;
const cartridge = machine.romDevice({
  name: "cartridge",
  size: 4 * BANK,
  write: (offset, value) => (window.aliasOffset = (value & 3) * BANK), // the mapper
});
for (let bank = 0; bank < 4; bank++) cartridge.ramBytes(bank * BANK, 1).fill(bank);
const window = machine.alias({ name: "bank", target: cartridge, size: BANK });
const last = machine.alias({ name: "last", target: cartridge, offset: 3 * BANK, size: BANK });
cpu.addSubregion(0x8000, window);
cpu.addSubregion(0xc000, last);

for (let bank = 1; bank < 12; bank++) {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  bus.store(0x8000, 1, bank);
  console.log("bank", bus.load(0x8000, 1));
}
