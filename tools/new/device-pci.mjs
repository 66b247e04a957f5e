import { camelCase, pascalCase } from "./names.mjs";

/** The class of a new device on the PCI bus. */
export function pciClass(name) {
  const type = pascalCase(name);
  return `/** ${type}: what the device is, in a sentence. */
import type { DeviceContext } from "../../device/context.js";
import { PciDevice } from "../../pci/pci-device.js";

const Register = { COUNT: 0x0, STATUS: 0x4 } as const;
const STATUS_DONE = 0x01;

/** Takes a number, and interrupts: by a message where the guest wants that, else by its pin. */
export class ${type} extends PciDevice {
  readonly #step: number;
  #count = 0;
  #done = false;

  /** @param options.step what is added to the number */
  constructor(context: DeviceContext, options: { step: number }) {
    super(context, {
      name: "${name}",
      vendorId: 0x1234,
      deviceId: 0x0001,
      classCode: 0xff0000,
      interruptPin: 1,
    });
    this.#step = options.step;
    this.enableMsi();
    const registers = context.machine.mmio({
      name: "${name}",
      size: 0x10,
      owner: this.object,
      endianness: "little",
      valid: { minAccessSize: 4, maxAccessSize: 4 },
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
    this.registerBar(0, registers, "mem");
  }

  override reset(): void {
    super.reset();
    this.#count = 0;
    this.#done = false;
  }

  #read(offset: number): number {
    if (offset === Register.STATUS) return this.#done ? STATUS_DONE : 0;
    return offset === Register.COUNT ? this.#count : 0;
  }

  #write(offset: number, value: number): void {
    if (offset === Register.COUNT) {
      this.#count = (value + this.#step) >>> 0;
      this.#finish(true);
    } else if (offset === Register.STATUS && (value & STATUS_DONE) !== 0) {
      this.#finish(false);
    }
  }

  #finish(done: boolean): void {
    this.#done = done;
    if (!done || !this.sendMsi()) this.setInterrupt(done);
  }
}
`;
}

/** What a new device on the PCI bus declares. */
export function pciDefinition(name) {
  const type = pascalCase(name);
  return `/** ${type}: what it is, and what can be set about it. */
import { defineDevice } from "../../device/definition.js";
import { property } from "../../device/properties/property.js";
import { ${type} } from "./${name}.js";

export { ${type} };

/** The device \`${name}\`. */
export const ${camelCase(name)} = defineDevice({
  name: "${name}",
  bus: "PCI",
  category: "Misc",
  description: "what the device is, in a few words",
  properties: {
    step: property.uint({ bits: 32, default: 1, help: "what is added to a number" }),
  },
  create: (context, values) => new ${type}(context, values),
});
`;
}

/** The test of a new device on the PCI bus. */
export function pciTest(name) {
  const constant = camelCase(name);
  return `import { describe, expect, it } from "vitest";

import { plug } from "../../src/device/properties/request.js";
import { ${constant} } from "../../src/devices/${name}/index.js";
import { Rig } from "../support/board-rig.js";

const SLOT = 4;
const WINDOW = 0xe000_0000;
const COUNT = WINDOW;
const STATUS = WINDOW + 4;

/** A PC with the device in slot 4, its window placed, as a bus master. */
function setUp(): Rig {
  const rig = new Rig({ devices: [plug(${constant}, { step: 2 }, { addr: String(SLOT) })] });
  rig.setConfig(SLOT, 0, 0x10, WINDOW);
  rig.setConfig(SLOT, 0, 0x04, 0x06);
  return rig;
}

describe("${name}", () => {
  it("counts, and interrupts by its pin", () => {
    const rig = setUp();
    rig.write(COUNT, 40);
    expect([rig.read(COUNT), rig.read(STATUS)]).toEqual([42, 1]);
    expect(rig.config(SLOT, 0, 0x06, 2) & 0x08).toBe(0x08);
    rig.write(STATUS, 1);
    expect([rig.read(STATUS), rig.config(SLOT, 0, 0x06, 2) & 0x08]).toEqual([0, 0]);
  });

  it("sends a message instead, where the guest wants that", () => {
    const rig = setUp();
    rig.setConfig(SLOT, 0, 0x44, 0x20_0000);
    rig.setConfig(SLOT, 0, 0x4c, 0x31);
    rig.setConfig(SLOT, 0, 0x40, 0x0001_0000);
    rig.write(COUNT, 1);
    expect([rig.read(0x20_0000), rig.config(SLOT, 0, 0x06, 2) & 0x08]).toEqual([0x31, 0]);
  });
});
`;
}
