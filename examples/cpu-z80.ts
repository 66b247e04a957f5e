/**
 * A Z80 that somebody else wrote, on a computer of 128 KiB whose RAM is seen through windows.
 *
 * The core (`z80-emulator`, from npm) asks an object for memory and for ports: two address spaces.
 * Banks 5 and 2 of the RAM are always there, any of the eight is at C000, as a port says; bank 5
 * may thus be seen twice. A second core runs the same program on a bus written by hand.
 */
import { KiB, Machine, mtree } from "@mem/flat";
import { type Hal, Z80 } from "z80-emulator";

const BANK = 16 * KiB;
const ROUNDS = 60;

const program = [
  ...[0x31, 0x00, 0x80, 0x01, 0xfd, 0x7f], // 0000        LD SP,8000; LD BC,7FFD  the port
  ...[0x3e, 0x07], //                         0006 start: LD A,7
  ...[0xed, 0x79, 0x21, 0x00, 0xc0], //       0008 bank:  OUT (C),A; LD HL,C000
  ...[0x77, 0x2c, 0x20, 0xfc], //             000D fill:  LD (HL),A; INC L; JR NZ,fill
  ...[0x3d, 0xf2, 0x08, 0x00], //             0011        DEC A; JP P,bank
  ...[0x3e, 0x07, 0x11, 0x00, 0x00], //       0015        LD A,7; LD DE,0         the sum
  ...[0xed, 0x79, 0x21, 0x00, 0xc0, 0xf5], // 001A next:  OUT (C),A; LD HL,C000; PUSH AF
  ...[0x7b, 0x86, 0x5f, 0x30, 0x01, 0x14], // 0020 add:   LD A,E; ADD (HL); LD E,A; carry to D
  ...[0x2c, 0x20, 0xf7, 0xf1], //             0026        INC L; JR NZ,add; POP AF
  ...[0x3d, 0xf2, 0x1a, 0x00], //             002A        DEC A; JP P,next
  ...[0xed, 0x53, 0x00, 0x40], //             002E        LD (4000),DE            in bank 5
  ...[0x21, 0x02, 0x41, 0x34], //             0032        LD HL,4102; INC (HL)    rounds
  ...[0x7e, 0xfe, ROUNDS, 0x20, 0xcb, 0x76], // 0036      LD A,(HL); CP; JR NZ,start; HALT
];

/** What both computers have: no contention, and nothing to read at a port. */
const plain = { tStateCount: 0, contendMemory() {}, contendPort() {}, readPort: () => 0xff };

/** The computer as a map of memory, and one of ports. */
function mappedBus(): Hal & { machine: Machine } {
  const machine = new Machine();
  const ram = machine.ram({ name: "ram", size: 8 * BANK });
  const window = (bank: number) =>
    machine.alias({ name: "window", target: ram, offset: bank * BANK, size: BANK });
  const paged = window(0);
  const rom = machine.rom({ name: "rom", size: BANK });
  rom.ramBytes().set(program);
  const map = machine.container({ name: "map", size: 64 * KiB });
  for (const [i, region] of [rom, window(5), window(2), paged].entries())
    map.addSubregion(i * BANK, region);
  const ports = machine.container({ name: "ports", size: 64 * KiB });
  const write = (port: number, value: number) => {
    if ((port & 2) === 0) paged.aliasOffset = (value & 7) * BANK;
  };
  // Its register is wherever the lines A15 and A1 are 0.
  ports.addSubregion(0, machine.mmio({ name: "paging", size: 32 * KiB, write }));
  const memory = machine.addressSpace(map, "memory");
  const io = machine.addressSpace(ports, "I/O");
  return {
    ...plain,
    machine,
    readMemory: (addr) => memory.load(addr, 1),
    writeMemory: (addr, value) => void memory.store(addr, 1, value), // a store to ROM is refused
    writePort: (port, value) => void io.store(port, 1, value),
  };
}

/** The same by hand: where each quarter of the addresses begins in one array. */
function ownBus(): Hal {
  const bytes = new Uint8Array(9 * BANK);
  bytes.set(program, 8 * BANK);
  const quarters = [8 * BANK, 5 * BANK, 2 * BANK, 0];
  return {
    ...plain,
    readMemory: (addr) => bytes[(quarters[addr >> 14] ?? 0) + (addr & 0x3fff)] ?? 0,
    writeMemory(addr, value) {
      if (addr >> 14 !== 0) bytes[(quarters[addr >> 14] ?? 0) + (addr & 0x3fff)] = value;
    },
    writePort(port, value) {
      if ((port & 0x8002) === 0) quarters[3] = (value & 7) * BANK;
    },
  };
}

/** Runs the program to its end; answers its sum, and millions of instructions a second. */
function run(hal: Hal) {
  const cpu = new Z80(hal);
  hal.writeMemory(0x4102, 0);
  let steps = 0;
  const before = performance.now();
  for (; cpu.regs.halted === 0; steps++) cpu.step();
  const speed = steps / (performance.now() - before) / 1000;
  return { sum: hal.readMemory(0x4000) + 256 * hal.readMemory(0x4001), speed };
}

const mapped = mappedBus();
console.log(mtree(mapped.machine, { flatview: true })[0]);
const buses = { "@mem/flat": mapped, "by hand": ownBus() };
for (const bus of Object.values(buses)) run(bus); // what is compiled meanwhile is not measured
console.log(`\n${ROUNDS} rounds over 256 bytes of each of 8 banks, which hold 0 to 7:`);
for (const [name, bus] of Object.entries(buses)) {
  const { sum, speed } = run(bus);
  console.log(`  ${name.padEnd(9)}  sum ${sum}, ${speed.toFixed(1)} million instructions a second`);
}
