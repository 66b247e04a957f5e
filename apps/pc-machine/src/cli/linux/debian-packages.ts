/** Packages of Debian's for another architecture or this one, by an apt that keeps its own lists. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { CliError } from "../cli-error.js";
import { runProgram, type Environment, type ProgramResult } from "./host-program.js";
import type { DebianArchitecture } from "./linux-options.js";
import type { Progress } from "./progress.js";

/**
 * Packages that apt gives for one architecture: sources and keys are the system's, lists and
 * packages lie in a folder of their own. Nothing is installed, and no root is needed.
 */
export class DebianPackages {
  readonly #folder: string;
  readonly #architecture: DebianArchitecture;
  readonly #environment: Environment;
  readonly #progress: Progress;

  /** @param folder where lists and packages lie; it is made when it is needed */
  constructor(
    folder: string,
    architecture: DebianArchitecture,
    environment: Environment,
    progress: Progress,
  ) {
    this.#folder = folder;
    this.#architecture = architecture;
    this.#environment = environment;
    this.#progress = progress;
  }

  /** True if this system has apt and the programs that unpack its packages. */
  static available(environment: Environment): boolean {
    const folders = (environment["PATH"] ?? "").split(":");
    return ["apt-get", "apt-cache", "dpkg-deb", "tar"].every((program) =>
      folders.some((folder) => existsSync(join(folder, program))),
    );
  }

  /** Fetch the lists of what there is. @throws CliError when the folder cannot be written */
  async update(): Promise<void> {
    const lists = join(this.#folder, "lists");
    mkdirSync(join(lists, "partial"), { recursive: true });
    mkdirSync(join(this.#folder, "archives", "partial"), { recursive: true });
    writeFileSync(join(this.#folder, "status"), "");
    writeFileSync(this.#configPath, this.#config());
    this.#progress.begin(`asking apt what packages there are for ${this.#architecture}`);
    // One source among several may be out of reach: whether it matters shows when a package is asked for.
    await this.#apt("apt-get", ["update"]);
  }

  /** The package that a package of the newest kernel stands for. @throws CliError without one */
  async kernelOf(name: string): Promise<string> {
    const { code, output } = await this.#apt("apt-cache", ["depends", "--important", name]);
    if (code !== 0) throw this.#unknown(name);
    return /Depends: (linux-image-\d\S*)/.exec(output)?.[1] ?? name;
  }

  /** Fetch a package. @returns the path of its file. @throws CliError when it cannot be had */
  async fetch(name: string): Promise<string> {
    const archives = join(this.#folder, "archives");
    const uris = await this.#apt("apt-get", ["download", "--print-uris", name]);
    const [, file, size] = /^'\S+' (\S+) (\d+)/m.exec(uris.output) ?? [];
    if (uris.code !== 0 || file === undefined) throw this.#unknown(name);
    const megabytes = Math.max(1, Math.round(Number(size) / 1e6));
    this.#progress.begin(`fetching ${name} for ${this.#architecture}, ${megabytes} MB`);
    const fetched = await this.#apt("apt-get", ["download", name], archives);
    if (fetched.code !== 0 || !readdirSync(archives).includes(file)) {
      throw new CliError(`linux: apt cannot fetch ${name}: ${lastLine(fetched)}`);
    }
    return join(archives, file);
  }

  /**
   * Unpack files of a package that was fetched.
   * @param patterns names with `*`, as in the archive: `./boot/vmlinuz-*`
   * @throws CliError when one is not there
   */
  async unpack(path: string, into: string, patterns: readonly string[]): Promise<void> {
    mkdirSync(into, { recursive: true });
    // Modules of later releases are compressed.
    const script =
      'package=$1 into=$2; shift 2; dpkg-deb --fsys-tarfile "$package" | ' +
      'tar -x --no-same-owner --wildcards -C "$into" "$@"; code=$?; ' +
      'find "$into" -name "*.ko.xz" -exec xz -d {} +; exit $code';
    const words = ["-c", script, "sh", path, into, ...patterns];
    const result = await runProgram("sh", words, this.#environment);
    if (result.code !== 0) throw new CliError(`linux: cannot unpack ${path}: ${lastLine(result)}`);
  }

  #unknown(name: string): CliError {
    return new CliError(
      `linux: apt knows no package ${name} for ${this.#architecture} here: give --kernel FILE, ` +
        "and --initrd FILE or --busybox FILE",
    );
  }

  get #configPath(): string {
    return join(this.#folder, "apt.conf");
  }

  #config(): string {
    const quoted = (path: string): string => `"${path}"`;
    return [
      `APT::Architecture "${this.#architecture}";`,
      `APT::Architectures { "${this.#architecture}"; };`,
      `Dir::State ${quoted(this.#folder)};`,
      `Dir::State::lists ${quoted(join(this.#folder, "lists"))};`,
      `Dir::State::status ${quoted(join(this.#folder, "status"))};`,
      `Dir::Cache ${quoted(this.#folder)};`,
      // The user's own folder is not one that apt's user may write.
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
      "",
    ].join("\n");
  }

  #apt(program: string, words: readonly string[], folder?: string): Promise<ProgramResult> {
    const environment = { ...this.#environment, APT_CONFIG: this.#configPath };
    return runProgram(program, words, environment, folder);
  }
}

/** Last words of a program, in a line. */
function lastLine({ complaint, code }: ProgramResult): string {
  return complaint.trim().split("\n").at(-1) || `it ended with ${code}`;
}
