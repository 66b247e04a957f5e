/**
 * An 8-bit console: mirrored memory, banks of a cartridge, and a second bus for video. All that
 * its processor sees in 64 KiB is a tree of regions: a mirror and a bank are both aliases, and
 * switching banks is to change where an alias looks.
 */
import { KiB } from "@mem/core";
import { Machine, mtree } from "@mem/flat";
import { Bus } from "@mem/ldst";

const machine = new Machine();
const cpuMap = machine.container({ name: "cpu-map", size: 64 * KiB });
const cpu = new Bus(machine.addressSpace(cpuMap, "cpu"));

// 2 KiB of work RAM at 0x0000. The console's wiring ignores two address lines, so the same bytes
// appear three more times, up to 0x1fff.
const work = machine.ram({ name: "work-ram", size: 2 * KiB });
cpuMap.addSubregion(0x0000, work);
for (const addr of [0x0800, 0x1000, 0x1800])
  cpuMap.addSubregion(addr, machine.alias({ name: "mirror", target: work, size: 2 * KiB }));

// The video chip has a bus of its own, which the processor cannot see: 2 KiB of memory for what
// is on the screen, and again one mirror.
const videoMap = machine.container({ name: "video-map", size: 16 * KiB });
const screen = machine.ram({ name: "screen", size: 2 * KiB });
videoMap.addSubregion(0x2000, screen);
videoMap.addSubregion(0x2800, machine.alias({ name: "mirror", target: screen, size: 2 * KiB }));
const video = new Bus(machine.addressSpace(videoMap, "video"));

// What it shows the processor are 8 registers of a byte each, repeated over 8 KiB: it looks at
// three address lines only. Register 6 takes an address in two halves, register 7 is the data.
let cursor = 0;
const registers = machine.mmio({
  name: "video-registers",
  size: 8 * KiB,
  valid: { maxAccessSize: 1 },
  read: (offset) => ((offset & 7) === 7 ? video.ld8(cursor++ & 0x3fff) : 0),
  write: (offset, value) => {
    if ((offset & 7) === 6) cursor = ((cursor << 8) | value) & 0xffff;
    if ((offset & 7) === 7) video.st8(cursor++ & 0x3fff, value);
  },
});
cpuMap.addSubregion(0x2000, registers);

// The cartridge: 64 KiB, too much for the 32 KiB that are left. Reads come from its bytes; writes
// do not change them but reach the mapper, a chip on the cartridge: they choose a bank.
const BANK = 16 * KiB;
const cartridge = machine.romDevice({
  name: "cartridge",
  size: 4 * BANK,
  write: (_offset, value) => {
    window.aliasOffset = (value & 3) * BANK;
  },
});
for (let bank = 0; bank < 4; bank++)
  cartridge.ramBytes().set(new TextEncoder().encode(`bank ${bank}`), bank * BANK);

// Two windows on it: the lower can be moved by the mapper, the upper shows the last bank always.
const window = machine.alias({ name: "bank", target: cartridge, size: BANK });
const last = machine.alias({ name: "last", target: cartridge, offset: 3 * BANK, size: BANK });
cpuMap.addSubregion(0x8000, window);
cpuMap.addSubregion(0xc000, last);

/** Six characters, as the processor reads them. */
const text = (bus: Bus, addr: number) =>
  Array.from({ length: 6 }, (_, i) => String.fromCharCode(bus.ld8(addr + i))).join("");
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

console.log("What the processor sees:");
console.log(mtree(machine, { flatview: true }).find((view) => view.includes('"cpu"')));

console.log("\nWork RAM: store 0x2a at 0x0012, and load it from each mirror.");
cpu.st8(0x0012, 0x2a);
for (const addr of [0x0012, 0x0812, 0x1012, 0x1812])
  console.log(`  ${hex(addr, 4)}: ${hex(cpu.ld8(addr), 2)}`);

console.log("\nBanks: a store to the cartridge chooses what is at 0x8000.");
for (const bank of [0, 1, 2, 3]) {
  cpu.st8(0x8000, bank);
  console.log(`  wrote ${bank}: 8000 "${text(cpu, 0x8000)}", c000 "${text(cpu, 0xc000)}"`);
}

console.log("\nVideo: the processor sends an address and six bytes through two registers.");
for (const byte of [0x20, 0x45]) cpu.st8(0x2006, byte);
// Any repetition of register 7 does: 0x2007, 0x200f, 0x3fff...
for (const [i, char] of [..."Hello!"].entries()) cpu.st8(0x2007 + 8 * i, char.charCodeAt(0));
console.log(`  video 2045 "${text(video, 0x2045)}", mirror 2845 "${text(video, 0x2845)}"`);
console.log(
  `  processor 2045: ${hex(cpu.ld8(0x2045), 2)}, for that is register 5, which reads as 0`,
);
