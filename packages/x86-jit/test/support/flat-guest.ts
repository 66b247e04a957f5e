/** A small machine whose processor translates. */
import { type AddressSpace, Machine, type MemoryRegion } from "@mem/flat";
import { X86Cpu } from "@mem/x86";
import { type Translator, translator, type TranslatorOptions } from "../../src/index.js";

/** Machine of one processor, 1 MiB of RAM, and ports. */
export interface FlatGuest {
  readonly cpu: X86Cpu;
  readonly ram: MemoryRegion;
  /** The memory as a device that transfers by itself sees it. */
  readonly dma: AddressSpace;
  readonly translator: Translator;
}

/** Settings of {@link flatGuest}. */
export interface FlatGuestOptions {
  /** Settings of the translator; by default it translates after 4 runs. */
  readonly translation?: Partial<TranslatorOptions>;
  /** True for RAM outside the translator's WebAssembly memory. */
  readonly elsewhere?: boolean;
  /** Called after a byte was written to any port; without it nothing answers at the ports. */
  readonly out?: (guest: FlatGuest) => void;
  /** Called for a PAUSE; without it nobody is told of any. */
  readonly pause?: (guest: FlatGuest) => void;
}

/** again: add eax, 3; jmp again */
export const COUNT = [0x83, 0xc0, 0x03, 0xeb, 0xfb];

/** A flat 32-bit processor with code at 0x1000 of its RAM. */
export function flatGuest(code: readonly number[], options: FlatGuestOptions = {}): FlatGuest {
  const { elsewhere = false, out, pause } = options;
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
  const machine = new Machine();
  const system = machine.container({ name: "system", size: 2n ** 32n });
  const place = elsewhere ? {} : { memory, memoryOffset: 1 << 20 };
  const ram = machine.ram({ name: "ram", size: 1 << 20, ...place });
  system.addSubregion(0, ram);
  const ioPorts = { name: "ports", size: 0x10000 };
  const ports =
    out === undefined
      ? machine.container(ioPorts)
      : machine.mmio({ ...ioPorts, read: () => 0, write: () => out(guest) });
  const translation = translator({ memory, threshold: 4, patience: 1, ...options.translation });
  const cpu = new X86Cpu({
    memory: machine.addressSpace(system, "memory"),
    io: machine.addressSpace(ports, "ports"),
    acknowledgeInterrupt: () => 0,
    ...(pause === undefined ? {} : { pause: () => pause(guest) }),
    ...translation,
  });
  ram.ramBytes().set(code, 0x1000);
  const data = { selector: 0x10, base: 0, limit: 0xffffffff, flags: 0xcf9300 };
  const cs = { ...data, selector: 8, flags: 0xcf9b00 };
  cpu.setState({ cr0: 0x60000011, cs, ds: data, es: data, ss: data, eip: 0x1000, esp: 0x8000 });
  const dma = machine.addressSpace(system, "dma");
  const guest = { cpu, ram, dma, translator: translation.translator };
  return guest;
}
