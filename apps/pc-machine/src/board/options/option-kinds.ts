/** Of which kind each option of a PC is, for callers that no compiler checked. */
import { CpuModel } from "@mem/x86";

import { isBytes } from "../../host/bytes.js";
import { didYouMean } from "../../text/nearest.js";
import type { PcProblem } from "../errors.js";
import type { PcOptions } from "./options.js";

/** The kinds: what a message says is expected, and whether a value is that. */
const KINDS = {
  number: ["a number", (value: unknown) => typeof value === "number"],
  flag: ["true or false", (value: unknown) => typeof value === "boolean"],
  text: ["a string", (value: unknown) => typeof value === "string"],
  bytes: ["a Uint8Array", isBytes],
  list: ["an array", Array.isArray],
  callback: ["a function", (value: unknown) => typeof value === "function"],
  object: ["an object", (value: unknown) => typeof value === "object" && value !== null],
  accel: ['"jit" or "interp"', (value: unknown) => value === "jit" || value === "interp"],
  model: ["a CpuModel, as CpuModel.parse answers", (value: unknown) => value instanceof CpuModel],
} as const;

const OPTIONS: Readonly<Record<keyof PcOptions, keyof typeof KINDS>> = {
  ramSize: "number",
  bios: "bytes",
  flash: "list",
  disks: "list",
  floppies: "list",
  vga: "flag",
  vgaBios: "bytes",
  serial: "list",
  parallel: "list",
  debugcon: "object",
  hpet: "flag",
  vmport: "flag",
  prepare: "callback",
  devices: "list",
  registry: "object",
  bootOrder: "text",
  bootOnce: "text",
  bootStrict: "flag",
  rebootTimeoutMs: "number",
  splashTimeMs: "number",
  floppyCheck: "flag",
  uuid: "bytes",
  smbios: "object",
  acpiOem: "object",
  graphics: "flag",
  bootMenu: "flag",
  kernel: "object",
  fwCfgFiles: "object",
  clock: "object",
  startTimeMs: "number",
  noReboot: "flag",
  log: "callback",
  onReset: "callback",
  onSuspend: "callback",
  onGuestEvent: "callback",
  onUnplug: "callback",
  accel: "accel",
  jit: "object",
  cpu: "model",
  cpus: "number",
  numa: "object",
  createCpu: "callback",
};
const REQUIRED = ["ramSize", "bios"];

/** Finds the options that are missing, unknown or of the wrong kind; nothing when all is well. */
export function kindProblems(options: unknown): PcProblem[] {
  if (typeof options !== "object" || options === null) {
    const message = `${String(options)} is no object; a PC needs ${REQUIRED.join(" and ")} at least`;
    return [{ option: "options", message }];
  }
  const given = options as Readonly<Record<string, unknown>>;
  const problems: PcProblem[] = [];
  for (const option of REQUIRED) {
    if (given[option] === undefined) problems.push({ option, message: "it is missing" });
  }
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!isOption(option)) {
      const hint = didYouMean(option, Object.keys(OPTIONS));
      problems.push({ option, message: `there is no such option${hint}` });
      continue;
    }
    const [expects, accepts] = KINDS[OPTIONS[option]];
    if (!accepts(value)) {
      problems.push({ option, message: `it is ${shown(value)}, but must be ${expects}` });
    }
  }
  return problems;
}

function isOption(name: string): name is keyof PcOptions {
  return Object.hasOwn(OPTIONS, name);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}
