import { camelCase, pascalCase } from "./names.mjs";

/** The class of a new device on the ISA bus. */
export function isaClass(name) {
  const type = pascalCase(name);
  return `/** ${type}: what the device is, in a sentence. */
import type { DeviceContext, IrqLine } from "../../device/context.js";
import { BYTE_WIDE } from "../../device/windows/io-window.js";
import { IsaDevice } from "../../device/isa-device.js";

const DATA = 0;
const STATUS = 1;
const STATUS_FULL = 0x01;

/** A byte that the guest writes and takes back, with an interrupt while it lies there. */
export class ${type} extends IsaDevice {
  readonly #irq: IrqLine;
  #data = 0;
  #full = false;

  /**
   * @param options.iobase its first port: the data register, then the status register
   * @param options.irq    its interrupt, high while the data register is full
   */
  constructor(context: DeviceContext, options: { iobase: number; irq: number }) {
    super(context, "${name}");
    this.#irq = this.irq(options.irq);
    const region = context.machine.mmio({
      name: "${name}",
      size: 2,
      owner: this.object,
      valid: BYTE_WIDE,
      impl: BYTE_WIDE,
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
    this.mapPorts(options.iobase, region);
  }

  override reset(): void {
    this.#data = 0;
    this.#fill(false);
  }

  #read(offset: number): number {
    if (offset === STATUS) return this.#full ? STATUS_FULL : 0;
    this.#fill(false);
    return this.#data;
  }

  #write(offset: number, value: number): void {
    if (offset !== DATA) return;
    this.#data = value;
    this.#fill(true);
  }

  #fill(full: boolean): void {
    this.#full = full;
    this.#irq.set(full);
  }
}
`;
}

/** What a new device on the ISA bus declares. */
export function isaDefinition(name) {
  const type = pascalCase(name);
  return `/** ${type}: what it is, and what can be set about it. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { ${type} } from "./${name}.js";

export { ${type} };

/** The device \`${name}\`. */
export const ${camelCase(name)} = defineDevice({
  name: "${name}",
  bus: "ISA",
  category: "Misc",
  description: "what the device is, in a few words",
  properties: {
    iobase: property.uint({
      bits: 16,
      default: 0x300,
      what: "I/O port",
      help: "its first port",
    }),
    irq: property.uint({ bits: 8, max: 15, default: 5, what: "interrupt", help: "its interrupt" }),
  },
  ports: ({ iobase }) => [{ first: iobase, count: 2 }],
  create: (context, values) => new ${type}(context, values),
});
`;
}

/** The test of a new device on the ISA bus. */
export function isaTest(name) {
  const type = pascalCase(name);
  return `import { describe, expect, it } from "vitest";

import { plug } from "../../src/device/properties/request.js";
import { ${camelCase(name)}, ${type} } from "../../src/devices/${name}/index.js";
import { Rig } from "../support/board-rig.js";

const DATA = 0x300;
const STATUS = 0x301;

/** A PC with the device, and its interrupt: bit 5 of the requests of the first controller. */
function setUp() {
  const rig = new Rig({ devices: [plug(${camelCase(name)})] });
  const [device] = rig.pc.devices.flatMap((plugged) =>
    plugged.device instanceof ${type} ? [plugged.device] : [],
  );
  const requested = (): boolean => {
    rig.out(0x20, 1, 0x0a);
    return (rig.in(0x20, 1) & 0x20) !== 0;
  };
  return { rig, device, requested };
}

describe("${name}", () => {
  it("gives back what was written, and interrupts meanwhile", () => {
    const { rig, requested } = setUp();
    rig.out(DATA, 1, 0x5a);
    expect([rig.in(STATUS, 1), requested()]).toEqual([1, true]);
    expect(rig.in(DATA, 1)).toBe(0x5a);
    expect([rig.in(STATUS, 1), requested()]).toEqual([0, false]);
  });

  it("forgets on reset", () => {
    const { rig, device, requested } = setUp();
    rig.out(DATA, 1, 1);
    device?.reset();
    expect([rig.in(DATA, 1), requested()]).toEqual([0, false]);
  });
});
`;
}
