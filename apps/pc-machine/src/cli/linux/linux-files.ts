/** Kernel and initrd: from the user's cache, from Debian's packages, or from files that were given. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { CliError, optionError } from "../cli-error.js";
import { readWhole } from "../images/firmware.js";
import { hostErrorText } from "../host-error.js";
import { makeFolder } from "../make-folder.js";
import { DebianPackages } from "./debian-packages.js";
import { INITRD_MODULES, INITRD_RECIPE, makeInitrd } from "./initrd.js";
import type { Environment } from "./host-program.js";
import type { DebianArchitecture, LinuxRequest } from "./linux-options.js";
import { moduleName, withNeeded, type KernelModuleFile } from "./modules.js";
import type { Progress } from "./progress.js";

/** Paths of what the PC is started with. */
export interface LinuxFiles {
  readonly kernel: string;
  readonly initrd: string;
}

/** Files, and those written beside them: what they were made from. */
interface Made extends LinuxFiles {
  readonly recipe: number;
}

const USUAL_PACKAGES = { i386: "linux-image-686", amd64: "linux-image-amd64" } as const;
/** First bytes of an ELF file. */
const PROGRAM_START = [0x7f, 0x45, 0x4c, 0x46] as const;
const BUSYBOX_PACKAGE = "busybox-static";
const BUSYBOX_PATHS = ["bin/busybox", "usr/bin/busybox"];
/** Folders of modules that any of those in the initrd may come from. */
const MODULE_FOLDERS = [
  "ata",
  "scsi",
  "cdrom",
  "acpi",
  "input",
  "block",
  "net/ethernet/intel/e1000",
  "hid",
  "usb",
  "virtio",
]
  .map((name) => `drivers/${name}`)
  .concat(["arch", "block", "crypto", "fs", "lib"]);
/** Modules in folders with many others, without their ends. */
const MORE_MODULES = ["drivers/net/virtio_net", "drivers/net/net_failover", "net/core/failover"];
const WHAT_TO_GIVE =
  "give a kernel with --kernel FILE, and --initrd FILE or a static BusyBox with --busybox FILE";

/** Makes and finds kernels and initrds. */
export class LinuxFilesMaker {
  readonly #folder: string;
  readonly #environment: Environment;
  readonly #progress: Progress;

  /** @param environment names the cache directory, where everything is kept */
  constructor(environment: Environment, progress: Progress) {
    this.#folder = cacheFolder(environment);
    this.#environment = environment;
    this.#progress = progress;
  }

  /** Debian's kernel, with an initrd for it. @throws CliError when it cannot be had */
  async ofDebian(request: LinuxRequest): Promise<LinuxFiles> {
    const { architecture } = request;
    const wanted = request.package ?? USUAL_PACKAGES[architecture];
    const folder = join(this.#folder, architecture);
    const record = join(folder, `${wanted}.json`);
    const made = request.update || request.busybox !== null ? null : readRecord(record);
    if (made !== null) return made;
    const own = ownBusybox(request);
    if (!DebianPackages.available(this.#environment)) {
      throw new CliError(`linux: there is no apt here to ask for Debian's kernel: ${WHAT_TO_GIVE}`);
    }
    return this.#within(folder, async (scratch) => {
      const packages = this.#packages(folder, request.architecture);
      await packages.update();
      const kernelPackage = await packages.kernelOf(wanted);
      const kernelFile = await packages.fetch(kernelPackage);
      const busybox = own ?? (await this.#busybox(scratch, packages));
      this.#progress.begin(`unpacking ${kernelPackage}`);
      const patterns = [...MODULE_FOLDERS.map((part) => `${part}/*`), ...MORE_MODULES].map(
        (part) => `./lib/modules/*/kernel/${part}.ko*`,
      );
      // A package has not all of these.
      await packages.unpack(kernelFile, scratch, ["./boot/vmlinuz-*"]);
      await packages.unpack(kernelFile, scratch, patterns).catch(() => undefined);
      const [image = ""] = readdirSync(join(scratch, "boot"));
      const release = image.replace("vmlinuz-", "");
      const initrd = makeInitrd({ busybox, release, modules: modulesIn(scratch, release) });
      const name = `initrd-${release}${suffixOf(request)}.cpio`;
      const files = { kernel: join(folder, image), initrd: join(folder, name) };
      writeFileSync(join(scratch, "initrd"), initrd);
      renameSync(join(scratch, "boot", image), files.kernel);
      renameSync(join(scratch, "initrd"), files.initrd);
      if (request.busybox === null) {
        const text = JSON.stringify({ recipe: INITRD_RECIPE, ...files } satisfies Made);
        writeFileSync(record, `${text}\n`);
      }
      rmSync(kernelFile, { force: true });
      return files;
    });
  }

  /** An initrd without modules, for a kernel of the user's. @throws CliError when there is no BusyBox */
  async forKernel(kernel: string, request: LinuxRequest): Promise<LinuxFiles> {
    const folder = join(this.#folder, request.architecture);
    const path = join(folder, `initrd-without-modules-${INITRD_RECIPE}${suffixOf(request)}.cpio`);
    if (existsSync(path) && !request.update && request.busybox === null) {
      return { kernel, initrd: path };
    }
    const own = ownBusybox(request);
    if (own === null && !DebianPackages.available(this.#environment)) {
      throw new CliError(`linux: there is no apt here to ask for BusyBox: ${WHAT_TO_GIVE}`);
    }
    return this.#within(folder, async (scratch) => {
      const packages = this.#packages(folder, request.architecture);
      if (own === null) await packages.update();
      const busybox = own ?? (await this.#busybox(scratch, packages));
      writeFileSync(join(scratch, "initrd"), makeInitrd({ busybox, release: "", modules: [] }));
      renameSync(join(scratch, "initrd"), path);
      return { kernel, initrd: path };
    });
  }

  /** Debian's static BusyBox. */
  async #busybox(scratch: string, packages: DebianPackages): Promise<Uint8Array> {
    const file = await packages.fetch(BUSYBOX_PACKAGE);
    await packages.unpack(file, scratch, ["./*bin/busybox"]);
    rmSync(file, { force: true });
    const path = BUSYBOX_PATHS.map((name) => join(scratch, name)).find((name) => existsSync(name));
    if (path === undefined) throw new CliError(`linux: ${BUSYBOX_PACKAGE} has no BusyBox`);
    return readFileSync(path);
  }

  #packages(folder: string, architecture: DebianArchitecture): DebianPackages {
    return new DebianPackages(join(folder, "apt"), architecture, this.#environment, this.#progress);
  }

  /** Work in a folder of its own below `folder`, which goes afterwards. */
  async #within<T>(folder: string, work: (scratch: string) => Promise<T>): Promise<T> {
    let scratch: string;
    try {
      makeFolder(folder);
      scratch = mkdtempSync(join(folder, "unpacked-"));
    } catch (error) {
      throw new CliError(`linux: cannot write to ${folder}: ${hostErrorText(error)}`);
    }
    try {
      return await work(scratch);
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw new CliError(`linux: ${folder}: ${hostErrorText(error)}`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

/** The user's BusyBox, `null`: Debian's is to be had. @throws CliError when it cannot be read, or is no program */
function ownBusybox({ busybox }: LinuxRequest): Uint8Array | null {
  if (busybox === null) return null;
  const bytes = readWhole(busybox, `--busybox ${busybox}`);
  if (PROGRAM_START.some((byte, at) => bytes[at] !== byte)) {
    throw optionError(`--busybox ${busybox}`, "it is no program for Linux");
  }
  return bytes;
}

/** An initrd with a BusyBox of the user's is not the one that is found the next time. */
function suffixOf({ busybox }: LinuxRequest): string {
  return busybox === null ? "" : "-own";
}

/** The folder for what is fetched: below the user's cache directory. */
function cacheFolder(environment: Environment): string {
  const given = environment["XDG_CACHE_HOME"];
  const cache = given !== undefined && given.startsWith("/") ? given : join(homedir(), ".cache");
  return join(cache, "mem-pc", "linux");
}

function readRecord(path: string): LinuxFiles | null {
  try {
    const made: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isMade(made) && existsSync(made.kernel) && existsSync(made.initrd) ? made : null;
  } catch {
    return null;
  }
}

function isMade(value: unknown): value is Made {
  if (typeof value !== "object" || value === null) return false;
  const { recipe, kernel, initrd } = value as Partial<Record<keyof Made, unknown>>;
  return recipe === INITRD_RECIPE && typeof kernel === "string" && typeof initrd === "string";
}

/** The modules of the initrd, from those that were unpacked. */
function modulesIn(scratch: string, release: string): readonly KernelModuleFile[] {
  const root = join(scratch, "lib", "modules", release);
  if (!existsSync(root)) return [];
  const paths = new Map<string, string>();
  for (const entry of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (entry.endsWith(".ko")) paths.set(moduleName(entry), entry);
  }
  return withNeeded(INITRD_MODULES, (name) => {
    const path = paths.get(name);
    return path === undefined ? null : { name, path, bytes: readFileSync(join(root, path)) };
  });
}
