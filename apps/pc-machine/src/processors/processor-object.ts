/** The object of a processor: what programs ask of QEMU's, in its names. */
import type { DeviceObject } from "@mem/core";
import type { Machine } from "@mem/flat";
import { value, type ValueType } from "@mem/qom";
import { CpuModel } from "@mem/x86";

import { createDeviceObject } from "../device/device-object.js";

/** A word of features as QEMU's properties have it. */
interface FeatureWordInfo {
  readonly "cpuid-register": string;
  readonly "cpuid-input-eax": number;
  readonly "cpuid-input-ecx"?: number;
  readonly features: number;
}

/** Their type: nobody sets them. */
const FEATURE_WORDS: ValueType<readonly FeatureWordInfo[]> = {
  name: "X86CPUFeatureWordInfo",
  refuse: () => null,
  parse: () => undefined,
};

function featureWords(model: CpuModel, kind: "there" | "missing"): readonly FeatureWordInfo[] {
  return model.featureWords.map(({ leaf, subleaf, register, [kind]: features }) => ({
    "cpuid-register": register.toUpperCase(),
    "cpuid-input-eax": leaf,
    ...(subleaf === null ? {} : { "cpuid-input-ecx": subleaf }),
    features,
  }));
}

/** Other names of features, as QEMU has properties of them, too. */
const ALIASES = { "sse4-1": "sse4.1", "sse4-2": "sse4.2" } as const;

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
    xlevel2: model.centaurLevel,
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
  for (const [alias, name] of Object.entries(ALIASES)) {
    object.addProperty({ name: alias, type: value.bool, get: () => model.has(name) });
  }
  const words = { "feature-words": "there", "filtered-features": "missing" } as const;
  for (const [name, kind] of Object.entries(words)) {
    object.addProperty({ name, type: FEATURE_WORDS, get: () => featureWords(model, kind) });
  }
  return object;
}
