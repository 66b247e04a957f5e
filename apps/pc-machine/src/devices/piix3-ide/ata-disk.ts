/** An ATA disk: it executes commands against a block backend, by PIO or with a DMA engine. */
import { SECTOR_BYTES } from "../../storage/block-backend.js";
import type { DriveBackend } from "../../storage/drive-backend.js";
import {
  AtaCommand,
  AtaDevice,
  AtaError,
  AtaFeature,
  AtaStatus,
  FEATURES_WITHOUT_EFFECT,
} from "./ata.js";
import type { DmaEngine, DriveHost, IdeDrive } from "./drive.js";
import { geometryOf, type Geometry } from "./geometry.js";
import { TransferMode, writeIdentify } from "./identify.js";
import { PioTransfer } from "./pio-transfer.js";
import { SectorTransfer } from "./sector-transfer.js";
import { SMART_KEY, Smart, SmartCommand } from "./smart.js";
import { TaskFile } from "./task-file.js";

const MAX_MULTIPLE = 16;
const READY = AtaStatus.DRDY | AtaStatus.DSC;
const POWER_ACTIVE = 0xff;

/** Parts and identity of a disk. */
export interface DiskOptions {
  readonly backend: DriveBackend;
  /** Name of the device, as programs know it. */
  readonly qdev: string;
  readonly model: string;
  readonly serial: string;
  /** Up to 8 characters: the firmware's. */
  readonly version: string;
  /** Cylinders, heads and sectors that it tells. */
  readonly geometry: Geometry;
  /** True if the channel has a DMA engine, so that DMA commands are offered. */
  readonly dma: boolean;
}

/** One drive of an IDE channel (QEMU's `ide-hd`). */
export class AtaDisk implements IdeDrive {
  readonly packet = false;
  readonly task = new TaskFile();
  readonly pio = new PioTransfer(MAX_MULTIPLE * SECTOR_BYTES);
  readonly #backend: DriveBackend;
  readonly #host: DriveHost;
  readonly #identity: Pick<DiskOptions, "model" | "serial" | "version" | "dma">;
  readonly #smart = new Smart();
  readonly #geometry: Geometry;
  #currentGeometry: Geometry;
  #multiple = MAX_MULTIPLE;
  #writeCache = true;
  readonly #transferMode = new TransferMode();
  readonly #sectors: SectorTransfer;

  constructor(host: DriveHost, options: DiskOptions) {
    this.#host = host;
    this.#backend = options.backend;
    this.#identity = options;
    this.#geometry = options.geometry;
    this.#currentGeometry = this.#geometry;
    this.#sectors = new SectorTransfer({
      task: this.task,
      pio: this.pio,
      backend: options.backend,
      dma: options.dma,
      host,
      geometry: () => this.#currentGeometry,
      complete: () => this.#complete(),
      fail: (error) => this.#fail(error),
    });
    options.backend.connect({
      qdev: options.qdev,
      removable: false,
      tray: null,
      mediumChanged: () => undefined,
    });
    this.reset();
  }

  dispose(): void {
    this.#backend.disconnect();
  }

  /** Power-on or soft reset: the signature, no transfer; the geometry is the default one. */
  reset(): void {
    this.#currentGeometry = this.#geometry;
    this.#multiple = MAX_MULTIPLE;
    this.#sectors.stop();
    this.task.device = AtaDevice.OBSOLETE;
    this.task.features = 0;
    this.task.setSignature();
  }

  softReset(): void {
    this.reset();
  }

  /** True if a command runs, so that a new one is not taken. */
  get busy(): boolean {
    return (this.task.status & (AtaStatus.BSY | AtaStatus.DRQ)) !== 0;
  }

  /** True if a DMA command waits for the engine. */
  get dmaWaiting(): boolean {
    return this.#sectors.dmaWaiting;
  }

  /** The engine was started: do the waiting DMA command with it. */
  runDma(engine: DmaEngine): boolean {
    return this.#sectors.runDma(engine);
  }

  /** The guest has read or written the whole DRQ block. */
  blockDone(): void {
    this.#sectors.blockDone();
  }

  /** The guest wrote the command register. */
  execute(command: number): void {
    const { task } = this;
    task.error = 0;
    task.status = READY;
    switch (command) {
      case AtaCommand.READ_SECTORS:
      case AtaCommand.READ_SECTORS_NO_RETRY:
        return this.#sectors.startPio({ wide: false, write: false, block: 1 });
      case AtaCommand.READ_SECTORS_EXT:
        return this.#sectors.startPio({ wide: true, write: false, block: 1 });
      case AtaCommand.READ_MULTIPLE:
        return this.#sectors.startPio({ wide: false, write: false, block: this.#multiple });
      case AtaCommand.READ_MULTIPLE_EXT:
        return this.#sectors.startPio({ wide: true, write: false, block: this.#multiple });
      case AtaCommand.WRITE_SECTORS:
      case AtaCommand.WRITE_SECTORS_NO_RETRY:
      case AtaCommand.WRITE_VERIFY:
        return this.#sectors.startPio({ wide: false, write: true, block: 1 });
      case AtaCommand.WRITE_SECTORS_EXT:
        return this.#sectors.startPio({ wide: true, write: true, block: 1 });
      case AtaCommand.WRITE_MULTIPLE:
        return this.#sectors.startPio({ wide: false, write: true, block: this.#multiple });
      case AtaCommand.WRITE_MULTIPLE_EXT:
        return this.#sectors.startPio({ wide: true, write: true, block: this.#multiple });
      case AtaCommand.READ_DMA:
      case AtaCommand.READ_DMA_NO_RETRY:
        return this.#sectors.startDma(false, false);
      case AtaCommand.READ_DMA_EXT:
        return this.#sectors.startDma(true, false);
      case AtaCommand.WRITE_DMA:
      case AtaCommand.WRITE_DMA_NO_RETRY:
        return this.#sectors.startDma(false, true);
      case AtaCommand.WRITE_DMA_EXT:
        return this.#sectors.startDma(true, true);
      case AtaCommand.READ_VERIFY:
      case AtaCommand.READ_VERIFY_NO_RETRY:
        return this.#sectors.verify(false);
      case AtaCommand.READ_VERIFY_EXT:
        return this.#sectors.verify(true);
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
      case AtaCommand.CHECK_POWER_OLD:
        task.current[0] = POWER_ACTIVE;
        return this.#complete();
      case AtaCommand.STANDBY_IMMEDIATE:
      case AtaCommand.IDLE_IMMEDIATE:
      case AtaCommand.STANDBY:
      case AtaCommand.IDLE:
      case AtaCommand.SLEEP:
      case AtaCommand.STANDBY_IMMEDIATE_OLD:
      case AtaCommand.IDLE_IMMEDIATE_OLD:
      case AtaCommand.STANDBY_OLD:
      case AtaCommand.IDLE_OLD:
      case AtaCommand.SLEEP_OLD:
        // These say nothing of the heads.
        return this.#complete(AtaStatus.DRDY);
      case AtaCommand.SECURITY_FREEZE_LOCK:
        // There is no password: nothing is to be frozen. The count is cleared, as QEMU clears it.
        task.current[0] = 0;
        return this.#complete();
      case AtaCommand.SMART:
        return this.#executeSmart(task.features);
      case AtaCommand.DATA_SET_MANAGEMENT:
        return this.#sectors.manageDataSet();
      case AtaCommand.RECALIBRATE:
      case AtaCommand.SEEK:
        return this.#complete();
      default:
        return this.#fail(AtaError.ABRT);
    }
  }

  /** EXECUTE DEVICE DIAGNOSTIC: every drive of the channel does its part; one interrupts. */
  diagnose(): void {
    this.#sectors.stop();
    this.task.device = AtaDevice.OBSOLETE;
    this.task.setSignature();
  }

  #identify(): void {
    this.#give((into) => {
      writeIdentify(
        {
          ...this.#identity,
          sectors: this.#backend.sectors,
          geometry: this.#geometry,
          currentGeometry: this.#currentGeometry,
          maxMultiple: MAX_MULTIPLE,
          multiple: this.#multiple,
          writeCache: this.#writeCache,
          smart: this.#smart.enabled,
          transferMode: this.#transferMode,
        },
        into,
      );
    });
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
    const { features, current } = this.task;
    switch (features) {
      case AtaFeature.ENABLE_WRITE_CACHE:
        this.#writeCache = true;
        return this.#complete();
      case AtaFeature.DISABLE_WRITE_CACHE:
        this.#writeCache = false;
        return this.#flush();
      case AtaFeature.SET_TRANSFER_MODE:
        return this.#transferMode.set(current[0] ?? 0)
          ? this.#complete()
          : this.#fail(AtaError.ABRT);
      default:
        return FEATURES_WITHOUT_EFFECT.has(features) ? this.#complete() : this.#fail(AtaError.ABRT);
    }
  }

  #executeSmart(command: number): void {
    const { task } = this;
    const [, low = 0, mid, high] = task.current;
    const smart = this.#smart;
    const isKnown = mid === SMART_KEY.mid && high === SMART_KEY.high;
    if (!isKnown || (!smart.enabled && command !== SmartCommand.ENABLE)) {
      return this.#fail(AtaError.ABRT);
    }
    switch (command) {
      case SmartCommand.ENABLE:
      case SmartCommand.DISABLE:
        smart.enable(command === SmartCommand.ENABLE);
        return this.#complete();
      case SmartCommand.ATTRIBUTE_AUTOSAVE:
        return smart.setAutosave(low) ? this.#complete() : this.#fail(AtaError.ABRT);
      case SmartCommand.RETURN_STATUS:
        // The registers hold what says that all is well.
        return this.#complete();
      case SmartCommand.EXECUTE_OFFLINE:
        return smart.runTest(low) ? this.#complete() : this.#fail(AtaError.ABRT);
      case SmartCommand.READ_DATA:
        return this.#give((into) => smart.writeData(into));
      case SmartCommand.READ_THRESHOLDS:
        return this.#give((into) => smart.writeThresholds(into));
      case SmartCommand.READ_LOG:
        return this.#give((into) => smart.writeLog(low, into));
      default:
        return this.#fail(AtaError.ABRT);
    }
  }

  /** Put a sector of the drive's own up for the guest, unless `fill` has none. */
  #give(fill: (into: Uint8Array) => boolean | void): void {
    this.#sectors.stop();
    if (fill(this.pio.begin(SECTOR_BYTES, false)) === false) {
      return this.#fail(AtaError.ABRT);
    }
    this.task.status = READY | AtaStatus.DRQ;
    this.#host.interrupt();
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
      const outcome = this.#sectors.mediumFailed(error, "flush", AtaError.ABRT);
      if (outcome === "held") this.#sectors.hold(() => this.#flush());
      if (outcome !== "done") return;
    }
    this.#complete();
  }

  #complete(status: number = READY): void {
    this.task.status = status;
    this.#host.interrupt();
  }

  #fail(error: number): void {
    this.#sectors.stop();
    this.task.error = error;
    this.task.status = AtaStatus.DRDY | AtaStatus.ERR;
    this.#host.interrupt();
  }
}
