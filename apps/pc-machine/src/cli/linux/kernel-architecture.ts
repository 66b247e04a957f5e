/** Programs that a kernel of the user's runs. */
import { readWhole } from "../images/firmware.js";
import type { DebianArchitecture } from "./linux-options.js";

/** `xloadflags` of the boot protocol: the kernel is a 64-bit one where bit 0 is set. */
const XLOADFLAGS = 0x236;
const KERNEL_64 = 1;
/** Protocol 2.12 brought the flags. */
const VERSION = 0x206;
const VERSION_WITH_FLAGS = 0x20c;

/** @throws CliError when the file cannot be read */
export function kernelArchitecture(path: string): DebianArchitecture {
  const image = readWhole(path, `--kernel ${path}`);
  if (image.length < XLOADFLAGS + 2) return "i386";
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  const hasFlags = view.getUint16(VERSION, true) >= VERSION_WITH_FLAGS;
  return hasFlags && (view.getUint16(XLOADFLAGS, true) & KERNEL_64) !== 0 ? "amd64" : "i386";
}
