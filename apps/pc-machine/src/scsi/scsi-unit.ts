/** A logical unit that takes SCSI commands: a disk, or a CD drive. */
import type { DriveBackend } from "../storage/drive-backend.js";

/** Reasons of a failure: sense key, code, qualifier. */
export const Sense = {
  NONE: [0, 0, 0],
  NO_MEDIUM: [2, 0x3a, 0],
  READ_ERROR: [3, 0x11, 0],
  WRITE_ERROR: [3, 0x0c, 0],
  UNKNOWN_COMMAND: [5, 0x20, 0],
  OUT_OF_RANGE: [5, 0x21, 0],
  INVALID_FIELD: [5, 0x24, 0],
  NO_SUCH_UNIT: [5, 0x25, 0],
  MEDIUM_CHANGED: [6, 0x28, 0],
  WRITE_PROTECTED: [7, 0x27, 0],
} as const;

/** A reason of a failure. */
export type SenseCode = readonly [key: number, code: number, qualifier: number];

/** Task that a command sets. */
export type ScsiTask =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly sense: SenseCode }
  /** Bytes for the host. */
  | { readonly kind: "answer"; readonly bytes: Uint8Array }
  /** Sectors of 512 bytes from or to the medium. */
  | { readonly kind: "read" | "write"; readonly lba: number; readonly sectors: number };

/** A unit. */
export interface ScsiUnit {
  readonly drive: DriveBackend;
  /** Begin a command of 6 to 16 bytes. */
  begin(command: Uint8Array): ScsiTask;
  /** Keep why a command failed, for the host to ask. */
  fail(sense: SenseCode): void;
  /** The reason why the last command failed, as bytes for the host; it is known no more. */
  takeSense(): Uint8Array;
  /** Another medium is there, or none. */
  mediumChanged(): void;
  /** The state after a reset. */
  reset(): void;
}

/** There is nothing more to do. */
export const DONE: ScsiTask = { kind: "done" };
const SENSE_BYTES = 18;

/** A reason, in the fixed format. */
export function senseBytes([key, code, qualifier]: SenseCode): Uint8Array {
  const bytes = new Uint8Array(SENSE_BYTES);
  bytes.set([0x70, 0, key, 0, 0, 0, 0, SENSE_BYTES - 8]);
  bytes.set([code, qualifier], 12);
  return bytes;
}

/** The command failed. */
export function failed(sense: SenseCode): ScsiTask {
  return { kind: "failed", sense };
}

/** An answer of `length` bytes at most. */
export function limited(bytes: Uint8Array, length: number): ScsiTask {
  return { kind: "answer", bytes: bytes.subarray(0, length) };
}
