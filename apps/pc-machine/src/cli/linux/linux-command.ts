/** `linux`: a system to boot is fetched and made, then the PC is started with it. */
import { basename } from "node:path";

import { CpuModel } from "@mem/x86";

import { CliError, optionError } from "../cli-error.js";
import type { CommandLine } from "../command-line.js";
import { findSeaBios } from "../images/firmware.js";
import { writeGuest } from "./guest-folder.js";
import { kernelArchitecture } from "./kernel-architecture.js";
import type { Environment } from "./host-program.js";
import { LinuxFilesMaker } from "./linux-files.js";
import type { LinuxRequest } from "./linux-options.js";
import type { Progress } from "./progress.js";

const MIB = 2 ** 20;
const RAM_MIB = 256;
const CONSOLE = "console=ttyS0";
/**
 * Debian's kernels compute with all of their ciphers and keys before the first process, to see whether the compiler did
 * them right: half of the instructions of a start.
 */
const NO_SELF_TESTS = "cryptomgr.notests";
/**
 * All processors count the same clock, whose rate never changes: Linux compares their counters only if they say so,
 * and takes those of several processors of AMD's for unstable otherwise.
 */
const PROCESSOR = "max,+invtsc";

/** Parts that `linux` works with. */
export interface LinuxWork {
  readonly request: LinuxRequest;
  /** The PC's options; what is missing is filled in. */
  readonly line: CommandLine;
  /** The names of the options that were given. */
  readonly given: ReadonlySet<string>;
  readonly environment: Environment;
  readonly progress: Progress;
}

/**
 * Make what is to be booted, and complete the PC's options for it.
 * @returns whether the PC is to be started now
 * @throws CliError when something cannot be had
 */
export async function prepareLinux(work: LinuxWork): Promise<boolean> {
  const { line, progress } = work;
  const { image, initrd } = line.kernel;
  const request = requestFor(work);
  if (request.architecture === "amd64" && !line.cpu.has("lm")) {
    throw optionError(
      "linux",
      `the processor ${line.cpu.name} has no long mode, which amd64 needs`,
    );
  }
  if (image === null || initrd === null) {
    const maker = new LinuxFilesMaker(work.environment, progress);
    const made =
      image === null ? await maker.ofDebian(request) : await maker.forKernel(image, request);
    line.kernel.image = made.kernel;
    line.kernel.initrd = initrd ?? made.initrd;
  }
  const isDebians = image === null;
  line.kernel.append = appended(line.kernel.append, isDebians);
  if (!hasAny(work, ["m"])) line.ramSize = RAM_MIB * MIB;
  if (!hasAny(work, ["accel", "machine", "M"])) line.accel = "jit";
  const processor = hasAny(work, ["cpu"]) ? null : PROCESSOR;
  if (processor !== null) line.cpu = CpuModel.parse(processor);
  if (request.guest !== null) {
    const { image: kernel, initrd: archive } = line.kernel;
    const firmware = findSeaBios(undefined, line.dataDirectories);
    if (kernel === null || archive === null || firmware === null) {
      throw new CliError("linux: --guest needs SeaBIOS, which starts the kernel: install seabios");
    }
    writeGuest(request.guest, {
      name: `Linux (${basename(kernel).replace(/^vmlinuz-/, "")})`,
      ramMib: line.ramSize / MIB,
      commandLine: line.kernel.append,
      kernel,
      initrd: archive,
      firmware,
    });
    progress.say(`linux: the page boots it from ${request.guest}`);
    return false;
  }
  progress.say(`linux: ${commandOf(line, processor)}`);
  if (request.prepare) return false;
  progress.begin("starting Linux");
  return true;
}

/** A kernel of the user's decides which BusyBox it takes. @throws CliError when it cannot be read */
function requestFor({ request, line }: LinuxWork): LinuxRequest {
  const { image } = line.kernel;
  if (image === null) return request;
  return { ...request, architecture: kernelArchitecture(image) };
}

function hasAny({ given }: LinuxWork, names: readonly string[]): boolean {
  return names.some((name) => given.has(name));
}

/** The kernel's command line, with a console that is seen, and without self-tests of Debian's kernels. */
function appended(given: string | null, isDebians: boolean): string {
  const text = given ?? "";
  const words: string[] = [];
  if (!/(^|\s)console=/.test(text)) words.push(CONSOLE);
  if (isDebians && !/(^|\s)cryptomgr\./.test(text)) words.push(NO_SELF_TESTS);
  if (text !== "") words.push(text);
  return words.join(" ");
}

/** Command to type for the same, without this helper. */
function commandOf(
  { ramSize, accel, kernel, cpus }: CommandLine,
  processor: string | null,
): string {
  const words = ["-accel", accel, "-m", String(ramSize / MIB)];
  if (processor !== null) words.push("-cpu", processor);
  if (cpus > 1) words.push("-smp", String(cpus));
  words.push("-kernel", kernel.image ?? "", "-initrd", kernel.initrd ?? "");
  words.push("-append", kernel.append ?? "");
  return `mem-pc ${words.map(quoted).join(" ")}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
