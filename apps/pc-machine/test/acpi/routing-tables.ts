/** The four descriptions of a PC's interrupt wiring, read from the memory of a machine whose firmware has run. */
import type { PcMachine } from "../../src/board/pc-machine.js";

/** Wiring of a pin of a PCI slot. */
export interface Route {
  readonly slot: number;
  /** 0 to 3: INTA# to INTD#. */
  readonly pin: number;
}

/** A pin, and the link of the bridge's that it is wired to. */
export interface LinkRoute extends Route {
  /** A name of the DSDT, such as `LNKA`; or the register of the bridge's that routes it. */
  readonly link: string | number;
}

/** A pin, and the input of the I/O APIC that it arrives at. */
export interface InputRoute extends Route {
  readonly input: number;
}

const FIRMWARE = { FIRST: 0xf_0000, BYTES: 0x1_0000 } as const;
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** Memory of a machine, with its tables. */
export class RoutingTables {
  readonly #pc: PcMachine;

  constructor(pc: PcMachine) {
    this.#pc = pc;
  }

  /** `$PIR`: to which register of the bridge each pin is wired. */
  pir(): LinkRoute[] {
    const table = this.#checked(this.#find("$PIR"), (view) => view.getUint16(6, true));
    const routes: LinkRoute[] = [];
    for (let at = 32; at < table.byteLength; at += 16) {
      for (let pin = 0; pin < 4; pin++) {
        const link = table.getUint8(at + 2 + 3 * pin);
        if (link !== 0) routes.push({ slot: table.getUint8(at + 1) >> 3, pin, link });
      }
    }
    return routes;
  }

  /** The MP table: at which input of the I/O APIC the pins arrive, and ISA's interrupts. */
  mp(): {
    readonly pci: InputRoute[];
    readonly isa: Map<number, number>;
    readonly processors: number;
  } {
    const pointer = this.#view(this.#find("_MP_"), 16).getUint32(4, true);
    const table = this.#checked(pointer, (view) => view.getUint16(4, true));
    const buses = new Map<number, string>();
    const pci: InputRoute[] = [];
    const isa = new Map<number, number>();
    let processors = 0;
    for (let at = 44; at < table.byteLength; at += table.getUint8(at) === 0 ? 20 : 8) {
      const byte = (offset: number): number => table.getUint8(at + offset);
      if (byte(0) === 0) processors += 1;
      if (byte(0) === 1) buses.set(byte(1), latin1(this.#bytes(pointer + at + 2, 6)).trim());
      if (byte(0) !== 3 || byte(1) !== 0) continue;
      const [source, input] = [byte(5), byte(7)];
      if (buses.get(byte(4)) === "PCI") pci.push({ slot: source >> 2, pin: source & 3, input });
      else isa.set(source, input);
    }
    return { pci, isa, processors };
  }

  /** MADT: processors, and where ISA's interrupts arrive that are not at their own number. */
  madt(): {
    readonly processors: number;
    readonly inputs: Map<number, number>;
    readonly level: Set<number>;
  } {
    const table = this.#acpi("APIC");
    const inputs = new Map<number, number>();
    const level = new Set<number>();
    let processors = 0;
    for (let at = 44; at < table.byteLength; at += table.getUint8(at + 1)) {
      if (table.getUint8(at) === 0) processors += 1;
      if (table.getUint8(at) !== 2) continue;
      const irq = table.getUint8(at + 3);
      inputs.set(irq, table.getUint32(at + 4, true));
      if ((table.getUint16(at + 8, true) & 0xc) === 0xc) level.add(irq);
    }
    return { processors, inputs, level };
  }

  /** The DSDT's `_PRT`: to which link device each pin is wired. */
  prt(): LinkRoute[] {
    const view = this.#acpi("DSDT");
    const code = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const [routes] = package_(code, latin1(code).indexOf("_PRT") + 4);
    return routes.map((route) => {
      const [address = 0, pin = 0, link = ""] = Array.isArray(route) ? route : [];
      return { slot: Number(address) >>> 16, pin: Number(pin), link: String(link).slice(-4) };
    });
  }

  #acpi(signature: string): DataView {
    const root = this.#view(this.#view(this.#find("RSD PTR "), 20).getUint32(16, true), 36);
    const length = root.getUint32(4, true);
    const rsdt = this.#view(this.#view(this.#find("RSD PTR "), 20).getUint32(16, true), length);
    for (let at = 36; at < length; at += 4) {
      const pointer = rsdt.getUint32(at, true);
      const name = latin1(this.#bytes(pointer, 4));
      const found = signature === "DSDT" && name === "FACP";
      const target = found ? this.#view(pointer, 44).getUint32(40, true) : pointer;
      if (found || name === signature) return this.#checked(target, (t) => t.getUint32(4, true));
    }
    throw new Error(`there is no ${signature}`);
  }

  /** A table whose bytes must sum to zero. */
  #checked(address: number, lengthOf: (view: DataView) => number): DataView {
    const length = lengthOf(this.#view(address, 64));
    const sum = this.#bytes(address, length).reduce((all, value) => all + value, 0) & 0xff;
    if (sum !== 0) throw new Error(`the table at ${address.toString(16)} sums to ${sum}`);
    return this.#view(address, length);
  }

  #find(signature: string): number {
    const text = latin1(this.#bytes(FIRMWARE.FIRST, FIRMWARE.BYTES));
    for (let at = 0; at < text.length; at += 16) {
      if (text.startsWith(signature, at)) return FIRMWARE.FIRST + at;
    }
    throw new Error(`there is no ${signature}`);
  }

  #bytes(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#pc.memory.read(address, bytes);
    return bytes;
  }

  #view(address: number, length: number): DataView {
    return new DataView(this.#bytes(address, length).buffer);
  }
}

/** Things in a package: numbers, names, packages. */
type Element = number | string | Element[];

/** The package at `at`, and where it ends. */
function package_(code: Uint8Array, at: number): [Element[], number] {
  if (code[at] !== 0x12) throw new Error(`there is no package at ${at}`);
  let next = at + 2 + ((code[at + 1] ?? 0) >> 6);
  const count = code[next++] ?? 0;
  const elements: Element[] = [];
  while (elements.length < count) {
    const [element, after] = elementAt(code, next);
    elements.push(element);
    next = after;
  }
  return [elements, next];
}

function elementAt(code: Uint8Array, at: number): [Element, number] {
  const sign = code[at] ?? 0;
  const bytes = { 0x0a: 1, 0x0b: 2, 0x0c: 4 }[sign];
  if (bytes !== undefined) {
    let value = 0;
    for (let index = bytes; index > 0; index--) value = value * 256 + (code[at + index] ?? 0);
    return [value, at + 1 + bytes];
  }
  if (sign === 0x12) return package_(code, at);
  if (sign <= 1) return [sign, at + 1];
  // From the root, two segments.
  if (sign === 0x5c && code[at + 1] === 0x2e) return [latin1(code.slice(at + 2, at + 10)), at + 10];
  throw new Error(`byte ${sign} at ${at} begins nothing that is known here`);
}
