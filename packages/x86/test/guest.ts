import { CpuModel, X86Cpu, type CpuState, type StateStorage } from "../src/index.js";
import { SimpleBus } from "./simple-bus.js";

/** A processor on a simple bus with hand-assembled code at 0x1000. */
export class Guest {
  readonly memory: SimpleBus;
  readonly ports = new SimpleBus(0);
  readonly cpu: X86Cpu;
  vector = 0x20;
  acknowledged = 0;

  constructor(
    code: readonly number[],
    options: { at?: number; size?: number; storage?: StateStorage; model?: string } = {},
  ) {
    const at = options.at ?? 0x1000;
    this.memory = new SimpleBus(options.size ?? 1 << 20);
    this.cpu = new X86Cpu({
      memory: this.memory,
      io: this.ports,
      acknowledgeInterrupt: () => {
        this.acknowledged++;
        return this.vector;
      },
      ...(options.storage === undefined ? {} : { storage: options.storage }),
      ...(options.model === undefined ? {} : { model: CpuModel.parse(options.model) }),
    });
    this.put(at, code);
    const data = { selector: 0, base: 0, limit: 0xffff, flags: 0x9300 };
    this.cpu.setState({
      cs: { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 },
      ds: data,
      es: data,
      ss: data,
      eip: at,
      esp: 0x8000,
    });
  }

  /** Writes bytes to memory. */
  put(address: number, bytes: readonly number[]): void {
    this.memory.bytes.set(bytes, address);
  }
  /** Flat 32-bit segments with CR0.PE, at `cpl`; GDT at 0x500, IDT at 0x600 with 32 gates to 0x700+8n. */
  flat(cpl = 0): this {
    const gdt = [
      0, 0, 0xffff, 0x00cf9a00, 0xffff, 0x00cf9200, 0xffff, 0x00cffa00, 0xffff, 0x00cff200,
      0x09000067, 0x00008b00,
    ];
    gdt.forEach((v, k) => this.memory.view.setUint32(0x500 + k * 4, v, true));
    for (let v = 0; v < 32; v++) {
      this.memory.view.setUint32(0x600 + v * 8, 0x00080000 | (0xc00 + v * 4), true);
      this.memory.view.setUint32(0x604 + v * 8, 0x0000ee00, true);
      this.put(0xc00 + v * 4, [0xf4]);
    }
    this.memory.view.setUint32(0x904, 0x7000, true);
    this.memory.view.setUint32(0x908, 0x10, true);
    this.memory.view.setUint16(0x966, 0x68, true);
    const user = cpl === 3;
    const data = {
      selector: user ? 0x23 : 0x10,
      base: 0,
      limit: 0xffffffff,
      flags: user ? 0xcff300 : 0xcf9300,
    };
    this.cpu.setState({
      cr0: 0x60000011,
      cs: {
        selector: user ? 0x1b : 8,
        base: 0,
        limit: 0xffffffff,
        flags: user ? 0xcffb00 : 0xcf9b00,
      },
      ds: data,
      es: data,
      ss: data,
      tr: { selector: 0x28, base: 0x900, limit: 0x67, flags: 0x8b00 },
      gdtr: { base: 0x500, limit: 0x2f },
      idtr: { base: 0x600, limit: 0xff },
    });
    return this;
  }
  /** Identity maps the first 4 MiB: directory at 0x10000, table at 0x11000. */
  paged(pteFlags = 7): this {
    this.memory.view.setUint32(0x10000, 0x11007, true);
    for (let k = 0; k < 256; k++)
      this.memory.view.setUint32(0x11000 + k * 4, (k << 12) | pteFlags, true);
    this.cpu.setState({ cr3: 0x10000, cr0: 0xe0010011 });
    return this;
  }
  /** Runs until HLT (at most `limit` instructions) and returns the state. */
  run(limit = 10_000): CpuState {
    this.cpu.run(limit);
    return this.cpu.state();
  }
}

/** The exception a {@link Guest.flat} guest ended in: its vector, by where it halted; -1 = none. */
export function vectorOf(state: CpuState): number {
  const at = state.eip - 1 - 0xc00;
  return at >= 0 && at < 128 ? at >> 2 : -1;
}
