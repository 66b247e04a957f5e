import { GiB } from "@mem/flat";
import { addDevice, makeMap } from "./map.js";
import { followSlots } from "./slots.js";

const map = makeMap(4 * GiB);
const { end } = followSlots(map.memory, (line) => console.log(line));

console.log("A ROM of 64 KiB in front of the RAM:");
const rom = map.machine.rom({ name: "rom", size: 0x10000 });
map.system.addSubregion(0xf0000, rom, { priority: 1 });

console.log("And away again:");
rom.enabled = false;

addDevice(map, 0x1000, () => console.log("The doorbell rang."));
map.memory.store(0xe000_1000, 4, 1);
end();
