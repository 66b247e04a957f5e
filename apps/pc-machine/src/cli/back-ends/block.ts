/** Drives and nodes of the block layer: opened as the command line asks. */
import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { constants, inflateRawSync } from "node:zlib";

import type { BlockFiles } from "../../block/block-files.js";
import type { BlockDrive, DriveHost } from "../../block/block-drive.js";
import { BlockGraph, type DriveSettings } from "../../block/block-graph.js";
import { BlockOptions } from "../../block/block-options.js";
import { BlockdevError } from "../../block/errors.js";
import { legacyOptions } from "../../block/open-node.js";
import type { PcOptions } from "../../board/index.js";
import { BlockError } from "../../storage/block-backend.js";
import { FileImage } from "../../storage/file-image.js";
import { optionError } from "../cli-error.js";
import type { CommandLine, DeviceLine, DiskRequest } from "../command-line.js";
import { hostErrorText } from "../host-error.js";
import { placeDisks } from "../options/storage.js";

/** The disks by place, as the board takes them. */
export type OpenDisks = NonNullable<PcOptions["disks"]>;

/** Media in the floppy drives, as the board takes them. */
export type OpenFloppies = NonNullable<PcOptions["floppies"]>;

/** Everything that was opened. */
export interface OpenBlocks extends Disposable {
  readonly graph: BlockGraph;
  readonly disks: OpenDisks;
  readonly floppies: OpenFloppies;
  /** Contents of the flash chips. */
  readonly flash: readonly BlockDrive[];
  /** The drive that a property of a device names; an empty one for no name. @throws CliError when there is none */
  drive(device: DeviceLine, property: string, name: string | null): BlockDrive;
}

/** Files of this host, as images. */
export const HOST_FILES: BlockFiles = {
  open: (path, options) => new FileImage(path, options),
  inflate: (packed, bytes) => {
    // What follows in the last sector is of the next cluster.
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: bytes };
    const unpacked = inflateRawSync(packed, options);
    if (unpacked.length !== bytes) throw new BlockError("too short", { rule: "qcow2" });
    return unpacked;
  },
  readText: (path) => readFileSync(path, "utf8"),
  readPipe: (path) =>
    statSync(path, { throwIfNoEntry: false })?.isFIFO() === true ? readFile(path, "utf8") : null,
};
const CDROM_PLACE = 2;

/**
 * Open all that the command line names, and the drives that are there without being asked for.
 * @throws CliError when something cannot be had; nothing is left open then
 */
export function openBlocks(line: CommandLine, host: DriveHost): OpenBlocks {
  const graph = new BlockGraph(host, HOST_FILES);
  try {
    for (const { options, option } of line.blockdevs) {
      tried(option, null, () => graph.addNode(new BlockOptions(options)));
    }
    const disks = openDisks(line, graph);
    const floppies = openFloppies(line, graph);
    for (const [index, request] of line.drives.entries()) {
      openDrive(graph, line, request, `none${index}`);
    }
    const flash = openFlash(line, graph);
    return {
      graph,
      disks,
      floppies,
      flash,
      drive: (device, property, name) =>
        name === null
          ? graph.emptyDrive()
          : tried(device.option, null, () => graph.driveFor(name, `${device.driver}.${property}`)),
      [Symbol.dispose]: () => graph[Symbol.dispose](),
    };
  } catch (error) {
    graph[Symbol.dispose]();
    throw error;
  }
}

function openDisks(line: CommandLine, graph: BlockGraph): OpenDisks {
  const places: (DiskRequest | null)[] = placeDisks(line);
  const isAsked = line.devices.some(({ driver }) => driver === "ide-cd");
  if (places[CDROM_PLACE] === null && !line.noDefaults && !isAsked && line.machine === "pc") {
    places[CDROM_PLACE] = emptyRequest("cdrom", CDROM_PLACE);
  }
  return places.map((request, place) => {
    if (request === null) return null;
    const { kind } = request;
    const letters = kind === "cdrom" ? "cd" : "hd";
    const drive = openDrive(graph, line, request, `ide${place >> 1}-${letters}${place & 1}`);
    return { backend: drive, kind, ...globalsOf(line, kind === "cdrom" ? "ide-cd" : "ide-hd") };
  });
}

/** Texts that `-global` gives every drive of a kind. */
function globalsOf(
  { globals }: CommandLine,
  kind: string,
): { model?: string; serial?: string; version?: string } {
  const text = (name: string): string | undefined =>
    globals.findLast(({ driver, property }) => driver === kind && property === name)?.value;
  const model = text("model");
  const serial = text("serial");
  const version = text("ver");
  return {
    ...(model === undefined ? {} : { model }),
    ...(serial === undefined ? {} : { serial }),
    ...(version === undefined ? {} : { version }),
  };
}

function openFloppies(line: CommandLine, graph: BlockGraph): OpenFloppies {
  const isAsked = line.devices.some(({ driver }) => driver === "floppy");
  const requests: (DiskRequest | null)[] = [];
  for (const request of line.floppies) requests[request.place ?? 0] = request;
  if (!line.noDefaults && !isAsked && line.machine === "pc") {
    requests[0] ??= emptyRequest("disk", 0);
  }
  return Array.from(requests, (request, place) =>
    request === undefined || request === null
      ? null
      : openDrive(graph, line, request, `floppy${place}`),
  );
}

/** Contents of the flash chips: of `if=pflash`, or what `-machine pflash0=` names. */
function openFlash(line: CommandLine, graph: BlockGraph): readonly BlockDrive[] {
  const drives: (BlockDrive | undefined)[] = [];
  for (const request of line.flash) {
    const place = request.place ?? 0;
    if (line.flashDrives[place] !== undefined) {
      throw optionError(request.option, `-machine pflash${place}= names another drive`);
    }
    drives[place] = openDrive(graph, line, request, `pflash${place}`);
  }
  for (const [place, name] of line.flashDrives.entries()) {
    if (name === undefined) continue;
    drives[place] = tried(`-machine pflash${place}=${name}`, null, () =>
      graph.driveFor(name, `pflash${place}`),
    );
  }
  return drives.flatMap((drive) => drive ?? []);
}

function emptyRequest(kind: DiskRequest["kind"], place: number): DiskRequest {
  return { option: "", path: null, kind, place, readonly: kind === "cdrom", snapshot: false };
}

function openDrive(
  graph: BlockGraph,
  line: CommandLine,
  request: DiskRequest,
  name: string,
): BlockDrive {
  const { option, path, readonly, rerror, werror, cache } = request;
  return tried(option, path, () => {
    const medium = mediumOf(request);
    const settings: DriveSettings = {
      id: request.id ?? name,
      medium,
      readonly,
      snapshot: request.snapshot ?? line.snapshot,
      ...(cache === undefined ? {} : { cache }),
      ...(rerror === undefined ? {} : { rerror }),
      ...(werror === undefined ? {} : { werror }),
    };
    const drive = graph.addDrive(settings);
    if (medium !== null && drive.sectors === 0) {
      throw new BlockdevError(`Could not open '${path ?? ""}': it is empty`, {
        cause: new BlockError("it is empty", { rule: "medium-size" }),
      });
    }
    return drive;
  });
}

/** Options of the node with a drive's medium, `null` for none. @throws BlockdevError for an unknown protocol */
function mediumOf({ path, format = null, settings = {} }: DiskRequest): BlockOptions | null {
  if (path !== null) return legacyOptions(path, format, settings);
  const hasDriver =
    "driver" in settings || (format !== null && format !== "raw") || "file" in settings;
  return hasDriver ? legacyOptions(null, format, settings) : null;
}

/** @throws CliError with what is wrong; of an image that cannot be opened, in this program's words */
function tried<T>(option: string, path: string | null, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof BlockdevError)) throw error;
    throw optionError(
      option,
      path !== null && error.cause instanceof BlockError
        ? `cannot open disk image "${path}": ${hostErrorText(error.cause)}`
        : error.message,
    );
  }
}
