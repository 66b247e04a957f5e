// How a PC runs its BIOS from RAM: the ROM is copied
// to the RAM beneath, then that is shown in its place,
// read-only to the processor.
import { KiB, Machine } from "@mem/flat";

const machine = new Machine();
const system = machine.container({ name: "system", size: 0x100000 });
const ram = machine.ram({ name: "ram", size: 0x100000 });
const bios = machine.rom({ name: "bios", size: 64 * KiB });
bios.ramBytes(0, 4).set([0xea, 0x5b, 0xe0, 0x00]);
system.addSubregion(0, ram);
system.addSubregion(0xf0000, bios, { priority: 1 });
const shadow = machine.alias({ name: "shadow", target: ram, offset: 0xf0000, size: 64 * KiB });
shadow.readonly = true;
shadow.enabled = false;
system.addSubregion(0xf0000, shadow, { priority: 2 });
const bus = machine.addressSpace(system, "cpu");

console.log("ROM begins with", bus.load(0xf0000, 1).toString(16));
const copy = new Uint8Array(64 * KiB);
bus.read(0xf0000, copy);
ram.ramBytes(0xf0000, copy.length).set(copy);

await new Promise((resolve) => setTimeout(resolve, 2000));
shadow.enabled = true; // one transaction, one change of the picture
console.log("the shadow begins with", bus.load(0xf0000, 1).toString(16));
