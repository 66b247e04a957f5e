/** The option `-cpu`: a model of processor, with features added and taken away. */
import { CpuModel, CpuModelError } from "@mem/x86";

import { didYouMean } from "../../text/nearest.js";
import { optionError } from "../cli-error.js";
import { listing, type OptionDefinition } from "./definition.js";

const WIDTH = 78;

/** Names in lines that fit a terminal. */
function filled(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < WIDTH) {
      lines[lines.length - 1] = `${last} ${name}`;
    } else lines.push(`  ${name}`);
  }
  return lines;
}

function helpLines(): readonly string[] {
  const { models, features } = CpuModel.list();
  return [
    ...models.map(([name, description]) => `${name}  ${description}`),
    "",
    "Features, as +NAME, -NAME, NAME=on or NAME=off:",
    ...filled(features),
  ];
}

/** @throws CliError when there is no such model or feature */
function parse(value: string, option: string): CpuModel {
  try {
    return CpuModel.parse(value);
  } catch (error) {
    if (!(error instanceof CpuModelError)) throw error;
    const hint = didYouMean(error.typed, error.known);
    throw optionError(`${option} ${value}`, `${error.message}${hint}`);
  }
}

/** `-cpu`. */
export const cpuOption: OptionDefinition = {
  names: ["cpu"],
  argument: "MODEL[,+FEATURE][,-FEATURE]",
  help: ["the processor's model, with features added and taken away (default max)"],
  values: () => CpuModel.names(),
  list: listing(helpLines()),
  apply: (line, value, option) => {
    line.cpu = parse(value, option);
  },
};
