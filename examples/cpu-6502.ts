/**
 * A 6502 that somebody else wrote, on a console with mirrors and banks.
 *
 * The core (`@sfotty-pie/sfotty`, from npm) asks an object with `read` and `write` for each of its
 * cycles; two closures put it on an address space. The program adds up all banks of a cartridge,
 * again and again; a second core does the same on a bus written by hand for this one console.
 */
import { KiB, Machine, mtree } from "@mem/flat";
import { type Memory, Sfotty } from "@sfotty-pie/sfotty";

const BANK = 16 * KiB;
const ROUNDS = 60;

// 64 KiB of cartridge, every byte of a bank its number plus one; the program is in the last bank.
const image = new Uint8Array(4 * BANK).map((_, offset) => 1 + Math.floor(offset / BANK));
const program = [
  ...[0xd8], //                               C000        CLD
  ...[0xa9, 0x00, 0x85, 0x10, 0x85, 0x11], // C001 start: sum = 0, a word at 10
  ...[0xa0, 0x03], //                         C007        LDY #3
  ...[0x8c, 0x00, 0x80], //                   C009 bank:  STY 8000     the mapper: bank Y
  ...[0xa2, 0x00], //                         C00C        LDX #0
  ...[0x18, 0xbd, 0x00, 0x81], //             C00E byte:  CLC, LDA 8100,X
  ...[0x6d, 0x10, 0x08, 0x85, 0x10], //       C012        ADC 0810     the sum, in a mirror
  ...[0x90, 0x02, 0xe6, 0x11], //             C017        BCC +2, INC 11
  ...[0xe8, 0xd0, 0xf0], //                   C01B        INX, BNE byte
  ...[0x88, 0x10, 0xe8], //                   C01E        DEY, BPL bank
  ...[0xe6, 0x12, 0xa5, 0x12], //             C021        INC 12, LDA 12   rounds
  ...[0xc9, ROUNDS, 0xd0, 0xd8], //           C025        CMP, BNE start
  ...[0x4c, 0x29, 0xc0], //                   C029 end:   JMP end
];
image.set(program, 3 * BANK);
image.set([0x00, 0xc0], 4 * BANK - 4); // the reset vector

/** The console as a map: RAM and its three mirrors, a window on the cartridge, its last bank. */
function mappedBus(): Memory & { machine: Machine } {
  const machine = new Machine();
  const map = machine.container({ name: "map", size: 64 * KiB });
  const work = machine.ram({ name: "work-ram", size: 2 * KiB });
  map.addSubregion(0x0000, work);
  for (const addr of [0x0800, 0x1000, 0x1800])
    map.addSubregion(addr, machine.alias({ name: "mirror", target: work, size: 2 * KiB }));
  const cartridge = machine.romDevice({
    name: "cartridge",
    size: image.length,
    write: (_offset, value) => void (window.aliasOffset = (value & 3) * BANK),
  });
  cartridge.ramBytes().set(image);
  const window = machine.alias({ name: "bank", target: cartridge, size: BANK });
  map.addSubregion(0x8000, window);
  const offset = 3 * BANK;
  map.addSubregion(0xc000, machine.alias({ name: "last", target: cartridge, offset, size: BANK }));
  const bus = machine.addressSpace(map, "cpu");
  return {
    machine,
    read: (addr) => bus.load(addr, 1),
    write: (addr, value) => void bus.store(addr, 1, value),
  };
}

/** The same by hand, for this map and no other. */
function ownBus(): Memory {
  const work = new Uint8Array(2 * KiB);
  let bank = 0;
  return {
    read(addr) {
      if (addr < 0x2000) return work[addr & 0x7ff] ?? 0;
      if (addr >= 0xc000) return image[3 * BANK + (addr & 0x3fff)] ?? 0;
      return addr >= 0x8000 ? (image[bank + (addr & 0x3fff)] ?? 0) : 0;
    },
    write(addr, value) {
      if (addr < 0x2000) work[addr & 0x7ff] = value;
      else if (addr >= 0x8000) bank = (value & 3) * BANK;
    },
  };
}

/** Runs the program from reset to its end; answers the sum, and millions of cycles a second. */
function run(memory: Memory) {
  const cpu = new Sfotty(memory);
  memory.write(0x12, 0);
  let cycles = 0;
  const before = performance.now();
  for (; memory.read(0x12) < ROUNDS; cycles += 1000) for (let i = 0; i < 1000; i++) cpu.run();
  const speed = cycles / (performance.now() - before) / 1000;
  return { sum: memory.read(0x10) + 256 * memory.read(0x11), speed };
}

const mapped = mappedBus();
console.log(mtree(mapped.machine, { flatview: true }).join("\n"));
const buses = { "@mem/flat": mapped, "by hand": ownBus() };
for (const bus of Object.values(buses)) run(bus); // what is compiled meanwhile is not measured
console.log(`\n${ROUNDS} rounds over 256 bytes of each of 4 banks, which hold 1, 2, 3 and 4:`);
for (const [name, bus] of Object.entries(buses)) {
  const { sum, speed } = run(bus);
  console.log(`  ${name.padEnd(9)}  sum ${sum}, ${speed.toFixed(1)} million cycles a second`);
}
