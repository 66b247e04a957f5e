import { checkName, pascalCase } from "./names.mjs";
import { writeNewFiles } from "./write-files.mjs";

/**
 * Adds a device to the PC: a class with one region of registers, and its test. Mapping it is one
 * more line in `apps/pc-machine/src/board/isa-devices.ts`. Answers what it wrote.
 */
export function newDevice(root, given) {
  const name = checkName(given, "device");
  return writeNewFiles(root, {
    [`apps/pc-machine/src/devices/${name}.ts`]: deviceSource(name),
    [`apps/pc-machine/test/devices/${name}.test.ts`]: deviceTest(name),
  });
}

function deviceSource(name) {
  const type = pascalCase(name);
  return `/** ${type}: what the device is, in a sentence. */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { DeviceContext, IrqLine } from "./context.js";
import { createDeviceObject } from "./device-object.js";
import { BYTE_WIDE } from "./io-window.js";

const DATA = 0;
const STATUS = 1;
const STATUS_FULL = 0x01;

/** A byte that the guest writes and takes back, with an interrupt while it lies there. */
export class ${type} {
  readonly object: QomObject;
  /** \`${name}\`, 2 bytes: the data register, then the status register. */
  readonly region: MemoryRegion;
  readonly #irq: IrqLine;
  #data = 0;
  #full = false;

  /** @param options.irq high while the data register is full */
  constructor(ctx: DeviceContext, options: { irq: IrqLine }) {
    this.#irq = options.irq;
    this.object = createDeviceObject(ctx.machine, "${name}");
    this.region = ctx.machine.mmio({
      name: "${name}",
      size: 2,
      owner: this.object,
      valid: BYTE_WIDE,
      impl: BYTE_WIDE,
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
  }

  /** Back to the state after power-on. */
  reset(): void {
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

function deviceTest(name) {
  const type = pascalCase(name);
  return `import { describe, expect, it } from "vitest";

import { ${type} } from "../../src/devices/${name}.js";
import { DeviceRig, Wire } from "./device-rig.js";

describe("${name}", () => {
  it("gives back what was written, and interrupts meanwhile", () => {
    const rig = new DeviceRig();
    const irq = new Wire();
    const device = new ${type}(rig.ctx, { irq });
    rig.map({ port: 0x300, region: device.region });
    rig.out(0x300, 0x5a);
    expect([rig.in(0x301), irq.level]).toEqual([1, true]);
    expect(rig.in(0x300)).toBe(0x5a);
    expect([rig.in(0x301), irq.level]).toEqual([0, false]);
  });

  it("forgets on reset", () => {
    const rig = new DeviceRig();
    const irq = new Wire();
    const device = new ${type}(rig.ctx, { irq });
    rig.map({ port: 0x300, region: device.region });
    rig.out(0x300, 1);
    device.reset();
    expect([rig.in(0x300), irq.level]).toEqual([0, false]);
  });
});
`;
}
