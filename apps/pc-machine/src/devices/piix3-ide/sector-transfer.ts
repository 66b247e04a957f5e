/** Sectors on their way between a disk and the guest: block by block at the data port, or by DMA. */
import { SECTOR_BYTES } from "../../storage/block-backend.js";
import type { BlockOperation, DriveBackend } from "../../storage/drive-backend.js";
import { AtaDevice, AtaError, AtaStatus } from "./ata.js";
import type { DmaEngine, DriveHost } from "./drive.js";
import { fromChs, setChs, type Geometry } from "./geometry.js";
import type { PioTransfer } from "./pio-transfer.js";
import type { TaskFile } from "./task-file.js";

/** The transfer a command is in the middle of. */
interface Transfer {
  lba: number;
  remaining: number;
  readonly wide: boolean;
  readonly write: boolean;
  /** Sectors a DRQ block. */
  readonly block: number;
  /** True if the data that are written are the list of DATA SET MANAGEMENT. */
  readonly trim?: boolean;
}

/** Outcome of a transfer with the medium: `held` is to be tried again, `failed` the guest was told of. */
type Outcome = "done" | "held" | "failed";

/** Services that a transfer uses of its disk. */
export interface TransferDisk {
  readonly task: TaskFile;
  readonly pio: PioTransfer;
  readonly backend: DriveBackend;
  /** True if the channel has a DMA engine. */
  readonly dma: boolean;
  readonly host: DriveHost;
  /** The geometry that cylinders, heads and sectors count in. */
  geometry(): Geometry;
  /** The command is done. */
  complete(): void;
  /** The command failed with this error. */
  fail(error: number): void;
}

const READY = AtaStatus.DRDY | AtaStatus.DSC;
/** Sectors that go through memory of ours at once. */
const DMA_CHUNK_SECTORS = 128;
/** The one use of DATA SET MANAGEMENT, in the features register. */
const DSM_TRIM = 0x01;
/** An entry of its list: 48 bits of address, 16 bits of count. */
const DSM_ENTRY_BYTES = 8;

/** The transfer that a disk's command is in the middle of, if it is in one. */
export class SectorTransfer {
  readonly #disk: TransferDisk;
  #transfer: Transfer | null = null;
  #dmaWaiting = false;
  /** Mark of the command that waits for the machine to go on. */
  #held: object | null = null;

  constructor(disk: TransferDisk) {
    this.#disk = disk;
  }

  /** True if a DMA command waits for the engine. */
  get dmaWaiting(): boolean {
    return this.#dmaWaiting;
  }

  /** The engine was started: do the waiting DMA command with it. */
  runDma(engine: DmaEngine): boolean {
    const transfer = this.#transfer;
    if (!this.#dmaWaiting || transfer === null) {
      return true;
    }
    const wanted = transfer.remaining;
    if (transfer.trim !== true && !this.#isThere(transfer.lba, wanted)) {
      this.#disk.fail(AtaError.IDNF);
      return false;
    }
    if (engine.room < wanted * SECTOR_BYTES) {
      // The list ends before the transfer: the drive gives up, without an interrupt.
      this.stop();
      this.#disk.task.status = READY;
      return false;
    }
    const more = wanted > 0 && engine.room > wanted * SECTOR_BYTES;
    return this.#goOn(engine, transfer, more, null);
  }

  /**
   * Move what is left of a transfer by DMA.
   * @param more  the list goes on after it
   * @param taken bytes that the engine has given, but the medium has not taken yet
   * @returns whether the engine stays active
   */
  #goOn(engine: DmaEngine, transfer: Transfer, more: boolean, taken: Uint8Array | null): boolean {
    let chunk = taken;
    while (transfer.remaining > 0) {
      const count = Math.min(transfer.remaining, DMA_CHUNK_SECTORS);
      const bytes = chunk ?? new Uint8Array(count * SECTOR_BYTES);
      const outcome = this.#moveByDma(engine, transfer, bytes, chunk !== null);
      chunk = null;
      if (outcome === "held") {
        const kept = transfer.write ? bytes : null;
        this.#dmaWaiting = false;
        this.hold(() => engine.end(this.#goOn(engine, transfer, more, kept)));
        return true;
      }
      if (outcome === "failed") return false;
      this.#advance(transfer, count);
    }
    this.stop();
    this.#disk.complete();
    return more;
  }

  /** Move a part of the waiting transfer. */
  #moveByDma(engine: DmaEngine, transfer: Transfer, bytes: Uint8Array, taken: boolean): Outcome {
    if (!transfer.write) {
      const outcome = this.#readMedium(transfer.lba, bytes);
      if (outcome === "done") engine.move(bytes, true);
      return outcome;
    }
    if (!taken) engine.move(bytes, false);
    if (transfer.trim !== true) {
      return this.#writeMedium(transfer.lba, bytes);
    }
    for (const { lba, sectors } of trimRanges(bytes)) {
      if (!this.#isThere(lba, sectors)) {
        this.#disk.fail(AtaError.ABRT);
        return "failed";
      }
    }
    return "done";
  }

  /** The guest has read or written the whole DRQ block. */
  blockDone(): void {
    const transfer = this.#transfer;
    if (transfer === null) {
      this.#disk.task.status = READY;
      return;
    }
    if (transfer.write) {
      const bytes = this.#disk.pio.bytes;
      const count = bytes.length / SECTOR_BYTES;
      if (!this.#hasSectors(transfer, count)) return;
      const outcome = this.#writeMedium(transfer.lba, bytes);
      if (outcome === "held") this.hold(() => this.blockDone());
      if (outcome !== "done") return;
      this.#advance(transfer, count);
    }
    if (transfer.remaining > 0) {
      if (this.#offerBlock(transfer)) {
        this.#disk.host.interrupt();
      }
    } else {
      this.stop();
      this.#disk.task.status = READY;
      if (transfer.write) {
        this.#disk.host.interrupt();
      }
    }
  }

  /** READ and WRITE SECTORS and MULTIPLE; `block` 0 where there is no block size. */
  startPio(kind: { wide: boolean; write: boolean; block: number }): void {
    if (kind.block === 0) {
      return this.#disk.fail(AtaError.ABRT);
    }
    const transfer = this.#address(kind.wide, kind.write, kind.block);
    if (transfer === null) {
      return;
    }
    this.#transfer = transfer;
    // The first block of a write is asked for without an interrupt.
    if (this.#offerBlock(transfer) && !transfer.write) {
      this.#disk.host.interrupt();
    }
  }

  /** READ and WRITE DMA. */
  startDma(wide: boolean, write: boolean): void {
    if (!this.#disk.dma) {
      return this.#disk.fail(AtaError.ABRT);
    }
    const transfer = this.#address(wide, write, 1);
    if (transfer !== null) {
      this.#waitForDma(transfer);
    }
  }

  #waitForDma(transfer: Transfer): void {
    this.#transfer = transfer;
    this.#dmaWaiting = true;
    this.#disk.task.status = READY | AtaStatus.DRQ;
    this.#disk.host.dmaReady();
  }

  /** DATA SET MANAGEMENT: a list of sectors that hold nothing of worth, taken by DMA and kept all the same. */
  manageDataSet(): void {
    const { task } = this.#disk;
    if (!this.#disk.dma || task.features !== DSM_TRIM) {
      return this.#disk.fail(AtaError.ABRT);
    }
    const lba = task.linearAddress(false);
    this.#waitForDma({
      lba,
      // A list of no blocks is empty, where other commands take none for 256.
      remaining: task.current[0] ?? 0,
      wide: false,
      write: true,
      block: 1,
      trim: true,
    });
  }

  /** The sectors the registers name, or null after failing the command. */
  #address(wide: boolean, write: boolean, block: number): Transfer | null {
    const { task } = this.#disk;
    if (write && this.#disk.backend.readonly) {
      this.#disk.fail(AtaError.ABRT);
      return null;
    }
    const linear = wide || (task.device & AtaDevice.LBA) !== 0;
    const lba = linear ? task.linearAddress(wide) : fromChs(task, this.#disk.geometry());
    return { lba, remaining: task.sectorCount(wide), wide, write, block };
  }

  #isThere(lba: number, sectors: number): boolean {
    return lba >= 0 && lba + sectors <= this.#disk.backend.sectors;
  }

  /** True if the next `count` sectors are there; false after failing the command. */
  #hasSectors(transfer: Transfer, count: number): boolean {
    const there = this.#isThere(transfer.lba, count);
    if (!there) this.#disk.fail(AtaError.IDNF);
    return there;
  }

  /** Put the next DRQ block up for the guest; false after failing the command. */
  #offerBlock(transfer: Transfer): boolean {
    const count = Math.min(transfer.remaining, transfer.block);
    if (!transfer.write && !this.#hasSectors(transfer, count)) {
      return false;
    }
    const bytes = this.#disk.pio.begin(count * SECTOR_BYTES, transfer.write);
    if (!transfer.write) {
      const outcome = this.#readMedium(transfer.lba, bytes);
      if (outcome === "held") {
        this.hold(() => {
          if (this.#offerBlock(transfer)) this.#disk.host.interrupt();
        });
      }
      if (outcome !== "done") return false;
      this.#advance(transfer, count);
    }
    this.#disk.task.status = READY | AtaStatus.DRQ;
    return true;
  }

  /** Account for `count` sectors done: the registers show the one after them, and how many are left. */
  #advance(transfer: Transfer, count: number): void {
    transfer.lba += count;
    transfer.remaining -= count;
    this.#showAddress(transfer.lba, transfer.wide);
    this.#disk.task.current[0] = transfer.remaining & 0xff;
  }

  #showAddress(lba: number, wide: boolean): void {
    if (wide || (this.#disk.task.device & AtaDevice.LBA) !== 0) {
      this.#disk.task.setLinearAddress(lba, wide);
    } else {
      setChs(this.#disk.task, this.#disk.geometry(), lba);
    }
  }

  #readMedium(lba: number, into: Uint8Array): Outcome {
    try {
      this.#disk.backend.read(lba, into);
      return "done";
    } catch (error) {
      return this.mediumFailed(error, "read", AtaError.UNC);
    }
  }

  #writeMedium(lba: number, from: Uint8Array): Outcome {
    try {
      this.#disk.backend.write(lba, from);
      return "done";
    } catch (error) {
      return this.mediumFailed(error, "write", AtaError.ABRT);
    }
  }

  /** The host could not: what is to become of the command, which fails with `code` where the guest is to be told. */
  mediumFailed(error: unknown, operation: BlockOperation, code: number): Outcome {
    switch (this.#disk.backend.failed(error, operation)) {
      case "ignore":
        return "done";
      case "hold":
        return "held";
      case "report":
        this.#disk.host.log(error instanceof Error ? error.message : String(error));
        this.#disk.fail(code);
        return "failed";
    }
  }

  /** The command waits, and the drive is busy meanwhile, until the machine goes on. */
  hold(retry: () => void): void {
    const token = {};
    this.#held = token;
    this.#disk.task.status = READY | AtaStatus.BSY;
    this.#disk.backend.hold(() => {
      // A reset has ended the command meanwhile.
      if (this.#held !== token) return;
      this.#held = null;
      retry();
    });
  }

  /** READ VERIFY: whether the sectors are there. */
  verify(wide: boolean): void {
    const transfer = this.#address(wide, false, 1);
    if (transfer !== null && this.#hasSectors(transfer, transfer.remaining)) {
      this.#disk.complete();
    }
  }

  /** No transfer any more. */
  stop(): void {
    this.#transfer = null;
    this.#dmaWaiting = false;
    this.#held = null;
    this.#disk.pio.end();
  }
}

/** The ranges in a list of DATA SET MANAGEMENT (ATA8-ACS, 7.10), whose length is a multiple of 8 bytes. Entries of no sectors are left out. */
function trimRanges(list: Uint8Array): { lba: number; sectors: number }[] {
  const entries = new DataView(list.buffer, list.byteOffset, list.byteLength);
  const ranges: { lba: number; sectors: number }[] = [];
  for (let at = 0; at < list.length; at += DSM_ENTRY_BYTES) {
    const sectors = entries.getUint16(at + 6, true);
    if (sectors > 0) {
      const lba = entries.getUint32(at, true) + entries.getUint16(at + 4, true) * 2 ** 32;
      ranges.push({ lba, sectors });
    }
  }
  return ranges;
}
