/** What a channel and its drives know of each other. */
import type { PioTransfer } from "./pio-transfer.js";
import type { TaskFile } from "./task-file.js";

/** What a drive needs of its channel. */
export interface DriveHost {
  /** Raise the channel's interrupt. */
  interrupt(): void;
  /** A DMA command waits for the engine to be started. */
  dmaReady(): void;
  /** A host error, for the log. */
  log(message: string): void;
}

/** Moves one chunk between the drive and memory; returns how many bytes it could move. */
export type DmaMover = (chunk: Uint8Array, toMemory: boolean) => number;

/** A drive as its channel sees it. */
export interface IdeDrive {
  readonly task: TaskFile;
  readonly pio: PioTransfer;
  /** Whether a command runs, so that a new one is not taken. */
  readonly busy: boolean;
  /** Whether a DMA command waits for the engine. */
  readonly dmaWaiting: boolean;
  /** Power-on or soft reset. */
  reset(): void;
  /** The guest wrote the command register. */
  execute(command: number): void;
  /** The drive's part of EXECUTE DEVICE DIAGNOSTIC. */
  diagnose(): void;
  /** The DMA engine was started. */
  runDma(move: DmaMover): void;
  /** The guest has moved the whole DRQ block. */
  blockDone(): void;
}
