/** Every option of the command line, by subject. */
import { characterOptions } from "./characters.js";
import type { OptionDefinition, OptionGroup } from "./definition.js";
import { deviceOptions } from "./devices.js";
import { kernelOptions } from "./machine/kernel.js";
import { machineOptions } from "./machine/machine.js";
import { networkOptions } from "./network.js";
import { programOptions } from "./program.js";
import { debuggingOptions } from "./debugging.js";
import { runningOptions } from "./running.js";
import { storageOptions } from "./storage.js";
import { optionsWithoutEffect } from "./without-effect.js";

export type { OptionDefinition, OptionGroup };

/** The groups, in the order of the help. */
export const optionGroups: readonly OptionGroup[] = [
  machineOptions,
  kernelOptions,
  storageOptions,
  deviceOptions,
  networkOptions,
  characterOptions,
  runningOptions,
  debuggingOptions,
  optionsWithoutEffect,
  programOptions,
];

/** The option called `name` (without dashes), if there is one. */
export function findOption(name: string): OptionDefinition | undefined {
  for (const { options } of optionGroups) {
    const found = options.find(({ names }) => names.includes(name));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
