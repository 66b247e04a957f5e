/** The object of a processor: what programs ask of QEMU's, in its names. */
import type { DeviceObject } from "@mem/core";
import type { Machine } from "@mem/flat";
import { value } from "@mem/qom";
import { CpuModel } from "@mem/x86";

import { createDeviceObject } from "../device/device-object.js";

/** Makes the object of a processor: its place in the tree comes before those of devices. */
export function processorObject(machine: Machine, model: CpuModel): DeviceObject {
  const object = createDeviceObject(machine, "qemu32-i386-cpu");
  const { definition, signature } = model;
  const numbers = {
    family: definition.family,
    model: definition.model,
    stepping: signature & 0xf,
    "phys-bits": model.physicalBits,
    level: model.level,
    "min-level": definition.level,
    xlevel: model.extendedLevel,
    "min-xlevel": definition.extendedLevel,
    xlevel2: 0,
    "min-xlevel2": 0,
  };
  for (const [name, number] of Object.entries(numbers)) {
    object.addProperty({ name, type: value.uint(32), get: () => number });
  }
  const texts = { vendor: definition.vendor, "model-id": definition.brand };
  for (const [name, text] of Object.entries(texts)) {
    object.addProperty({ name, type: value.string, get: () => text });
  }
  for (const name of CpuModel.list().features) {
    object.addProperty({ name, type: value.bool, get: () => model.has(name) });
  }
  return object;
}
