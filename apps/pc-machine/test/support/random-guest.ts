/** A guest that does what it likes with everything that changes the memory map. */
import {
  type Access,
  configIndex,
  configRead,
  configWrite,
  memoryRead,
  memoryWrite,
  portRead,
  portWrite,
  type Step,
  type Width,
} from "./guest-access.js";
import { Random } from "@mem/common";

const HOST_BRIDGE = 0x00;
const ISA_BRIDGE = 0x08;
const IDE = 0x09;
const POWER = 0x0b;
const VGA = 0x10;
const FUNCTIONS = [HOST_BRIDGE, ISA_BRIDGE, IDE, POWER, VGA] as const;
const NO_FUNCTIONS = [0x0a, 0x18, 0xff, 0x100] as const;

const COMMAND = 0x04;
const ROM_ADDRESS = 0x30;
const MEMORY_BARS = [
  [VGA, 0x10],
  [VGA, 0x18],
  [VGA, ROM_ADDRESS],
] as const;
const IO_BARS = [[IDE, 0x20]] as const;

const MEMORY_PLACES = [
  0, 0x1000, 0xa0000, 0xb8000, 0xc0000, 0xe0000, 0xf0000, 0x10_0000, 0x100_0000, 0x3ff_0000,
  0x400_0000, 0x7fff_0000, 0x8000_0000, 0xc000_0000, 0xe000_0000, 0xfd00_0000, 0xfebf_0000,
  0xfec0_0000, 0xfed0_0000, 0xfee0_0000, 0xff00_0000, 0xfffc_0000, 0xffff_0000, 0xffff_f000,
  0xffff_ffff,
];
const PORT_PLACES = [
  0, 0x10, 0x20, 0x40, 0x60, 0x70, 0x80, 0x90, 0xb0, 0xc0, 0x1c0, 0x1f0, 0x370, 0x3c0, 0x3f0, 0x4d0,
  0x510, 0x600, 0xc00, 0xcc0, 0xcf0, 0x5650, 0xae00, 0xafe0, 0xb000, 0xb100, 0xc000, 0xffc0, 0xfff0,
  0x1_0000, 0x1234_5670, 0xffff_ffff,
];
const REGISTERS = [
  0x00, 0x04, 0x06, 0x08, 0x0c, 0x0e, 0x10, 0x14, 0x18, 0x20, 0x24, 0x2c, 0x30, 0x34, 0x3c, 0x3d,
  0x40, 0x44, 0x4c, 0x4e, 0x57, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5e, 0x5f, 0x60, 0x62, 0x63, 0x67,
  0x69, 0x70, 0x72, 0x76, 0x80, 0x81, 0x82, 0x90, 0x92, 0xa0, 0xa8, 0xd2, 0xd4, 0xfc, 0xfe, 0xff,
];
const VALUES = [0, 1, 2, 0x40, 0x48, 0x80, 0xff, 0x3333_3333, 0x5555_5555, 0xffff, 0xffff_ffff];
const WIDTHS: readonly Width[] = [1, 2, 4];

/** Steps that follow from nothing but the seed. */
export class RandomGuest extends Random {
  /** The next step. */
  step(): Step {
    const kind = this.below(100);
    if (kind < 20) return this.#placeMemoryBar();
    if (kind < 28) return this.#placePortBar();
    if (kind < 38) return this.#command();
    if (kind < 50) return this.#shadow();
    if (kind < 60) return this.#powerBlocks();
    if (kind < 72) return this.#display();
    if (kind < 82) return this.#anyRegister();
    if (kind < 87) return this.#oddPorts();
    if (kind < 95) return this.#memory();
    if (kind < 98) return this.#gates();
    return this.#reset();
  }

  #placeMemoryBar(): Step {
    const [devfn, register] = this.pick(MEMORY_BARS);
    const place = this.oneIn(4) ? this.next() : this.pick(MEMORY_PLACES);
    const value = register === ROM_ADDRESS && !this.oneIn(4) ? place | 1 : place;
    return this.#place("memory BAR", devfn, register, value);
  }

  #placePortBar(): Step {
    const [devfn, register] = this.pick(IO_BARS);
    const place = this.oneIn(4) ? this.next() & 0xffff : this.pick(PORT_PLACES);
    return this.#place("port BAR", devfn, register, place);
  }

  /** Mostly a whole doubleword, sometimes only a part of it. */
  #place(what: string, devfn: number, register: number, value: number): Step {
    const size = this.oneIn(5) ? this.pick(WIDTHS) : 4;
    const part = size === 4 ? 0 : this.below(4 / size) * size;
    return {
      what,
      accesses: [
        ...configWrite(devfn, register + part, size, value >>> (8 * part)),
        ...configRead(devfn, register, 4),
      ],
    };
  }

  #command(): Step {
    const devfn = this.pick(FUNCTIONS);
    const value = this.oneIn(4) ? this.next() : this.below(8);
    const size = this.pick([1, 2, 2, 4] as const);
    return {
      what: "command register",
      accesses: [...configWrite(devfn, COMMAND, size, value), ...configRead(devfn, COMMAND, 4)],
    };
  }

  #shadow(): Step {
    const isSmram = this.oneIn(4);
    const register = isSmram ? 0x72 : 0x59 + this.below(7);
    const value = isSmram ? this.pick([0x02, 0x0a, 0x1a, 0x42, 0x4a, 0x62, 0xff, 0]) : this.next();
    const size = this.oneIn(4) ? this.pick(WIDTHS) : 1;
    const at = register - (register % size);
    return {
      what: isSmram ? "SMRAM" : "PAM",
      accesses: configWrite(HOST_BRIDGE, at, size, value << (8 * (register - at))),
    };
  }

  #powerBlocks(): Step {
    const register = this.pick([0x40, 0x41, 0x80, 0x90, 0x91, 0xd2, 0x58, 0x5b]);
    const isBase = register === 0x40 || register === 0x90;
    const size = isBase && !this.oneIn(4) ? 4 : this.pick([1, 1, 2] as const);
    const value = isBase ? this.pick(PORT_PLACES) : this.oneIn(3) ? this.next() : this.below(4);
    return {
      what: "power management",
      accesses: [
        ...configWrite(POWER, register - (register % size), size, value),
        ...configRead(POWER, register & ~3, 4),
      ],
    };
  }

  #display(): Step {
    const indexed = (what: string, port: number, index: number, value: number): Step => ({
      what,
      accesses: this.oneIn(2)
        ? [portWrite(port, 2, index | (value << 8))]
        : [portWrite(port, 1, index), portWrite(port + 1, 1, value), portRead(port + 1, 1)],
    });
    switch (this.below(6)) {
      case 0:
        return indexed("sequencer", 0x3c4, this.pick([2, 4]), this.pick([0x0f, 0x0e, 0x08, 0xff]));
      case 1:
        return indexed("graphics controller", 0x3ce, this.pick([5, 6]), this.next() & 0xff);
      case 2:
        return { what: "VGA output", accesses: [portWrite(0x3c2, 1, this.next())] };
      case 3:
        return this.#dispi(4, this.pick([0, 1, 0x41, 0x80, 0xc1, 0x61, 2, 3]));
      case 4:
        return this.#dispi(5, this.pick([0, 1, 2, 15, 16, 0x3f, 0xff, 0x100]));
      default:
        return this.#dispi(
          this.pick([0, 1, 2, 3, 6, 7, 8, 9, 10, 11]),
          this.pick([0, 1, 4, 8, 15, 16, 24, 32, 320, 640, 1024, 0xb0c4, 0xffff]),
        );
    }
  }

  #dispi(index: number, value: number): Step {
    return {
      what: "dispi",
      accesses: [portWrite(0x1ce, 2, index), portWrite(0x1cf, 2, value), portRead(0x1cf, 2)],
    };
  }

  #anyRegister(): Step {
    const devfn = this.oneIn(6) ? this.pick(NO_FUNCTIONS) : this.pick(FUNCTIONS);
    const size = this.pick(WIDTHS);
    const register = this.pick(REGISTERS) & ~(size - 1);
    const value = this.oneIn(2) ? this.pick(VALUES) : this.next();
    return {
      what: "configuration register",
      accesses: [
        ...configWrite(devfn, register, size, value),
        ...configRead(devfn, register & ~3, 4),
      ],
    };
  }

  /** The configuration ports in ways a driver would not use them. */
  #oddPorts(): Step {
    const size = this.pick(WIDTHS);
    const port = this.pick([0xcf8, 0xcfa, 0xcfb, 0xcfc, 0xcfd, 0xcfe, 0xcff, 0xcf7]);
    const index = configIndex(this.pick(FUNCTIONS), this.pick(REGISTERS));
    const odd: Access = this.oneIn(2)
      ? portRead(port, size)
      : portWrite(port, size, this.next() & 0xf9f9_f9f9);
    return { what: "odd port access", accesses: [index, odd, portRead(0xcf8, 4)] };
  }

  #memory(): Step {
    const place = this.pick(MEMORY_PLACES);
    // Now and then across the border before a place, or not aligned.
    const address = this.oneIn(4)
      ? Math.max(0, place - this.below(4))
      : place + (this.oneIn(4) ? this.below(0x1000) : 4 * this.below(0x400));
    // What is not on this board (I/O APIC, HPET, APIC) is left alone; so is what wraps around.
    const isAbsent = address >= 0xfebf_fffc && address < 0xff00_0000;
    const at = isAbsent || address > 0xffff_fffc ? 0x5000 : address;
    const size = this.pick(WIDTHS);
    const isDisplay = at >= 0x9_fffc && at < 0xc0000;
    return {
      what: "memory",
      accesses: isDisplay
        ? [memoryWrite(at, 1, this.next())]
        : [memoryWrite(at, size, this.next()), memoryRead(at, size)],
    };
  }

  #gates(): Step {
    return this.oneIn(2)
      ? {
          what: "port 92",
          accesses: [portWrite(0x92, 1, this.next() & 0xfe), portRead(0x92, 1)],
        }
      : {
          what: "keyboard controller's A20",
          accesses: [portWrite(0x64, 1, this.pick([0xdd, 0xdf])), portRead(0x92, 1)],
        };
  }

  #reset(): Step {
    switch (this.below(4)) {
      case 0:
        return { what: "port 92", accesses: [portWrite(0x92, 1, 0), portWrite(0x92, 1, 1)] };
      case 1:
        return { what: "reset control", accesses: [portWrite(0xcf9, 1, 6), portRead(0xcf9, 1)] };
      case 2:
        return { what: "keyboard controller", accesses: [portWrite(0x64, 1, 0xfe)] };
      default:
        return { what: "somebody", accesses: [], resetButton: true };
    }
  }
}
