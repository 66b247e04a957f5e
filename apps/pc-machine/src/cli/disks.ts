/** Disk images: opened as the command line asks. */
import { statSync } from "node:fs";

import type { PcOptions } from "../board/index.js";
import { FileImage } from "../storage/file-image.js";
import type { BlockBackend } from "../storage/index.js";
import type { Activity } from "./activity.js";
import { optionError } from "./cli-error.js";
import type { CommandLine, DiskRequest } from "./command-line.js";
import { hostErrorText } from "./host-error.js";
import { placeDisks } from "./options/storage.js";
import { SnapshotImage } from "./snapshot-image.js";

/** The disks by place, as the board takes them. */
export type OpenDisks = NonNullable<PcOptions["disks"]>;

/** Open every disk. @throws CliError when one cannot be had; none is left open then */
export function openDisks(line: CommandLine, activity: Activity): OpenDisks {
  const opened: OpenDisks[number][] = [];
  try {
    for (const request of placeDisks(line)) {
      if (request === null) {
        opened.push(null);
      } else {
        const backend = activity.watchDisk(openDisk(request, line.snapshot));
        opened.push({ backend, kind: request.kind });
      }
    }
  } catch (error) {
    closeDisks(opened);
    throw error;
  }
  return opened;
}

/** Media in the floppy drives, as the board takes them. */
export type OpenFloppies = NonNullable<PcOptions["floppies"]>;

/**
 * Open the floppy images. Drive A is there unless the command line wants no defaults.
 * @throws CliError when one cannot be had; none is left open then
 */
export function openFloppies(line: CommandLine, activity: Activity): OpenFloppies {
  const opened: (BlockBackend | null)[] = line.noDefaults ? [] : [null];
  try {
    for (const request of line.floppies) {
      const place = request.place ?? 0;
      while (opened.length <= place) opened.push(null);
      opened[place] = activity.watchDisk(openDisk(request, line.snapshot));
    }
  } catch (error) {
    closeFloppies(opened);
    throw error;
  }
  return opened;
}

/** Close what was opened. */
export function closeFloppies(floppies: OpenFloppies): void {
  for (const medium of floppies) medium?.close?.();
}

/** Close what was opened. */
export function closeDisks(disks: OpenDisks): void {
  for (const disk of disks) {
    disk?.backend.close?.();
  }
}

function openDisk(request: DiskRequest, snapshotDefault: boolean): BlockBackend {
  const { option, path } = request;
  const snapshot = request.snapshot ?? snapshotDefault;
  const refuse = (why: string): Error =>
    optionError(option, `cannot open disk image "${path}": ${why}`);
  let image: BlockBackend;
  try {
    if (statSync(path).isDirectory()) {
      throw refuse("is a directory");
    }
    image = new FileImage(path, { readonly: request.readonly || snapshot });
  } catch (error) {
    throw error instanceof Error && error.name === "CliError"
      ? error
      : refuse(hostErrorText(error));
  }
  if (image.sectors === 0) {
    image.close?.();
    throw refuse("it is empty");
  }
  return snapshot && !request.readonly ? new SnapshotImage(image) : image;
}
