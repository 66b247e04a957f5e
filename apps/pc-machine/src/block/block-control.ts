/** Handling of drives by monitors while the machine is there: change media, move trays, resize. */
import { BlockError, SECTOR_BYTES } from "../storage/block-backend.js";
import type { BlockDrive } from "./block-drive.js";
import type { BlockGraph } from "./block-graph.js";
import type { BlockNode } from "./block-node.js";
import { BlockdevError, errnoName, errnoText } from "./errors.js";
import { legacyOptions } from "./open-node.js";

/** A drive as programs name it: by its own name, or by that of the device that holds it. */
export interface DriveName {
  readonly device?: string | undefined;
  readonly id?: string | undefined;
}

/** Access of a new medium: as the old one had, or as told. */
export const READ_ONLY_MODES = ["retain", "read-only", "read-write"] as const;

/** The drive of a name. @throws BlockdevError unless it was given one way, and is there */
export function driveNamed(graph: BlockGraph, { device, id }: DriveName): BlockDrive {
  if ((device === undefined) === (id === undefined)) {
    throw new BlockdevError("Need exactly one of 'device' and 'id'");
  }
  const name = device ?? id ?? "";
  const drive =
    device === undefined
      ? graph.drives.find(({ frontEnd }) => frontEnd?.qdev === name)
      : graph.drive(name);
  if (drive === null || drive === undefined) throw noDevice(name);
  return drive;
}

/** Take the medium out. @throws BlockdevError when it stays */
export function eject(graph: BlockGraph, drive: BlockDrive, force: boolean): void {
  openTray(drive, force);
  if (drive.node !== null) graph.change(drive, null);
}

/**
 * Open the tray. A guest that has locked it is asked, unless `force`.
 * @throws BlockdevError when it stays closed
 */
export function openTray(drive: BlockDrive, force: boolean): void {
  const { frontEnd } = drive;
  const name = nameOf(drive);
  if (frontEnd !== null && !frontEnd.removable) {
    throw new BlockdevError(`Device '${name}' is not removable`);
  }
  const tray = frontEnd?.tray ?? null;
  if (tray === null || tray.open) return;
  if (tray.locked) {
    tray.pressButton();
    if (!force) {
      throw new BlockdevError(
        `Device '${name}' is locked and force was not specified, wait for tray to open and try again`,
      );
    }
  }
  tray.move(true);
}

/** Close the tray, with what is in it. @throws BlockdevError when the device's medium cannot be changed */
export function closeTray(drive: BlockDrive): void {
  const { frontEnd } = drive;
  if (frontEnd !== null && !frontEnd.removable) {
    throw new BlockdevError(`Device '${nameOf(drive)}' is not removable`);
  }
  frontEnd?.tray?.move(false);
}

/** Take out what is in an open tray. @throws BlockdevError when it is closed */
export function removeMedium(graph: BlockGraph, drive: BlockDrive): void {
  const { frontEnd } = drive;
  const name = nameOf(drive);
  if (frontEnd !== null && !frontEnd.removable) {
    throw new BlockdevError(`Device '${name}' is not removable`);
  }
  if (frontEnd?.tray?.open === false) {
    throw new BlockdevError(`Tray of device '${name}' is not open`);
  }
  if (drive.node !== null) graph.change(drive, null);
}

/** Put a node into an open tray that is empty. @throws BlockdevError when that cannot be */
export function insertMedium(graph: BlockGraph, drive: BlockDrive, nodeName: string): void {
  const { frontEnd } = drive;
  const name = nameOf(drive);
  const node = graph.node(nodeName);
  if (node === null) throw new BlockdevError(`Node '${nodeName}' not found`);
  if (node.users > 0) throw new BlockdevError(`Node '${nodeName}' is already in use`);
  if (frontEnd !== null && !frontEnd.removable) {
    throw new BlockdevError(`Device '${name}' is not removable`);
  }
  if (frontEnd?.tray?.open === false) {
    throw new BlockdevError(`Tray of device '${name}' is not open`);
  }
  if (drive.node !== null) throw new BlockdevError(`There already is a medium in device '${name}'`);
  graph.change(drive, node);
}

/** Put the image of a file in, in place of what is there. @throws BlockdevError when it cannot be */
export function changeMedium(
  graph: BlockGraph,
  drive: BlockDrive,
  file: {
    readonly filename: string;
    readonly format: string | null;
    readonly mode: (typeof READ_ONLY_MODES)[number];
    readonly force: boolean;
  },
): void {
  const { filename, format, mode, force } = file;
  const name = nameOf(drive);
  if (drive.frontEnd !== null && !drive.frontEnd.removable) {
    throw new BlockdevError(`Device '${name}' is not removable`);
  }
  const isDisc = drive.frontEnd?.tray !== null && drive.frontEnd?.tray !== undefined;
  const readonly =
    mode === "retain" ? (drive.node === null ? isDisc : drive.readonly) : mode === "read-only";
  const node = graph.openNode(legacyOptions(filename, format, {}), { readonly });
  try {
    openTray(drive, force);
  } catch (error) {
    graph.discard(node);
    throw error;
  }
  graph.change(drive, node);
  closeTray(drive);
}

/** Give an image another size, in bytes. @throws BlockdevError when it cannot have it */
export function resize(
  graph: BlockGraph,
  name: { readonly device?: string | undefined; readonly node?: string | undefined },
  bytes: number,
): void {
  const drive = name.device === undefined ? null : graph.find(name.device);
  const node: BlockNode | null =
    drive?.node ?? (name.node === undefined ? null : graph.node(name.node));
  if (node === null) {
    if (drive !== null) throw new BlockdevError(`Device '${nameOf(drive)}' has no medium`);
    throw new BlockdevError(
      `Cannot find device='${name.device ?? ""}' nor node-name='${name.node ?? ""}'`,
    );
  }
  if (bytes < 0) throw new BlockdevError("Parameter 'size' expects a >0 size");
  if (bytes % SECTOR_BYTES !== 0) {
    throw new BlockdevError("The new size must be a multiple of 512");
  }
  const { image } = node;
  if (image.resize === undefined) {
    throw new BlockdevError("Image format driver does not support resize");
  }
  try {
    image.resize(bytes / SECTOR_BYTES);
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    if (error.rule === "medium-read-only") throw new BlockdevError("Image is read-only");
    throw new BlockdevError(
      error.rule === "qcow2"
        ? error.message
        : `Failed to resize the image: ${errnoText(errnoName(error))}`,
    );
  }
  for (const one of graph.drives) if (one.node === node) one.resized();
}

/** Name of a drive for messages: its own, or its device's. */
export function nameOf(drive: BlockDrive): string {
  return drive.id ?? drive.frontEnd?.qdev ?? "";
}

function noDevice(name: string): BlockdevError {
  return new BlockdevError(`Device '${name}' not found`, { notFound: true });
}
