/** The option `-cpu`: a model of processor, with features added and taken away. */
import { CpuModel, CpuModelError } from "@mem/x86";

import type { CommandLine, CpuChecks } from "../../command-line.js";
import { didYouMean } from "../../../text/nearest.js";
import { optionError } from "../../cli-error.js";
import { KeyValues } from "../../key-values.js";
import { keyListing, listing, type OptionDefinition } from "../definition.js";

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

/** Properties of QEMU's processors that are no features: places, and what only KVM asks. */
const NO_FEATURES: ReadonlySet<string> = new Set([
  ...["apic-id", "node-id", "socket-id", "die-id", "core-id", "thread-id", "migratable", "pmu"],
  ...["host-phys-bits", "host-cache-info", "l3-cache", "cpuid-0xb", "legacy-cache", "kvm"],
  ...["fill-mtrr-mask", "full-cpuid-auto-level", "tcg-cpuid", "start-powered-off", "lmce"],
  ...["phys-bits", "min-xlevel2", "tsc-frequency", "host-phys-bits-limit"],
]);
/** Properties that say what is done about features that there are not. */
const CHECKS = ["check", "enforce"];

/** The model and its features without what is neither, and whether all of them have to be there. */
function partsOf(value: string): { readonly text: string; readonly checks: CpuChecks } {
  const [model = "", ...properties] = value.split(",");
  const checks = new Set(["check"]);
  const features = properties.filter((one) => {
    const [name = "", state = one.startsWith("-") ? "off" : "on"] = one.split("=");
    const bare = name.replace(/^[+-]/, "");
    if (!CHECKS.includes(bare)) return !NO_FEATURES.has(bare);
    if (state === "on") checks.add(bare);
    else checks.delete(bare);
    return false;
  });
  return {
    text: [model, ...features].join(","),
    checks: checks.has("enforce") ? "enforce" : checks.has("check") ? "warn" : "off",
  };
}

/** A line for each feature of which two things are said: the one with a sign counts. */
function ambiguities(value: string): readonly string[] {
  const [, ...properties] = value.split(",");
  const plain = properties.filter((one) => one.includes("="));
  return properties
    .filter((one) => /^[+-]/.test(one))
    .flatMap((signed) =>
      plain
        .filter((one) => one.startsWith(`${signed.slice(1)}=`))
        .map(
          (one) =>
            `warning: Ambiguous CPU model string. Don't mix both "${signed}" and "${one}"; the former counts`,
        ),
    );
}

/** A line for each feature that is asked for and not there, in QEMU's words. */
export function missingFeatures(model: CpuModel): readonly string[] {
  return model.unavailable.flatMap((name) => {
    const feature = CpuModel.feature(name);
    if (feature === undefined) return [];
    const leaf = feature.leaf.toString(16).toUpperCase().padStart(2, "0");
    const place = `CPUID.${leaf}H:${feature.register.toUpperCase()}.${name} [bit ${feature.bit}]`;
    return [`warning: TCG doesn't support requested feature: ${place}`];
  });
}

/** @throws CliError when there is no such model or feature */
function parse(text: string, value: string, option: string): CpuModel {
  try {
    return CpuModel.parse(text);
  } catch (error) {
    if (!(error instanceof CpuModelError)) throw error;
    const hint =
      error.typed === "host"
        ? ", which is KVM's; max has all features that there are"
        : didYouMean(error.typed, error.known);
    throw optionError(`${option} ${value}`, `${error.message}${hint}`);
  }
}

const MOST_CPUS = 8;

/** @throws CliError for what is no number of processors, or more than there can be */
function processors(line: CommandLine, value: string, option: string): number {
  const keys = new KeyValues(option, value, "cpus");
  let isZero = false;
  const number = (key: string): number | undefined => {
    const text = keys.get(key);
    if (text === undefined) return undefined;
    // As if it were not given, which QEMU frowns upon, too.
    if (Number(text) === 0 && text !== "") isZero = true;
    else return Number(text === "" ? Number.NaN : text);
    return undefined;
  };
  const given = number("cpus");
  const [sockets, dies, cores, threads] = ["sockets", "dies", "cores", "threads"].map(number);
  const limit = number("maxcpus");
  keys.finish();
  if (isZero) {
    line.notes.push(
      `warning: ${option} ${value}: Deprecated CPU topology (considered invalid): CPU topology parameters must be greater than zero`,
    );
  }
  // What is not told follows from the rest, as QEMU has it: cores before sockets.
  const most = limit ?? given;
  const others = (...parts: (number | undefined)[]): number =>
    most === undefined
      ? 1
      : Math.floor(most / parts.reduce<number>((all, part) => all * (part ?? 1), dies ?? 1));
  const topology = {
    sockets: sockets ?? (cores === undefined ? 1 : others(cores, threads)),
    cores: cores ?? others(sockets, threads),
    threads: threads ?? (cores === undefined || sockets === undefined ? 1 : others(sockets, cores)),
  };
  const product = topology.sockets * (dies ?? 1) * topology.cores * topology.threads;
  const count = given ?? most ?? product;
  const all = [given, limit, sockets, dies, cores, threads, count].filter((n) => n !== undefined);
  if (!all.every((n) => Number.isInteger(n) && n >= 1 && n <= MOST_CPUS)) {
    throw optionError(`${option} ${value}`, `this machine has 1 to ${MOST_CPUS} processors`);
  }
  if (product !== (most ?? product)) {
    throw optionError(
      `${option} ${value}`,
      `${product} by sockets, cores and threads, but ${most ?? product} processors`,
    );
  }
  if (count > product) {
    throw optionError(`${option} ${value}`, `${count} processors, but ${product} at most`);
  }
  return count;
}

/** `-smp`. */
export const smpOption: OptionDefinition = {
  names: ["smp"],
  argument: "[cpus=]N",
  help: [
    `number of processors, 1 to ${MOST_CPUS} (default 1); they take turns, each a socket of its own`,
  ],
  values: ["1", "2", "4", "8", "cpus="],
  list: keyListing("smp-opts", {
    cores: "num",
    cpus: "num",
    dies: "num",
    maxcpus: "num",
    sockets: "num",
    threads: "num",
  }),
  config: { group: "smp-opts", implied: "cpus" },
  apply: (line, value, option) => {
    line.cpus = processors(line, value, option);
  },
};

/** `-cpu`. */
export const cpuOption: OptionDefinition = {
  names: ["cpu"],
  argument: "MODEL[,+FEATURE][,-FEATURE]",
  help: ["the processor's model, with features added and taken away (default max)"],
  values: () => CpuModel.names(),
  list: listing(helpLines()),
  apply: (line, value, option) => {
    const { text, checks } = partsOf(value);
    line.cpu = parse(text, value, option);
    line.cpuChecks = checks;
    line.notes.push(...ambiguities(value));
  },
};
