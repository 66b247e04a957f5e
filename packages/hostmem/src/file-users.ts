import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill, pid } from "node:process";

/** One who stores into a stretch of a file. */
export interface FileUse {
  /** Tells the file from every other. */
  readonly identity: string;
  /** The stretch, in bytes of the file. */
  readonly from: number;
  readonly to: number;
  /** Mappings are one memory; whoever copies writes whole pages over what others stored. */
  readonly kind: "mapped" | "copied";
}

/** A use with its process, as notes tell it. */
interface NotedUse extends FileUse {
  readonly pid: number;
  readonly started: string;
}

/**
 * Notes who stores into which file, for all processes of this host: an empty file for each use in
 * a folder of temporary files, whose name says everything. What a process that was killed left
 * behind counts no more.
 */
export class FileUsers {
  readonly #folder: string;

  constructor(folder = join(tmpdir(), "mem-hostmem")) {
    this.#folder = folder;
  }

  /**
   * Notes a use, unless it does not go with one that there is: then answers the process that has
   * that one. Of two who come at once, both may be refused.
   * @returns a function that takes the note back, or the other's process
   */
  enter(use: FileUse): (() => void) | number {
    mkdirSync(this.#folder, { recursive: true });
    this.#openToAll();
    const own = nameOf({ ...use, pid, started: startOf(pid) });
    const path = join(this.#folder, own);
    writeFileSync(path, "", { flag: "wx" });
    const leave = () => remove(path);
    for (const name of readdirSync(this.#folder)) {
      const other = name === own ? null : parse(name);
      if (!other) continue;
      if (!isAlive(other)) remove(join(this.#folder, name));
      else if (collide(use, other)) {
        leave();
        return other.pid;
      }
    }
    return leave;
  }

  /** Processes of other people leave notes too. */
  #openToAll(): void {
    try {
      chmodSync(this.#folder, 0o1777);
    } catch {
      // It is another's, who did that.
    }
  }
}

function collide(a: FileUse, b: FileUse): boolean {
  if (a.identity !== b.identity || (a.kind === "mapped" && b.kind === "mapped")) return false;
  return a.from < b.to && b.from < a.to;
}

function nameOf({ identity, from, to, kind, pid: process, started }: NotedUse): string {
  const serial = randomBytes(6).toString("hex");
  return [identity, from, to, kind, process, started, serial].join("-");
}

function parse(name: string): NotedUse | null {
  const [identity = "", from, to, kind, process, started = "", serial] = name.split("-");
  if (serial === undefined || (kind !== "mapped" && kind !== "copied")) return null;
  const use = { from: Number(from), to: Number(to), pid: Number(process) };
  return Number.isSafeInteger(use.pid) && use.pid > 0 ? { identity, kind, started, ...use } : null;
}

/** True if the process that left a note runs, and is not a later one of the same number. */
function isAlive({ pid: process, started }: NotedUse): boolean {
  try {
    kill(process, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
  }
  const now = startOf(process);
  return now === UNKNOWN || started === UNKNOWN || now === started;
}

const UNKNOWN = "0";

/**
 * Time at which a process began, in a unit of the system's; {@link UNKNOWN} where that cannot be
 * told.
 */
function startOf(process: number): string {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, "latin1");
    // The name, in parentheses, may hold anything; what follows it are 20 fields up to the start.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone, or another's.
  }
}
