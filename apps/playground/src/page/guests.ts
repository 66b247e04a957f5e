/** Guests that lie in the folder `guests` beside the page. */
import { PageError } from "../page-error.js";
import type { GivenFile } from "../machine/protocol.js";

const KINDS = ["disk", "cdrom", "floppy", "firmware", "vga-bios", "kernel", "initrd"] as const;

/** Entry of `guests/manifest.json`. */
export interface Guest {
  readonly name: string;
  /** MiB of RAM; 64 unless given. */
  readonly memory?: number;
  /** Command line for a kernel. */
  readonly commandLine?: string;
  readonly files: readonly {
    /** Relative to the folder. */
    readonly path: string;
    readonly kind: (typeof KINDS)[number];
  }[];
}

/** The guests of a manifest, and what is wrong with it, for whoever wrote it. */
export interface GuestList {
  readonly guests: readonly Guest[];
  readonly problems: readonly string[];
}

/** The guests that there are; none where there is no manifest. */
export async function listGuests(): Promise<GuestList> {
  const response = await fetch("./guests/manifest.json").catch(() => null);
  if (response === null || !response.ok) return { guests: [], problems: [] };
  try {
    return guestsOf(await response.json());
  } catch {
    return { guests: [], problems: ["guests/manifest.json is no JSON"] };
  }
}

/** The guests of a manifest; entries that are none are told as problems. */
export function guestsOf(manifest: unknown): GuestList {
  const entries =
    typeof manifest === "object" && manifest !== null && "guests" in manifest
      ? manifest.guests
      : null;
  if (!Array.isArray(entries)) {
    return { guests: [], problems: ['guests/manifest.json has no list "guests"'] };
  }
  const guests: Guest[] = [];
  const problems: string[] = [];
  for (const [at, entry] of entries.entries()) {
    const problem = problemOf(entry);
    if (problem === null) guests.push(entry as Guest);
    else problems.push(`guests/manifest.json, entry ${at + 1}: ${problem}`);
  }
  return { guests, problems };
}

/** A file of the folder. @throws Error when it is not there, or lies elsewhere */
export async function fetchGuestFile(path: string): Promise<GivenFile> {
  if (!isInside(path))
    throw new PageError(`${path} is not in the folder guests/`, { rule: "file" });
  const response = await fetch(`./guests/${path}`);
  if (!response.ok)
    throw new PageError(`guests/${path}: ${response.status} ${response.statusText}`, {
      rule: "file",
    });
  return { name: path, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/** True if a path stays in its folder. */
export function isInside(path: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:|^\/|\\/i.test(path) && !path.split("/").includes("..");
}

/** The first thing that is wrong with an entry, `null` where all is well. */
function problemOf(entry: unknown): string | null {
  if (!isRecord(entry)) return "it is no object";
  const { name, memory, commandLine, files } = entry;
  if (typeof name !== "string" || name === "") return 'it has no "name"';
  if (memory !== undefined && !(Number.isInteger(memory) && Number(memory) > 0)) {
    return '"memory" is a number of MiB';
  }
  if (commandLine !== undefined && typeof commandLine !== "string")
    return '"commandLine" is a text';
  if (!Array.isArray(files) || files.length === 0) return 'it has no list "files"';
  for (const file of files) {
    if (!isRecord(file) || typeof file.path !== "string") return 'a file has a "path"';
    if (!KINDS.some((kind) => kind === file.kind)) {
      return `${file.path}: its "kind" is one of ${KINDS.join(", ")}`;
    }
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
