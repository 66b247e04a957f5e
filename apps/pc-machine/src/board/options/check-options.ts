/** Checks that a PC can be built from its options. */
import { type AcpiOem, oemProblem } from "../../acpi/table.js";
import { KernelError } from "../../boot/kernel-error.js";
import { layOutKernel } from "../../boot/kernel.js";
import type { KernelLayout, PcKernel } from "../../boot/layout.js";
import { BOOT_DEVICES } from "../firmware/cmos.js";
import { PcOptionsError, type PcProblem } from "../errors.js";
import { firmwareProblem } from "../firmware/firmware.js";
import { flashProblem } from "../firmware/flash.js";
import { kindProblems } from "./option-kinds.js";
import { layOutMemory } from "../memory/memory-layout.js";
import { numaProblem } from "../memory/numa.js";
import type { PcOptions } from "./options.js";
import { planDevices, type BoardPlan } from "../plan.js";

const PAGE = 4096;
const LEAST_RAM = 2 ** 13;
const MOST_RAM = 2 ** 40;
const MOST_SERIAL = 4;
const MOST_DISKS = 4;
const MOST_BOOT_DEVICES = 3;
const MOST_CPUS = 8;

/** Check everything at once. @throws PcOptionsError naming each problem */
export function checkPcOptions(options: PcOptions): BoardPlan {
  const kinds = kindProblems(options);
  if (kinds.length > 0) throw new PcOptionsError(kinds);
  const problems: PcProblem[] = [];
  const { ramSize, serial = [], disks = [], bootOrder = "" } = options;
  if (!Number.isSafeInteger(ramSize) || ramSize < LEAST_RAM || ramSize > MOST_RAM) {
    problems.push({ option: "ramSize", message: `${ramSize} bytes is not 8 KiB to 1 TiB of RAM` });
  } else if (ramSize % PAGE !== 0) {
    problems.push({ option: "ramSize", message: `${ramSize} bytes is not a multiple of 4 KiB` });
  }
  const firmware =
    (options.flash ?? []).length > 0
      ? flashProblem(options.flash ?? [])
      : firmwareProblem(options.bios.length);
  if (firmware !== null) {
    problems.push(firmware);
  }
  if (serial.length > MOST_SERIAL) {
    problems.push({ option: "serial", message: `a PC has ${MOST_SERIAL} serial ports at most` });
  }
  if (disks.length > MOST_DISKS) {
    problems.push({ option: "disks", message: `there are ${MOST_DISKS} places for disks` });
  }
  const unknown = [...bootOrder].filter((letter) => !BOOT_DEVICES.includes(letter));
  if (unknown.length > 0 || bootOrder.length > MOST_BOOT_DEVICES) {
    problems.push({
      option: "bootOrder",
      message: `"${bootOrder}" is not up to ${MOST_BOOT_DEVICES} letters of "${BOOT_DEVICES}"`,
    });
  }
  problems.push(...oemProblems(options.acpiOem ?? {}));
  const { cpus = 1 } = options;
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > MOST_CPUS) {
    problems.push({ option: "cpus", message: `${cpus} is not 1 to ${MOST_CPUS} processors` });
  } else if (cpus > 1 && options.cpu?.has("apic") === false) {
    const message = `${options.cpu.name} has no local APIC here, which several processors need`;
    problems.push({ option: "cpus", message });
  }
  const numa = options.numa === undefined ? null : numaProblem(options.numa, ramSize, cpus);
  if (numa !== null) problems.push(numa);
  const { plan, problems: deviceProblems } = planDevices(options);
  problems.push(...deviceProblems);
  const kernel = options.kernel === undefined ? null : checkKernel(options.kernel, ramSize);
  if (kernel !== null && "option" in kernel) problems.push(kernel);
  if (problems.length > 0 || (kernel !== null && "option" in kernel)) {
    throw new PcOptionsError(problems);
  }
  return { ...plan, kernel };
}

/** Names that do not fit into tables. */
function oemProblems(oem: AcpiOem): PcProblem[] {
  return (["id", "tableId"] as const).flatMap((name) => {
    const message = oemProblem(name, oem[name] ?? "");
    return message === null ? [] : [{ option: "acpiOem", message }];
  });
}

/** A kernel laid out, or what is wrong with it. */
function checkKernel(kernel: PcKernel, ramSize: number): KernelLayout | PcProblem {
  try {
    return layOutKernel(kernel, layOutMemory(ramSize));
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return { option: "kernel", message: error.message };
  }
}
