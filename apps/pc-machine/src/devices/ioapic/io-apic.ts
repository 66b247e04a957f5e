/**
 * The I/O APIC: 24 inputs, each with an entry that says which message it becomes (82093AA data sheet,
 * version 20h: with an end-of-interrupt register).
 */
import type { DeviceObject, MemoryRegion } from "@mem/core";

import type { DeviceContext } from "../../device/context.js";
import type { Device } from "../../device/device.js";
import { createDeviceObject } from "../../device/device-object.js";
import { GpioGroup } from "../../device/gpio.js";
import type { MemoryWindow } from "../../device/windows/io-window.js";
import { RedirectionEntry } from "./redirection.js";

/** Physical address of the registers. */
export const IO_APIC_BASE = 0xfec0_0000;
/** Number of inputs. */
export const IO_APIC_PINS = 24;

const SIZE = 0x1000;
const PATH = "i440fx/ioapic";
/** The input that the PIT's interrupt 0 is wired to. */
const PIT_PIN = 2;

/** Offsets in the region. */
const Port = { SELECT: 0x00, WINDOW: 0x10, END_OF_INTERRUPT: 0x40 } as const;
/** Registers, by what is selected. */
const Register = { ID: 0x00, VERSION: 0x01, ARBITRATION: 0x02, TABLE: 0x10 } as const;
const ID = { SHIFT: 24, MASK: 0x0f } as const;
const EXTINT = 7;

/** Bus that an I/O APIC sends its messages on: the local APICs' bus. */
export interface InterruptBus {
  /** Delivers an interrupt; the words are those of a redirection entry. */
  deliver(
    destination: number,
    destinationMode: number,
    deliveryMode: number,
    vector: number,
    triggerMode: number,
  ): void;
  /** Calls `listener` with the vector when a level triggered interrupt has ended. */
  onEndOfInterrupt(listener: (vector: number) => void): Disposable;
}

/** Connections of an I/O APIC. */
export interface IoApicOptions {
  /** The version that its register tells. */
  readonly version: number;
  /** `null` on a machine without local APICs: nothing is delivered. */
  readonly apics: InterruptBus | null;
  /** The acknowledge cycle of the pair of 8259. */
  acknowledge(): number;
}

/** QEMU's `ioapic`. */
export class IoApic implements Device {
  readonly object: DeviceObject;
  /** `ioapic`, 4 KiB. */
  readonly region: MemoryRegion;
  readonly memoryWindows: readonly MemoryWindow[];
  readonly gpios: readonly GpioGroup[];
  readonly #options: IoApicOptions;
  readonly #inputs: GpioGroup;
  readonly #ends: Disposable | null;
  readonly #table = Array.from({ length: IO_APIC_PINS }, () => new RedirectionEntry());
  #id = 0;
  #selected = 0;
  /** The inputs that ask for an interrupt, as bits. */
  #requests = 0;

  constructor(context: DeviceContext, options: IoApicOptions) {
    this.#options = options;
    this.object = createDeviceObject(context.machine, "ioapic", context.path ?? PATH);
    this.region = context.machine.mmio({
      name: "ioapic",
      size: SIZE,
      owner: this.object,
      endianness: "little",
      read: (offset, size) => this.#read(offset & 0xff, size),
      write: (offset, value, size) => this.#write(offset & 0xff, value, size),
    });
    this.memoryWindows = [{ address: IO_APIC_BASE, region: this.region }];
    this.#inputs = new GpioGroup(this.object, "in", IO_APIC_PINS, (n, level) =>
      this.#pin(n === 0 ? PIT_PIN : n, level),
    );
    this.gpios = [this.#inputs];
    this.#ends = options.apics?.onEndOfInterrupt((vector) => this.#end(vector)) ?? null;
  }

  /** Drive input `n` (0 to 23); 0 is the PIT's, which has pin 2. */
  setInput(n: number, level: boolean): void {
    this.#inputs.set(n, level);
  }

  /** Back to the power-on state: every input is masked. */
  reset(): void {
    this.#id = 0;
    this.#selected = 0;
    this.#requests = 0;
    for (const entry of this.#table) entry.reset();
  }

  /** Stop listening to the local APICs. */
  dispose(): void {
    this.#ends?.[Symbol.dispose]();
  }

  /** Text of the I/O APIC in `info pic`. */
  get text(): string {
    const byte = (value: number): string => value.toString(16).padStart(2, "0");
    const { version } = this.#options;
    const lines = this.#table.map((entry, pin) => `  pin ${String(pin).padEnd(2)} ${entry.text}`);
    const remote = this.#table.reduce(
      (bits, entry, pin) => bits | (Number(entry.remoteIrr) << pin),
      0,
    );
    return [
      `ioapic0: ver=0x${byte(version)} id=0x${byte(this.#id)} sel=0x${byte(this.#selected)}`,
      ...lines,
      `  IRR      ${pinsText(this.#requests)}`,
      `  Remote IRR ${pinsText(remote)}`,
      "",
    ].join("\n");
  }

  #pin(n: number, level: boolean): void {
    const entry = this.#table[n];
    if (entry === undefined) return;
    const bit = 1 << n;
    if (!level) {
      // A line that fell asks no more; an edge that was seen stays until it is delivered.
      if (entry.isLevel) this.#requests &= ~bit;
    } else if (entry.isLevel || !entry.isMasked) {
      // Edges at a masked input are not remembered.
      this.#requests |= bit;
      this.#serve(n, entry);
    }
  }

  #serve(n: number, entry: RedirectionEntry): void {
    const bit = 1 << n;
    if ((this.#requests & bit) === 0 || entry.isMasked || entry.remoteIrr) return;
    const { deliveryMode, isLevel } = entry;
    if (isLevel) {
      entry.remoteIrr = true;
    } else {
      this.#requests &= ~bit;
    }
    const vector = deliveryMode === EXTINT ? this.#options.acknowledge() : entry.vector;
    this.#options.apics?.deliver(
      entry.destination,
      entry.destinationMode,
      deliveryMode,
      vector,
      isLevel ? 1 : 0,
    );
  }

  /** A processor has ended `vector`: lines that are still high ask again. */
  #end(vector: number): void {
    for (const [n, entry] of this.#table.entries()) {
      if (entry.vector === vector && entry.isLevel && entry.remoteIrr) {
        entry.remoteIrr = false;
        this.#serve(n, entry);
      }
    }
  }

  #read(offset: number, size: number): number {
    if (offset === Port.SELECT) return this.#selected;
    if (offset !== Port.WINDOW || size !== 4) return 0;
    switch (this.#selected) {
      case Register.ID:
      case Register.ARBITRATION:
        return this.#id << ID.SHIFT;
      case Register.VERSION:
        return this.#options.version | ((IO_APIC_PINS - 1) << 16);
      default: {
        const entry = this.#table[(this.#selected - Register.TABLE) >> 1];
        return (((this.#selected & 1) === 0 ? entry?.low : entry?.high) ?? 0) >>> 0;
      }
    }
  }

  #write(offset: number, value: number, size: number): void {
    if (offset === Port.SELECT) {
      this.#selected = value & 0xff;
    } else if (offset === Port.WINDOW && size === 4) {
      this.#writeRegister(value);
    } else if (offset === Port.END_OF_INTERRUPT && size === 4) {
      this.#end(value & 0xff);
    }
  }

  #writeRegister(value: number): void {
    if (this.#selected === Register.ID) {
      this.#id = (value >>> ID.SHIFT) & ID.MASK;
      return;
    }
    const n = (this.#selected - Register.TABLE) >> 1;
    const entry = this.#table[n];
    if (entry === undefined) return;
    entry.write((this.#selected & 1) !== 0, value);
    this.#serve(n, entry);
  }
}

/** Pins by number, as `info pic` lists them. */
function pinsText(bits: number): string {
  const pins = Array.from({ length: IO_APIC_PINS }, (_unused, n) => n).filter(
    (n) => (bits & (1 << n)) !== 0,
  );
  return pins.length === 0 ? "(none)" : pins.join(" ");
}
