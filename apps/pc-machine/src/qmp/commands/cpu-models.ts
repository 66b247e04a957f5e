/** Commands on models of processors. */
import { CpuModel, CpuModelError } from "@mem/x86";

import { command } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { qmp } from "../schema.js";

const MODEL = qmp.object({ name: qmp.str, props: qmp.optional(qmp.object({}, true)) });

/** The model with its properties changed. @throws QmpError for a model or a property that is none */
function modelOf(name: string, props: Readonly<Record<string, unknown>>): CpuModel {
  const changes = Object.entries(props).map(([feature, value]) => {
    if (typeof value === "boolean") return `,${feature}=${value ? "on" : "off"}`;
    throw new QmpError(`Invalid parameter type for '${feature}', expected: boolean`);
  });
  try {
    return CpuModel.parse(name + changes.join(""));
  } catch (error) {
    if (!(error instanceof CpuModelError)) throw error;
    throw new QmpError(
      error.typed === name
        ? `CPU model '${name}' not found`
        : `Property '${name}-i386-cpu.${error.typed}' not found`,
    );
  }
}

/** Every property of a model: its features, and the numbers that CPUID tells. */
function propertiesOf(model: CpuModel): Readonly<Record<string, unknown>> {
  const { signature, definition } = model;
  return {
    ...Object.fromEntries(
      CpuModel.list().features.map((feature): [string, boolean] => [feature, model.has(feature)]),
    ),
    family: definition.family,
    model: definition.model,
    stepping: signature & 0xf,
    level: model.level,
    xlevel: model.extendedLevel,
    "phys-bits": model.physicalBits,
  };
}

/** The commands. */
export const cpuModelCommands = [
  command({
    name: "query-cpu-model-expansion",
    members: { type: qmp.enumeration(["static", "full"]), model: MODEL },
    returns: qmp.object({ model: MODEL }),
    // The name stays for `static`, too: there is no model without features that could stand for all.
    run: (_target, { model: { name, props = {} } }) => ({
      model: { name, props: propertiesOf(modelOf(name, props)) },
    }),
  }),
];
