/** `linux --guest`: a folder of files from which the page in a browser boots. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { CliError } from "../cli-error.js";
import { hostErrorText } from "../host-error.js";
import { makeFolder } from "../make-folder.js";

/** Files and settings of a guest. */
export interface GuestFiles {
  readonly name: string;
  readonly ramMib: number;
  readonly commandLine: string;
  readonly kernel: string;
  readonly initrd: string;
  /** SeaBIOS, which starts the kernel. */
  readonly firmware: string;
}

/** An entry of `manifest.json`, as the page reads it. */
interface GuestEntry {
  readonly name: string;
}

/**
 * Copy a guest's files to `folder` and list it in the `manifest.json` there, in place of an entry of
 * the same name.
 * @throws CliError when the folder cannot be written to, or holds a manifest that is none
 */
export function writeGuest(folder: string, guest: GuestFiles): void {
  const { name, ramMib, commandLine, kernel, initrd, firmware } = guest;
  const manifest = join(folder, "manifest.json");
  try {
    makeFolder(folder);
    const others = entriesOf(manifest).filter((entry) => entry.name !== name);
    const files = [
      [firmware, "firmware"],
      [kernel, "kernel"],
      [initrd, "initrd"],
    ].map(([path = "", kind]) => {
      copyFileSync(path, join(folder, basename(path)));
      return { path: basename(path), kind };
    });
    const guests = [...others, { name, memory: ramMib, commandLine, files }];
    writeFileSync(manifest, `${JSON.stringify({ guests }, null, 2)}\n`);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`linux: --guest ${folder}: ${hostErrorText(error)}`);
  }
}

function entriesOf(manifest: string): readonly GuestEntry[] {
  let text: string;
  try {
    text = readFileSync(manifest, "utf8");
  } catch {
    return [];
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (typeof value !== "object" || value === null || !("guests" in value)) {
    throw new CliError(`linux: ${manifest} is no list of guests`);
  }
  return Array.isArray(value.guests) ? value.guests.filter(isEntry) : [];
}

function isEntry(value: unknown): value is GuestEntry {
  return typeof value === "object" && value !== null && "name" in value;
}
