/** Operations on everything a `pc` has: map, configuration, ports, memory, drives. Seeded. */
import {
  type Access,
  configWrite,
  memoryRead,
  memoryWrite,
  portRead,
  portWrite,
  type Step,
} from "../support/guest-access.js";
import { RandomGuest } from "../support/random-guest.js";
import { PORT_GROUPS, type PortGroup, RandomPorts } from "../support/random-ports.js";
import { Random } from "@mem/common";
import { isFair } from "./intended.js";
import type { Traits } from "./traits.js";

/** What a drive is asked for. Sectors near both ends, and beyond. */
const SECTORS = [0, 1, 2, 0x10, 0xff, 0x100, 0x4ffe, 0x4fff, 0x5000, 0x0fff_ffff];
const COMMANDS = [
  ...[0x00, 0x03, 0x06, 0x10, 0x11, 0x20, 0x21, 0x24, 0x25, 0x27, 0x29, 0x30, 0x34, 0x39, 0x40],
  ...[0x42, 0x70, 0x90, 0x94, 0x98, 0xa0, 0xa1, 0xb0, 0xb0, 0xb0, 0xc4, 0xc5, 0xc6, 0xc8, 0xca],
  ...[0xe0, 0xe3, 0xe5, 0xe7, 0xea, 0xec, 0xec, 0xef, 0xef, 0xf5, 0xf8, 0xff, 0x08],
];
/** Commands whose data the bus master moves. */
const BUS_MASTER_COMMANDS: readonly number[] = [0x25, 0xc8, 0xca];
const READ_DMA_EXT = 0x25;
const PIIX3_IDE = 0x09;
const BUS_MASTER_PORTS = 0xc000;
const BUS_MASTER_TABLE = 0x2_0000;
const PACKETS = [
  "00",
  "0300000012",
  "120000002400",
  "1b00000003",
  "1e00000001",
  "25",
  "28000000000100000100",
  "28000000000000000300",
  "280000ffff0000000100",
  "2b0000000010",
  "42024001000000000010",
  "43020000000000001400",
  "43000100000000000c00",
  "430202000000000030",
  "460000000000000100",
  "46020000000000000800",
  "4a010000100000000800",
  "51000000000000002200",
  "5a002a000000000080",
  "5a0001000000000080",
  "a8000000000200000001",
  "ac",
  "ad0000000000000020",
  "bb00ffffff",
  "bd00000000000000000800",
  "be0000000001000001f8",
  "ff",
] as const;

/** A sequence of steps that follows from its seed and from what the machine has. */
export class RandomOperations extends Random {
  readonly #guest: RandomGuest;
  readonly #ports: readonly RandomPorts[];
  readonly #traits: Traits;

  constructor(seed: number, traits: Traits) {
    super(seed);
    this.#traits = traits;
    this.#guest = new RandomGuest(this.next());
    const groups = PORT_GROUPS.filter((group) => this.#isThere(group));
    this.#ports = groups.map((group) => new RandomPorts(this.next(), group));
  }

  /** What makes the blocks answer. */
  setUp(): Step[] {
    const ports = this.#ports.map((group) => group.setUp());
    const steps = [...ports, ...this.#traits.channels.map(identify)];
    return steps.filter(({ accesses }) => accesses.length > 0);
  }

  /** The next step, without what is known to differ. */
  step(): Step {
    const step = this.#any();
    return { ...step, accesses: step.accesses.filter((access) => isFair(access, this.#traits)) };
  }

  #any(): Step {
    const kind = this.below(100);
    if (kind < 55) return this.#guest.step();
    if (kind < 80) return this.pick(this.#ports).step();
    if (kind < 88 && this.#traits.channels.length > 0) return this.#drive();
    return this.#memory();
  }

  #isThere(group: PortGroup): boolean {
    if (group === "serial") return this.#traits.serial;
    // What they hold of a drive is asked for by whole commands.
    return group !== "ide" || this.#traits.channels.length === 0;
  }

  #memory(): Step {
    const address = this.pick([0x1000, 0x9fff0, 0xc0000, 0xe4000, 0xf0000, 0x10_0000]);
    const at = address + 4 * this.below(0x100);
    const size = this.pick([1, 2, 4] as const);
    const write = memoryWrite(at, size, this.next());
    return {
      what: "RAM and shadow",
      accesses: [...(this.oneIn(2) ? [write] : []), memoryRead(at, size)],
    };
  }

  /** A command for a drive, some of its data, and the registers. */
  #drive(): Step {
    const base = this.pick(this.#traits.channels);
    const sector = this.pick(SECTORS);
    const command = this.pick(COMMANDS);
    const smart = command === 0xb0;
    const feature = smart
      ? this.pick([0xd0, 0xd1, 0xd2, 0xd4, 0xd5, 0xd8, 0xda, 0xd3])
      : this.pick([0, 1, 2, 3, 5, 0x42, 0x82, 0xaa]);
    const address = smart ? 0xc2_4f00 | this.pick([0, 1, 2, 6, 0xf1]) : sector;
    const count = this.pick([0, 1, 2, 3, 8, 16, 0x22, 0x44]);
    const accesses: Access[] = [
      portWrite(base + 6, 1, 0xe0 | (smart ? 0 : (sector >>> 24) & 0x0f)),
      portWrite(base + 1, 1, feature),
      // Its high byte is what was written before, and 0 would be 65536: more sectors than fit the table.
      ...(command === READ_DMA_EXT ? [portWrite(base + 2, 1, 0)] : []),
      portWrite(base + 2, 1, command === READ_DMA_EXT ? Math.max(1, count) : count),
      portWrite(base + 3, 1, address & 0xff),
      portWrite(base + 4, 1, (address >>> 8) & 0xff),
      portWrite(base + 5, 1, (address >>> 16) & 0xff),
      portWrite(base + 7, 1, command),
    ];
    if (command === 0xa0 && base === 0x170) {
      const bytes = Buffer.from(this.pick(PACKETS).padEnd(24, "0"), "hex");
      for (let at = 0; at < 12; at += 2) accesses.push(portWrite(base, 2, bytes.readUInt16LE(at)));
    }
    if (BUS_MASTER_COMMANDS.includes(command) || (command === 0xa0 && (feature & 1) !== 0)) {
      accesses.push(...busMaster(base, command === 0xca));
    }
    const registers = [1, 2, 3, 4, 5, 6, 7].map((n) => portRead(base + n, 1));
    const words = Array.from({ length: this.pick([0, 4, 256, 257]) }, () =>
      command >= 0x30 && command <= 0x3f ? portWrite(base, 2, this.next()) : portRead(base, 2),
    );
    return { what: "drive", accesses: [...accesses, ...registers, ...words, ...registers] };
  }
}

/** Let the bus master move what a command asked for: its table names 128 KiB, more than any of them has. */
function busMaster(base: number, isWrite: boolean): Access[] {
  const ports = BUS_MASTER_PORTS + (base === 0x170 ? 8 : 0);
  return [
    ...configWrite(PIIX3_IDE, 0x20, 4, BUS_MASTER_PORTS),
    ...configWrite(PIIX3_IDE, 0x04, 2, 0x05),
    ...[0x3_0000, 0, 0x4_0000, 0x8000_0000].map((word, n) =>
      memoryWrite(BUS_MASTER_TABLE + 4 * n, 4, word),
    ),
    portWrite(ports + 4, 4, BUS_MASTER_TABLE),
    portWrite(ports, 1, isWrite ? 0x01 : 0x09),
    portRead(ports + 2, 1),
    portWrite(ports, 1, 0),
    portRead(ports + 2, 1),
    memoryRead(0x3_0000, 4),
    memoryRead(0x4_fffc, 4),
  ];
}

/** Have a drive identify itself, and take all that it says: QEMU forgets a transfer mode set before the first time. */
function identify(base: number): Step {
  const command = base === 0x170 ? 0xa1 : 0xec;
  const words = Array.from({ length: 256 }, () => portRead(base, 2));
  return {
    what: "set up",
    accesses: [portWrite(base + 6, 1, 0xe0), portWrite(base + 7, 1, command), ...words],
  };
}
