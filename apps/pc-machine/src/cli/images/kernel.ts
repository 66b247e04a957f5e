/** The kernel of the command line: read, and checked for what only the command line knows. */
import { kernelKind } from "../../boot/kernel.js";
import type { KernelModule, PcKernel } from "../../boot/layout.js";
import { optionError } from "../cli-error.js";
import type { CommandLine } from "../command-line.js";
import { findSeaBios, readWhole } from "./firmware.js";

/** The kernel to start, `null` for none. @throws CliError when it cannot be had */
export function loadKernel({ kernel, firmware }: CommandLine): PcKernel | null {
  const { image: path, initrd, append } = kernel;
  if (path === null) {
    const given = [
      ...(initrd === null ? [] : ["-initrd"]),
      ...(append === null ? [] : ["-append"]),
    ];
    const [option] = given;
    if (option === undefined) return null;
    throw optionError(option, "it goes with a kernel, and there is no -kernel");
  }
  const option = `-kernel ${path}`;
  if (firmware.kind === "embedded" || (firmware.kind === "search" && findSeaBios() === null)) {
    throw optionError(
      option,
      "a kernel is started by SeaBIOS, which is not there: install it (package seabios) or give " +
        "it with -bios",
    );
  }
  const image = readWhole(path, option);
  const kind = kernelKind(image);
  if (kind === null) {
    throw optionError(
      option,
      `"${path}" is neither a Linux kernel for x86, nor of Multiboot, nor ELF with a PVH entry`,
    );
  }
  const modules = kind.startsWith("multiboot") ? modulesOf(initrd) : ramDisk(initrd);
  return { image, modules, commandLine: commandLineOf(path, kind, append ?? "") };
}

/** Multiboot puts the kernel's name first. */
function commandLineOf(path: string, kind: string, append: string): string {
  return kind.startsWith("multiboot") ? [path, append].filter(Boolean).join(" ") : append;
}

function ramDisk(path: string | null): readonly KernelModule[] {
  return path === null ? [] : [{ bytes: readWhole(path, `-initrd ${path}`), commandLine: path }];
}

/** `FILE ARGUMENTS,FILE ARGUMENTS`; two commas are one of the name or arguments. */
function modulesOf(text: string | null): readonly KernelModule[] {
  if (text === null) return [];
  const parts = text.replaceAll(",,", "\0").split(",");
  return parts.map((part) => {
    const commandLine = part.replaceAll("\0", ",").trimStart();
    const [path = ""] = commandLine.split(" ");
    return { bytes: readWhole(path, `-initrd ${path}`), commandLine };
  });
}
