/**
 * Adds a device of one's own to the PC, by name, with properties that are read from text.
 *
 * The device is a die on the ISA bus: reading its port throws it. Nothing of the PC is changed for
 * it: a registry with one more line is handed over, and everything that reads the registry
 * (`-device help`, the monitor, the object tree) knows the device.
 */
import {
  BYTE_WIDE,
  defineDevice,
  builtinDevices,
  embeddedFirmware,
  InstructionClock,
  IsaDevice,
  Monitor,
  PcMachine,
  property,
  type DeviceContext,
} from "@mem/pc-machine";

class Die extends IsaDevice {
  #state = 1;
  readonly #sides: number;

  constructor(context: DeviceContext, iobase: number, sides: number) {
    super(context, "isa-die");
    this.#sides = sides;
    const region = context.machine.mmio({
      name: "die",
      size: 1,
      owner: this.object,
      impl: BYTE_WIDE,
      read: () => this.#throw(),
      write: (_offset, value) => {
        this.#state = value;
      },
    });
    this.mapPorts(iobase, region);
  }

  override reset(): void {
    this.#state = 1;
  }

  /** The same seed gives the same throws. */
  #throw(): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0;
    return 1 + ((this.#state >>> 16) % this.#sides);
  }
}

const die = defineDevice({
  name: "isa-die",
  bus: "ISA",
  category: "Misc",
  description: "a die: each read of its port throws it",
  properties: {
    iobase: property.uint({ bits: 16, default: 0x300, help: "its port" }),
    sides: property.uint({ bits: 8, default: 6, help: "how many sides it has" }),
  },
  ports: ({ iobase }) => [{ first: iobase, count: 1 }],
  create: (context, { iobase, sides }) => new Die(context, iobase, sides),
});

const pc = new PcMachine({
  ramSize: 16 * 2 ** 20,
  bios: embeddedFirmware(),
  clock: new InstructionClock(),
  registry: builtinDevices.with(die),
  devices: [
    { device: "isa-die", id: "small" },
    { device: "isa-die", id: "large", properties: { iobase: "0x310", sides: "20" } },
  ],
});

// What a guest would do with IN and OUT.
const throws = (port: number): number[] => Array.from({ length: 8 }, () => pc.io.load(port, 1));
console.log("six sides:   ", throws(0x300).join(" "));
console.log("twenty sides:", throws(0x310).join(" "));

// What the monitor says of it.
const target = { pc, name: null, status: "paused", stop() {}, cont() {}, reset() {}, quit() {} };
const monitor = new Monitor(target, (text) => process.stdout.write(text));
monitor.execute("trace on -c small");
throws(0x300);
monitor.execute("info ranges small");
pc.dispose();
