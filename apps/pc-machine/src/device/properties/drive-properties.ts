/** Properties that disk devices have in common. */
import {
  ERROR_POLICIES,
  type DriveBackend,
  type ErrorPolicy,
} from "../../storage/drive-backend.js";
import { property } from "./property.js";

const SECTOR = 512;

/** Texts with which a drive tells what it is. */
export const identityProperties = {
  serial: property.text({ default: "", help: "its serial number, up to 20 characters" }),
  ver: property.text({ default: "", help: "version of its firmware, up to 8 characters" }),
  model: property.text({ default: "", help: "name of its model, up to 40 characters" }),
  wwn: property.uint({ bits: 64, default: 0, help: "its world wide name; of no effect" }),
} as const;

/** Size of sectors, and what becomes of errors. */
export const errorProperties = {
  logical_block_size: property.uint({
    bits: 32,
    default: SECTOR,
    among: [SECTOR],
    help: "bytes of a sector",
  }),
  physical_block_size: property.uint({
    bits: 32,
    default: SECTOR,
    among: [SECTOR],
    help: "bytes that are written at once",
  }),
  "write-cache": property.choice(["on", "off", "auto"], {
    default: "auto",
    help: "a cache that is told of; every write is done at once",
  }),
  "share-rw": property.bool({ default: false, help: "others may write; of no effect" }),
  rerror: property.choice(ERROR_POLICIES, {
    default: "auto",
    help: "action when the host cannot read: the guest is told, it is ignored, or the machine stops",
  }),
  werror: property.choice(ERROR_POLICIES, {
    default: "auto",
    help: "action when the host cannot write; enospc stops for want of space alone",
  }),
} as const;

/** Have a drive do what a device's properties say about errors. */
export function takePolicies(
  drive: DriveBackend,
  { rerror, werror }: { readonly rerror: ErrorPolicy; readonly werror: ErrorPolicy },
): void {
  drive.onErrors(rerror, werror);
}

/** Reason why a disk, which has no door, cannot have `drive`; `null` if it can. */
export function driveProblem(drive: DriveBackend): string | null {
  return drive.present ? null : "Device needs media, but drive is empty";
}
