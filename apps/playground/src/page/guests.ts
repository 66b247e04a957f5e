/** Guests that lie in the folder `guests` beside the page. */
import { PageError } from "../page-error.js";
import type { GivenFile } from "../machine/protocol.js";

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
    readonly kind: "disk" | "cdrom" | "firmware" | "vga-bios" | "kernel" | "initrd";
  }[];
}

/** The guests that there are; none where the manifest cannot be read. */
export async function listGuests(): Promise<readonly Guest[]> {
  try {
    const response = await fetch("./guests/manifest.json");
    if (!response.ok) return [];
    return guestsOf(await response.json());
  } catch {
    return [];
  }
}

/** The guests of a manifest, without entries that are none. */
export function guestsOf(manifest: unknown): readonly Guest[] {
  if (typeof manifest !== "object" || manifest === null || !("guests" in manifest)) return [];
  const { guests } = manifest;
  return Array.isArray(guests) ? guests.filter(isGuest) : [];
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

function isGuest(value: unknown): value is Guest {
  if (typeof value !== "object" || value === null) return false;
  if (!("name" in value) || typeof value.name !== "string") return false;
  if (!("files" in value) || !Array.isArray(value.files)) return false;
  return value.files.every(
    (file: unknown) =>
      typeof file === "object" && file !== null && "path" in file && "kind" in file,
  );
}
