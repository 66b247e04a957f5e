/** An ATA disk: it executes commands against a block backend, by PIO or with a DMA engine. */
import { SECTOR_BYTES, type BlockBackend } from "../../storage/block-backend.js";
import { AtaCommand, AtaDevice, AtaError, AtaFeature, AtaStatus } from "./ata.js";
import type { DmaMover, DriveHost, IdeDrive } from "./drive.js";
import { defaultGeometry, fromChs, geometryOf, setChs, type Geometry } from "./geometry.js";
import { writeIdentify } from "./identify.js";
import { PioTransfer } from "./pio-transfer.js";
import { TaskFile } from "./task-file.js";

/** The transfer a command is in the middle of. */
interface Transfer {
  lba: number;
  remaining: number;
  readonly wide: boolean;
  readonly write: boolean;
  /** Sectors a DRQ block. */
  readonly block: number;
}

const MAX_MULTIPLE = 16;
const READY = AtaStatus.DRDY | AtaStatus.DSC;
const POWER_ACTIVE = 0xff;

/** One drive of an IDE channel (QEMU's `ide-hd`). */
export class AtaDisk implements IdeDrive {
  readonly task = new TaskFile();
  readonly pio = new PioTransfer(MAX_MULTIPLE * SECTOR_BYTES);
  readonly #backend: BlockBackend;
  readonly #host: DriveHost;
  readonly #model: string;
  readonly #serial: string;
  readonly #dma: boolean;
  readonly #geometry: Geometry;
  #currentGeometry: Geometry;
  #multiple = MAX_MULTIPLE;
  #writeCache = true;
  #transferMode = 0;
  #transfer: Transfer | null = null;
  #dmaWaiting = false;

  /** @param options.dma whether the channel has a DMA engine, so that DMA commands are offered. */
  constructor(
    host: DriveHost,
    options: { backend: BlockBackend; model: string; serial: string; dma: boolean },
  ) {
    this.#host = host;
    this.#backend = options.backend;
    this.#model = options.model;
    this.#serial = options.serial;
    this.#dma = options.dma;
    this.#geometry = defaultGeometry(options.backend.sectors);
    this.#currentGeometry = this.#geometry;
    this.reset();
  }

  /** Power-on or soft reset: the signature, no transfer; the geometry is the default one. */
  reset(): void {
    this.#currentGeometry = this.#geometry;
    this.#multiple = MAX_MULTIPLE;
    this.#stop();
    this.task.device = AtaDevice.OBSOLETE;
    this.task.setSignature();
  }

  /** Whether a command runs, so that a new one is not taken. */
  get busy(): boolean {
    return (this.task.status & (AtaStatus.BSY | AtaStatus.DRQ)) !== 0;
  }

  /** Whether a DMA command waits for the engine. */
  get dmaWaiting(): boolean {
    return this.#dmaWaiting;
  }

  /** The guest wrote the command register. */
  execute(command: number): void {
    const { task } = this;
    task.error = 0;
    task.status = READY;
    switch (command) {
      case AtaCommand.READ_SECTORS:
      case AtaCommand.READ_SECTORS_NO_RETRY:
        return this.#startPio({ wide: false, write: false, block: 1 });
      case AtaCommand.READ_SECTORS_EXT:
        return this.#startPio({ wide: true, write: false, block: 1 });
      case AtaCommand.READ_MULTIPLE:
        return this.#startPio({ wide: false, write: false, block: this.#multiple });
      case AtaCommand.READ_MULTIPLE_EXT:
        return this.#startPio({ wide: true, write: false, block: this.#multiple });
      case AtaCommand.WRITE_SECTORS:
      case AtaCommand.WRITE_SECTORS_NO_RETRY:
      case AtaCommand.WRITE_VERIFY:
        return this.#startPio({ wide: false, write: true, block: 1 });
      case AtaCommand.WRITE_SECTORS_EXT:
        return this.#startPio({ wide: true, write: true, block: 1 });
      case AtaCommand.WRITE_MULTIPLE:
        return this.#startPio({ wide: false, write: true, block: this.#multiple });
      case AtaCommand.WRITE_MULTIPLE_EXT:
        return this.#startPio({ wide: true, write: true, block: this.#multiple });
      case AtaCommand.READ_DMA:
      case AtaCommand.READ_DMA_NO_RETRY:
        return this.#startDma(false, false);
      case AtaCommand.READ_DMA_EXT:
        return this.#startDma(true, false);
      case AtaCommand.WRITE_DMA:
      case AtaCommand.WRITE_DMA_NO_RETRY:
        return this.#startDma(false, true);
      case AtaCommand.WRITE_DMA_EXT:
        return this.#startDma(true, true);
      case AtaCommand.READ_VERIFY:
      case AtaCommand.READ_VERIFY_NO_RETRY:
        return this.#verify(false);
      case AtaCommand.READ_VERIFY_EXT:
        return this.#verify(true);
      case AtaCommand.IDENTIFY:
        return this.#identify();
      case AtaCommand.INITIALIZE_PARAMETERS:
        return this.#initializeParameters();
      case AtaCommand.SET_MULTIPLE:
        return this.#setMultiple();
      case AtaCommand.SET_FEATURES:
        return this.#setFeatures();
      case AtaCommand.READ_NATIVE_MAX:
        return this.#readNativeMax(false);
      case AtaCommand.READ_NATIVE_MAX_EXT:
        return this.#readNativeMax(true);
      case AtaCommand.FLUSH:
      case AtaCommand.FLUSH_EXT:
        return this.#flush();
      case AtaCommand.CHECK_POWER:
        task.current[0] = POWER_ACTIVE;
        return this.#complete();
      case AtaCommand.STANDBY_IMMEDIATE:
      case AtaCommand.IDLE_IMMEDIATE:
      case AtaCommand.STANDBY:
      case AtaCommand.IDLE:
      case AtaCommand.SLEEP:
        return this.#complete();
      default:
        // Both have sixteen codes, of which all but the first are of old.
        if ((command & 0xf0) === AtaCommand.RECALIBRATE || (command & 0xf0) === AtaCommand.SEEK) {
          return this.#complete();
        }
        return this.#fail(AtaError.ABRT);
    }
  }

  /** EXECUTE DEVICE DIAGNOSTIC: every drive of the channel does its part; one interrupts. */
  diagnose(): void {
    this.#stop();
    this.task.setSignature();
  }

  /** The engine was started: do the waiting DMA command with it. */
  runDma(move: DmaMover): void {
    const transfer = this.#transfer;
    if (!this.#dmaWaiting || transfer === null) {
      return;
    }
    const chunk = new Uint8Array(Math.min(transfer.remaining, 128) * SECTOR_BYTES);
    while (transfer.remaining > 0) {
      const count = Math.min(transfer.remaining, chunk.length / SECTOR_BYTES);
      const bytes = chunk.subarray(0, count * SECTOR_BYTES);
      if (!transfer.write && !this.#readMedium(transfer.lba, bytes)) {
        return;
      }
      if (move(bytes, !transfer.write) < bytes.length) {
        // The list ended before the transfer: the drive gives up, without an interrupt.
        this.#stop();
        this.task.status = READY;
        return;
      }
      if (transfer.write && !this.#writeMedium(transfer.lba, bytes)) {
        return;
      }
      this.#advance(transfer, count);
    }
    this.#stop();
    this.#complete();
  }

  /** The guest has read or written the whole DRQ block. */
  blockDone(): void {
    const transfer = this.#transfer;
    if (transfer === null) {
      this.task.status = READY;
      return;
    }
    const bytes = this.pio.bytes;
    const count = bytes.length / SECTOR_BYTES;
    if (transfer.write && !this.#writeMedium(transfer.lba, bytes)) {
      return;
    }
    this.#advance(transfer, count);
    if (transfer.remaining > 0) {
      if (this.#offerBlock(transfer)) {
        this.#host.interrupt();
      }
    } else {
      this.#stop();
      this.task.status = READY;
      if (transfer.write) {
        this.#host.interrupt();
      }
    }
  }

  #startPio(kind: { wide: boolean; write: boolean; block: number }): void {
    if (kind.block === 0) {
      return this.#fail(AtaError.ABRT);
    }
    const transfer = this.#address(kind.wide, kind.write, kind.block);
    if (transfer === null) {
      return;
    }
    this.#transfer = transfer;
    // The first block of a write is asked for without an interrupt.
    if (this.#offerBlock(transfer) && !transfer.write) {
      this.#host.interrupt();
    }
  }

  #startDma(wide: boolean, write: boolean): void {
    if (!this.#dma) {
      return this.#fail(AtaError.ABRT);
    }
    const transfer = this.#address(wide, write, 1);
    if (transfer === null) {
      return;
    }
    this.#transfer = transfer;
    this.#dmaWaiting = true;
    this.task.status = READY | AtaStatus.DRQ;
    this.#host.dmaReady();
  }

  /** The sectors the registers name, or null after failing the command. */
  #address(wide: boolean, write: boolean, block: number): Transfer | null {
    const { task } = this;
    const linear = wide || (task.device & AtaDevice.LBA) !== 0;
    const lba = linear ? task.linearAddress(wide) : fromChs(task, this.#currentGeometry);
    const remaining = task.sectorCount(wide);
    if (write && this.#backend.readonly) {
      this.#fail(AtaError.ABRT);
      return null;
    }
    if (lba < 0 || lba + remaining > this.#backend.sectors) {
      this.#fail(AtaError.IDNF);
      return null;
    }
    return { lba, remaining, wide, write, block };
  }

  /** Put the next DRQ block up for the guest; false after failing the command. */
  #offerBlock(transfer: Transfer): boolean {
    const count = Math.min(transfer.remaining, transfer.block);
    const bytes = this.pio.begin(count * SECTOR_BYTES, transfer.write);
    if (!transfer.write && !this.#readMedium(transfer.lba, bytes)) {
      return false;
    }
    this.task.status = READY | AtaStatus.DRQ;
    return true;
  }

  /** Account for `count` sectors done: the registers show the last of them. */
  #advance(transfer: Transfer, count: number): void {
    const last = transfer.lba + count - 1;
    transfer.lba += count;
    transfer.remaining -= count;
    this.#showAddress(last, transfer.wide);
    this.task.current[0] = transfer.remaining & 0xff;
    if (transfer.wide) {
      this.task.previous[0] = (transfer.remaining >> 8) & 0xff;
    }
  }

  #showAddress(lba: number, wide: boolean): void {
    if (wide || (this.task.device & AtaDevice.LBA) !== 0) {
      this.task.setLinearAddress(lba, wide);
    } else {
      setChs(this.task, this.#currentGeometry, lba);
    }
  }

  #readMedium(lba: number, into: Uint8Array): boolean {
    try {
      this.#backend.read(lba, into);
      return true;
    } catch (error) {
      this.#mediumFailed(error, AtaError.UNC);
      return false;
    }
  }

  #writeMedium(lba: number, from: Uint8Array): boolean {
    try {
      this.#backend.write(lba, from);
      return true;
    } catch (error) {
      this.#mediumFailed(error, AtaError.ABRT);
      return false;
    }
  }

  #mediumFailed(error: unknown, code: number): void {
    this.#host.log(error instanceof Error ? error.message : String(error));
    this.#fail(code);
  }

  #verify(wide: boolean): void {
    const transfer = this.#address(wide, false, 1);
    if (transfer !== null) {
      this.#advance(transfer, transfer.remaining);
      this.#complete();
    }
  }

  #identify(): void {
    this.#transfer = null;
    const bytes = this.pio.begin(SECTOR_BYTES, false);
    writeIdentify(
      {
        model: this.#model,
        serial: this.#serial,
        firmware: "2.5+",
        sectors: this.#backend.sectors,
        geometry: this.#geometry,
        currentGeometry: this.#currentGeometry,
        maxMultiple: MAX_MULTIPLE,
        multiple: this.#multiple,
        writeCache: this.#writeCache,
        dma: this.#dma,
        transferMode: this.#transferMode,
      },
      bytes,
    );
    this.task.status = READY | AtaStatus.DRQ;
    this.#host.interrupt();
  }

  #initializeParameters(): void {
    const sectors = this.task.current[0] ?? 0;
    const heads = (this.task.device & AtaDevice.HEAD) + 1;
    if (sectors === 0) {
      return this.#fail(AtaError.ABRT);
    }
    this.#currentGeometry = geometryOf(this.#backend.sectors, heads, sectors);
    this.#complete();
  }

  #setMultiple(): void {
    const count = this.task.current[0] ?? 0;
    const powerOfTwo = (count & (count - 1)) === 0;
    if (count > MAX_MULTIPLE || !powerOfTwo) {
      return this.#fail(AtaError.ABRT);
    }
    this.#multiple = count;
    this.#complete();
  }

  #setFeatures(): void {
    switch (this.task.features) {
      case AtaFeature.ENABLE_WRITE_CACHE:
        this.#writeCache = true;
        return this.#complete();
      case AtaFeature.DISABLE_WRITE_CACHE:
        this.#writeCache = false;
        return this.#flush();
      case AtaFeature.SET_TRANSFER_MODE:
        return this.#setTransferMode(this.task.current[0] ?? 0);
      case AtaFeature.DISABLE_LOOK_AHEAD:
      case AtaFeature.ENABLE_LOOK_AHEAD:
      case AtaFeature.KEEP_ON_RESET:
      case AtaFeature.DEFAULTS_ON_RESET:
        return this.#complete();
      default:
        return this.#fail(AtaError.ABRT);
    }
  }

  #setTransferMode(mode: number): void {
    const family = mode & 0xf8;
    const number = mode & 7;
    const pio = family === 0x00 || (family === 0x08 && number <= 4);
    const dma = this.#dma && ((family === 0x20 && number <= 2) || (family === 0x40 && number <= 5));
    if (!pio && !dma) {
      return this.#fail(AtaError.ABRT);
    }
    this.#transferMode = mode;
    this.#complete();
  }

  #readNativeMax(wide: boolean): void {
    const last = this.#backend.sectors - 1;
    this.task.setLinearAddress(wide ? last : Math.min(last, 0x0fff_ffff), wide);
    this.#complete();
  }

  #flush(): void {
    try {
      this.#backend.flush?.();
    } catch (error) {
      return this.#mediumFailed(error, AtaError.ABRT);
    }
    this.#complete();
  }

  #stop(): void {
    this.#transfer = null;
    this.#dmaWaiting = false;
    this.pio.end();
  }

  #complete(): void {
    this.task.status = READY;
    this.#host.interrupt();
  }

  #fail(error: number): void {
    this.#stop();
    this.task.error = error;
    this.task.status = AtaStatus.DRDY | AtaStatus.ERR;
    this.#host.interrupt();
  }
}
