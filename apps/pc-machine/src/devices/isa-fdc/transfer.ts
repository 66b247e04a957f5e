/** Sectors on their way between a medium and the bus: reading, writing, comparing, formatting. */
import { BlockError, SECTOR_BYTES } from "../../storage/block-backend.js";
import type { BlockOperation } from "../../storage/drive-backend.js";
import type { FloppyDrive } from "./floppy-drive.js";
import { FINE, St0, St1, St2, failedBy, type FloppyStatus } from "./status.js";

/** Treatment of sectors. `verify` reads them and gives them to nobody. */
export type FloppyTransferKind = "read" | "write" | "verify" | "scan" | "format";

const ADDRESS_BYTES = 4;

/** Course and end of a transfer. */
export interface FloppyTransferPlan {
  readonly kind: FloppyTransferKind;
  /** The last sector of a track. */
  readonly endOfTrack: number;
  /** True if it goes on with the other head. */
  readonly multiTrack: boolean;
  /** Of `scan`: what a sector has to be, compared with the host's. */
  readonly scan?: "equal" | "low" | "high";
  /** Number of sectors at most. */
  readonly sectors: number;
  /** True if a DMA controller moves the bytes: the head is on the next sector at the end, else on the last. */
  readonly byDma: boolean;
  /** Of `format`: the byte that fills sectors. */
  readonly filler?: number;
}

/** One transfer, from the sector under the drive's head on. */
export class FloppyTransfer {
  readonly plan: FloppyTransferPlan;
  /** Outcome, `null` while it is under way. */
  status: FloppyStatus | null = null;
  readonly #drive: FloppyDrive;
  readonly #buffer = new Uint8Array(SECTOR_BYTES);
  /** Bytes of the sector, or of the address, that are done. */
  #done = 0;
  #left: number;
  /** True if the head has left the track. */
  #movedOn = false;
  #equal = true;
  #met = true;

  constructor(drive: FloppyDrive, plan: FloppyTransferPlan) {
    this.#drive = drive;
    this.plan = plan;
    this.#left = plan.sectors;
    const writes = plan.kind === "write" || plan.kind === "format";
    if (writes && drive.writeProtected) this.#fail(St1.NOT_WRITABLE);
  }

  /** True if bytes go to the guest. */
  get toGuest(): boolean {
    return this.plan.kind === "read";
  }

  /** Up to `into.length` bytes for the guest; answers how many there were. */
  give(into: Uint8Array): number {
    let given = 0;
    while (given < into.length && this.status === null) {
      if (this.#done === 0) this.#load();
      if (this.status !== null) break;
      const part = this.#buffer.subarray(this.#done, this.#done + into.length - given);
      into.set(part, given);
      given += part.length;
      this.#done += part.length;
      if (this.#done === SECTOR_BYTES) this.#next();
    }
    return given;
  }

  /** Bytes from the guest; answers how many were taken. */
  take(from: Uint8Array): number {
    let taken = 0;
    const unit = this.plan.kind === "format" ? ADDRESS_BYTES : SECTOR_BYTES;
    while (taken < from.length && this.status === null) {
      const part = from.subarray(taken, taken + unit - this.#done);
      if (this.plan.kind === "scan") this.#compare(part);
      else this.#buffer.set(part, this.#done);
      taken += part.length;
      this.#done += part.length;
      if (this.#done === unit && this.status === null) this.#complete();
    }
    return taken;
  }

  /** Read what nobody is given, to the end. */
  verify(): void {
    while (this.status === null) {
      this.#load();
      if (this.status === null) this.#next();
    }
  }

  /** The guest wants no more. */
  end(): void {
    if (this.status !== null) return;
    if (this.plan.kind === "write" && this.#done > 0) {
      // The rest of the sector is what the controller has: zeros.
      this.#buffer.fill(0, this.#done);
      this.#store();
    }
    this.status ??= this.#finished;
  }

  #complete(): void {
    const { kind } = this.plan;
    if (kind === "format") {
      this.#formatSector();
    } else if (kind === "scan") {
      if (this.#met) this.status = { ...FINE, st2: this.#equal ? St2.SCAN_EQUAL : 0 };
      else this.#next();
    } else {
      this.#store();
      if (this.status === null) this.#next();
    }
  }

  #formatSector(): void {
    const [track = 0, head = 0, sector = 0] = this.#buffer;
    this.#done = 0;
    if (this.#drive.has(track, head, sector) && track === this.#drive.track) {
      this.#drive.head = head;
      this.#drive.sector = sector;
      this.#buffer.fill(this.plan.filler ?? 0);
      this.#store();
    }
    if (--this.#left <= 0) this.status ??= FINE;
  }

  #compare(part: Uint8Array): void {
    if (this.#done === 0) {
      this.#load();
      this.#equal = true;
      this.#met = true;
    }
    for (const [index, wanted] of part.entries()) {
      const found = this.#buffer[this.#done + index] ?? 0;
      // Ones on either side match everything.
      if (wanted === found || wanted === 0xff || found === 0xff) continue;
      this.#equal = false;
      const { scan } = this.plan;
      if (scan === "equal" || (scan === "low" ? found > wanted : found < wanted)) this.#met = false;
    }
  }

  /** A sector is done: on to the next, or it was the last. */
  #next(): void {
    this.#done = 0;
    this.#left--;
    const isLast = this.#left <= 0;
    if (isLast && !this.plan.byDma && this.toGuest) {
      this.status = this.#finished;
    } else if (!this.#advance() || isLast) {
      this.status = this.#finished;
    }
  }

  /** Move to the next sector: of this track, of the other side, of the next track. False past the end. */
  #advance(): boolean {
    const drive = this.#drive;
    const { endOfTrack, multiTrack } = this.plan;
    const last = drive.geometry?.sectors ?? 0;
    if (drive.sector < last && drive.sector !== endOfTrack) {
      drive.sector++;
      return true;
    }
    drive.sector = 1;
    const isTwoSided = (drive.geometry?.heads ?? 1) > 1;
    if (multiTrack && drive.head === 0 && isTwoSided) {
      drive.head = 1;
      return true;
    }
    this.#movedOn = true;
    drive.seek(drive.track + 1);
    if (!multiTrack) return false;
    drive.head = 0;
    return isTwoSided && drive.has(drive.track, drive.head, drive.sector);
  }

  get #finished(): FloppyStatus {
    const st2 = this.plan.kind === "scan" ? St2.SCAN_NOT_MET : 0;
    return { st0: this.#movedOn ? St0.SEEK : 0, st1: 0, st2 };
  }

  #load(): void {
    try {
      this.#drive.read(this.#buffer);
    } catch (error) {
      this.#mediumFailed(error, "read");
    }
  }

  #store(): void {
    try {
      this.#drive.write(this.#buffer);
    } catch (error) {
      this.#mediumFailed(error, "write");
    }
  }

  /** A floppy disk's errors are told, or ignored: there is no trying again. */
  #mediumFailed(error: unknown, operation: BlockOperation): void {
    if (!(error instanceof BlockError)) throw error;
    if (this.#drive.backend.failed(error, operation) !== "ignore") this.#fail(St1.DATA_ERROR);
  }

  #fail(st1: number): void {
    this.status = failedBy(st1);
  }
}
