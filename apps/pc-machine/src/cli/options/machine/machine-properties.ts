/** Values of `-machine`: the kinds of machine, and their properties. */
import { type AcpiOem, OEM_PROPERTIES, oemProblem } from "../../../acpi/table.js";
import { optionError } from "../../cli-error.js";
import type { CommandLine } from "../../command-line.js";
import type { KeyValues } from "../../key-values.js";

const ON_OFF = ["on", "off"];
const ON_OFF_AUTO = ["on", "off", "auto"];

/** The properties whose values are all the same to this machine, or whose other value it has not. */
const FIXED: readonly (readonly [name: string, words: readonly string[], has: string | null])[] = [
  ["acpi", ON_OFF_AUTO, "on"],
  ["bus-lock-ratelimit", ["0"], null],
  ["default-bus-bypass-iommu", ON_OFF, null],
  ["dump-guest-core", ON_OFF, null],
  ["fd-bootchk", ON_OFF, null],
  ["i8042", ON_OFF, "on"],
  ["mem-merge", ON_OFF, null],
  ["pic", ON_OFF_AUTO, "on"],
  ["pit", ON_OFF_AUTO, "on"],
  ["sata", ON_OFF, null],
  ["smbus", ON_OFF, "on"],
  ["smm", ON_OFF_AUTO, "on"],
  ["suppress-vmdesc", ON_OFF, null],
  ["kernel-irqchip", ["on", "off", "split"], null],
  ["kernel_irqchip", ["on", "off", "split"], null],
];

/** Drives or nodes with the contents of the flash chips. */
const FLASH = ["pflash0", "pflash1"];

/** Properties of QEMU's machine that this one cannot have. */
const REFUSED: Readonly<Record<string, string>> = {
  "confidential-guest-support": "memory is not encrypted",
  "dt-compatible": "there is no device tree",
  dtb: "there is no device tree",
  dumpdtb: "there is no device tree",
  "max-fw-size": "firmware has up to 8 MiB",
  "max-ram-below-4g": "RAM ends below 4 GiB where QEMU ends it",
  "memory-backend": "RAM is the machine's own; see -m",
  "memory-encryption": "memory is not encrypted",
  "phandle-start": "there is no device tree",
  "sgx-epc": "there is no SGX",
};

/** Lines of `-machine help`. */
export const machineHelp: readonly string[] = [
  "Supported machines are:",
  "pc                   Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-7.2)",
  "pc-i440fx-7.2        Standard PC (i440FX + PIIX, 1996) (default)",
  "none                 empty machine",
];

/** Lines of `-machine pc,help`. */
export const machinePropertiesHelp: readonly string[] = [
  "pc-i440fx-7.2-machine options:",
  ...[
    ...FIXED.map(([name, words]) => `  ${name}=<${words.join("|")}>`),
    ...["append", "firmware", "initrd", "kernel", ...FLASH].map((name) => `  ${name}=<string>`),
    ...[
      "accel=<interp|jit|tcg|qtest>",
      "graphics=<on|off>",
      "hpet=<on|off>",
      "usb=<on|off>",
      "vmport=<on|off|auto>",
      "smp.cpus=<int>",
    ].map((row) => `  ${row}`),
  ].sort(),
];

/** The machine of a name. @throws CliError where there is none */
export function machineType(type: string, keys: KeyValues): CommandLine["machine"] {
  if (type === "none") return "none";
  if (type === "pc" || /^pc-i440fx(-\d+\.\d+)?$/.test(type)) return "pc";
  throw keys.error(`there is no machine "${type}"; this is a pc`);
}

/** Takes the properties out of `keys`. @throws CliError for a value that cannot be had */
export function takeMachineProperties(line: CommandLine, keys: KeyValues): void {
  for (const [name, words, has] of FIXED) {
    const value = keys.choice(name, words);
    if (value === undefined || has === null || value === has || value === "auto") continue;
    line.notes.push(
      `-machine ${name}=${value}: accepted without effect: this machine has no other`,
    );
  }
  for (const [name, why] of Object.entries(REFUSED)) {
    if (keys.get(name) !== undefined) throw keys.error(`${name}=: ${why}`);
  }
  line.graphics = keys.flag("graphics") ?? line.graphics;
  const vmport = keys.choice("vmport", ON_OFF_AUTO);
  if (vmport !== undefined) line.vmport = vmport !== "off";
  for (const [place, name] of FLASH.entries()) {
    const drive = keys.get(name);
    if (drive !== undefined) line.flashDrives[place] = drive;
  }
  keys.get("smbios-entry-point-type");
  line.acpiOem = {
    ...line.acpiOem,
    ...oemName(keys, "id"),
    ...oemName(keys, "tableId"),
  };
  line.kernel.image = keys.get("kernel") ?? line.kernel.image;
  line.kernel.initrd = keys.get("initrd") ?? line.kernel.initrd;
  line.kernel.append = keys.get("append") ?? line.kernel.append;
}

/** A name of the maker of ACPI tables. @throws CliError where it is too long */
function oemName(keys: KeyValues, name: keyof AcpiOem): AcpiOem {
  const text = keys.get(OEM_PROPERTIES[name]);
  if (text === undefined) return {};
  const problem = oemProblem(name, text);
  if (problem !== null) throw keys.error(problem);
  return { [name]: text };
}

/** A duration in ms. @throws CliError for what is no number of them */
export function milliseconds(
  keys: KeyValues,
  name: string,
  least: number,
  most: number,
): number | null {
  const text = keys.get(name);
  if (text === undefined) return null;
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < least || value > most) {
    throw keys.error(`${name}=${text}: ${least} to ${most} milliseconds`);
  }
  return value;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A UUID. @throws CliError for what is none */
export function parseUuid(option: string, text: string): string {
  if (!UUID.test(text))
    throw optionError(`${option} ${text}`, "failed to parse UUID string: wrong format");
  return text.toLowerCase();
}
