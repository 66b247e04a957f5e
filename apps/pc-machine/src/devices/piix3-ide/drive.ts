/** Shared state of a channel and its drives. */
import type { PioTransfer } from "./pio-transfer.js";
import type { TaskFile } from "./task-file.js";

/** Services that a drive uses of its channel. */
export interface DriveHost {
  /** Raise the channel's interrupt. */
  interrupt(): void;
  /** A DMA command waits for the engine to be started. */
  dmaReady(): void;
  /** A host error, for the log. */
  log(message: string): void;
}

/** The engine that moves data between a drive and memory. */
export interface DmaEngine {
  /** Bytes that its list names, from where the transfer began. */
  readonly room: number;
  /** Move one chunk; returns how many bytes the list had room for. */
  move(chunk: Uint8Array, toMemory: boolean): number;
  /** A transfer that had to wait is over; true if the engine stays active. */
  end(staysActive: boolean): void;
}

/** A drive as its channel sees it. */
export interface IdeDrive {
  readonly task: TaskFile;
  readonly pio: PioTransfer;
  /** True if a command runs, so that a new one is not taken. */
  readonly busy: boolean;
  /** True if it takes packets; such a drive alone can be reset while a command runs. */
  readonly packet: boolean;
  /** True if a DMA command waits for the engine. */
  readonly dmaWaiting: boolean;
  /** Power-on. */
  reset(): void;
  /** Soft reset by the device control register. */
  softReset(): void;
  /** The guest wrote the command register. */
  execute(command: number): void;
  /** The drive's part of EXECUTE DEVICE DIAGNOSTIC. */
  diagnose(): void;
  /** The DMA engine was started. Whether it stays active: the list goes on after the transfer. */
  runDma(engine: DmaEngine): boolean;
  /** The guest has moved the whole DRQ block. */
  blockDone(): void;
  /** The machine is taken apart. */
  dispose(): void;
}
