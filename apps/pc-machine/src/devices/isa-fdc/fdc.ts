/** The floppy controller: an 82078 with two drives, on DMA channel 2. */
import { bytePortsRegion } from "../../device/windows/byte-ports.js";
import type { DeviceContext, IrqLine } from "../../device/context.js";
import { IsaDevice } from "../../device/isa-device.js";
import type { Timer } from "../../host/clock.js";
import type { DmaChannelLine } from "../../device/dma-channel.js";
import { commandOf, FdcCommand as C } from "./commands.js";
import type { FloppyDrive, FloppyPlace } from "./floppy-drive.js";
import { FdcSettings } from "./settings.js";
import {
  FINE,
  SECTOR_SIZE_CODE,
  St0,
  St1,
  failedBy,
  moveHead,
  type FloppyStatus,
} from "./status.js";
import { FloppyTransfer } from "./transfer.js";

const DRIVES = 4;
/** Registers, by port from the first. */
const Port = { STATUS_B: 1, OUTPUT: 2, TAPE: 3, STATUS: 4, FIFO: 5, INPUT: 7 } as const;
const Output = { DRIVE: 0x03, RUN: 0x04, DMA: 0x08, MOTOR_0: 0x10, MOTOR_1: 0x20 } as const;
const Status = { BUSY: 0x10, NO_DMA: 0x20, TO_HOST: 0x40, READY: 0x80 } as const;
const MULTI_TRACK = 0x80;
const DISK_CHANGED = 0x80;
const SOFT_RESET = 0x80;
const RATE_MASK = 0x03;
/** A revolution. */
const REVOLUTION_NS = 20_000_000;
/** The status register B of a drive that is idle. */
const IDLE_B = 0xc0;
const SECOND_DRIVE_B = 0x20;
const TRACKS_AT_MOST = 255;

/** Meaning of the bytes at the FIFO. */
type Phase = "command" | "execution" | "result";

/** QEMU's `isa-fdc`. */
export class Fdc extends IsaDevice {
  readonly #drives: (FloppyDrive | null)[] = [null, null, null, null];
  readonly #irq: IrqLine;
  readonly #dma: DmaChannelLine | null;
  readonly #idFound: Timer;
  #output = Output.DMA | Output.RUN;
  #tape = 0;
  #rate = 0;
  #phase: Phase = "command";
  #fifo: number[] = [];
  #wanted = 1;
  #code: number = C.INVALID;
  #status0 = 0;
  /** Drives that have not yet told of the reset. */
  #resetsToTell = 0;
  #interrupting = false;
  #transfer: FloppyTransfer | null = null;
  readonly #settings = new FdcSettings();

  /**
   * @param options.iobase its first port; nothing answers there, but at the next ones
   * @param options.dma    its channel, `null` for none: the guest moves bytes by itself
   */
  constructor(
    context: DeviceContext,
    options: {
      iobase: number;
      irq: IrqLine;
      dma: DmaChannelLine | null;
    },
  ) {
    super(context, "isa-fdc");
    this.#irq = options.irq;
    this.#dma = options.dma;
    this.#idFound = context.clock.timer(() => this.#tellId());
    this.#dma?.connect({
      give: (into) => this.#moved(this.#transfer?.give(into) ?? 0),
      take: (from) => this.#moved(this.#transfer?.take(from) ?? 0),
      terminalCount: () => {
        this.#transfer?.end();
        this.#finishIfDone();
      },
    });
    const region = (first: number, size: number): void => {
      const ports = {
        size,
        read: (offset: number) => this.#read(first + offset),
        write: (offset: number, value: number) => this.#write(first + offset, value),
      };
      this.mapPorts(
        options.iobase + first,
        bytePortsRegion(context.machine, "fdc", ports, this.object),
      );
    };
    region(Port.STATUS_B, Port.FIFO - Port.STATUS_B + 1);
    region(Port.INPUT, 1);
  }

  /** The drives by number, `null` where there is none. */
  get drives(): readonly (FloppyDrive | null)[] {
    return this.#drives;
  }

  /** Put a drive at a number, 0 to 3. */
  attach(number: number, drive: FloppyDrive): void {
    this.#drives[number] = drive;
  }

  override reset(): void {
    this.#output = Output.DMA | Output.RUN;
    this.#tape = 0;
    this.#rate = 0;
    this.#settings.reset(true);
    this.#restart();
    this.#resetsToTell = 0;
    this.#setInterrupt(false);
  }

  /** Nothing is due any more. */
  dispose(): void {
    this.#idFound.cancel();
  }

  get #selected(): number {
    return this.#output & Output.DRIVE;
  }

  get #drive(): FloppyDrive | null {
    return this.#drives[this.#selected] ?? null;
  }

  /** The state after a reset by the guest: of the controller, not of what it was set up with. */
  #restart(): void {
    this.#idFound.cancel();
    this.#dma?.request(false);
    this.#transfer = null;
    this.#status0 = 0;
    this.#settings.reset(false);
    for (const drive of this.#drives) {
      if (drive !== null) drive.track = 0;
    }
    this.#awaitCommand();
  }

  #setInterrupt(level: boolean): void {
    this.#interrupting = level;
    this.#irq.set(level);
  }

  #awaitCommand(): void {
    this.#phase = "command";
    this.#fifo = [];
    this.#wanted = 1;
  }

  /** Hand out the bytes of a result. */
  #answer(...bytes: readonly number[]): void {
    this.#phase = bytes.length === 0 ? "command" : "result";
    this.#fifo = [...bytes];
    this.#wanted = 1;
  }

  #read(port: number): number {
    switch (port) {
      case Port.STATUS_B:
        return (
          IDLE_B |
          ((this.#output & (Output.MOTOR_0 | Output.MOTOR_1)) >> 4) |
          ((this.#output & 1) !== 0 ? SECOND_DRIVE_B : 0)
        );
      case Port.OUTPUT:
        return this.#output;
      case Port.TAPE:
        return this.#tape;
      case Port.STATUS:
        return this.#mainStatus();
      case Port.FIFO:
        return this.#readFifo();
      default:
        return (this.#drive?.changed ?? true) ? DISK_CHANGED : 0;
    }
  }

  #write(port: number, value: number): void {
    switch (port) {
      case Port.OUTPUT:
        this.#setOutput(value);
        break;
      case Port.TAPE:
        this.#tape = value & RATE_MASK;
        break;
      case Port.STATUS:
        this.#rate = value & RATE_MASK;
        if ((value & SOFT_RESET) !== 0) this.#resetByGuest();
        break;
      case Port.FIFO:
        if ((this.#output & Output.RUN) !== 0) this.#writeFifo(value);
        break;
      case Port.INPUT:
        this.#rate = value & RATE_MASK;
        break;
    }
  }

  #setOutput(value: number): void {
    const before = this.#output;
    this.#output = value;
    const runs = (value & Output.RUN) !== 0;
    if (!runs && (before & Output.RUN) !== 0) {
      this.#restart();
      this.#setInterrupt(false);
    } else if (runs && (before & Output.RUN) === 0) {
      this.#resetByGuest();
    }
  }

  #resetByGuest(): void {
    this.#restart();
    this.#resetsToTell = DRIVES;
    this.#status0 = St0.CHANGED;
    this.#setInterrupt(true);
  }

  #mainStatus(): number {
    if (this.#idFound.armed) return Status.BUSY;
    switch (this.#phase) {
      case "command":
        return Status.READY | (this.#fifo.length > 0 ? Status.BUSY : 0);
      case "result":
        return Status.READY | Status.TO_HOST | Status.BUSY;
      case "execution":
        return this.#byDma
          ? Status.BUSY
          : Status.READY |
              Status.BUSY |
              Status.NO_DMA |
              (this.#transfer?.toGuest === true ? Status.TO_HOST : 0);
    }
  }

  get #byDma(): boolean {
    return this.#dma !== null && !this.#settings.noDma && (this.#output & Output.DMA) !== 0;
  }

  #readFifo(): number {
    if (this.#phase === "execution" && !this.#byDma) {
      const byte = new Uint8Array(1);
      this.#transfer?.give(byte);
      this.#finishIfDone();
      return byte[0] ?? 0;
    }
    if (this.#phase !== "result") {
      this.context.log("guest_error", "fdc: a byte is read where there is none");
      return 0;
    }
    const byte = this.#fifo.shift() ?? 0;
    if (this.#fifo.length === 0) {
      this.#setInterrupt(false);
      this.#awaitCommand();
    }
    return byte;
  }

  #writeFifo(value: number): void {
    if (this.#phase === "execution" && !this.#byDma && this.#transfer?.toGuest === false) {
      this.#transfer.take(Uint8Array.of(value));
      this.#finishIfDone();
      return;
    }
    if (this.#phase !== "command" || this.#idFound.armed) {
      this.context.log("guest_error", "fdc: a byte is written where none is taken");
      return;
    }
    this.#fifo.push(value);
    if (this.#fifo.length === 1) {
      const { code, parameters } = commandOf(value);
      this.#code = code;
      this.#wanted = 1 + parameters;
    }
    if (this.#fifo.length === this.#wanted) this.#execute();
  }

  /** Choose the drive, and the head, that a parameter names. */
  #select(parameter: number): void {
    this.#output = (this.#output & ~Output.DRIVE) | (parameter & Output.DRIVE);
  }

  #execute(): void {
    const [first = 0, one = 0, two = 0] = this.#fifo;
    switch (this.#code) {
      case C.READ:
      case C.READ_DELETED:
      case C.READ_TRACK:
      case C.WRITE:
      case C.WRITE_DELETED:
      case C.VERIFY:
      case C.SCAN_EQUAL:
      case C.SCAN_LOW:
      case C.SCAN_HIGH:
        this.#start(first);
        break;
      case C.FORMAT_TRACK:
        this.#startFormat();
        break;
      case C.READ_ID:
        this.#select(one);
        if (this.#drive !== null) this.#drive.head = (one >> 2) & 1;
        this.#idFound.arm(this.context.clock.nowNs() + REVOLUTION_NS);
        break;
      case C.RECALIBRATE:
        this.#select(one);
        this.#seek(0);
        break;
      case C.SEEK:
        this.#select(one);
        this.#seek(two);
        break;
      case C.RELATIVE_SEEK_IN:
        this.#select(one);
        this.#seek(Math.min((this.#drive?.track ?? 0) + two, TRACKS_AT_MOST));
        break;
      case C.RELATIVE_SEEK_OUT:
        this.#select(one);
        this.#seek(Math.max((this.#drive?.track ?? 0) - two, 0));
        break;
      case C.SENSE_INTERRUPT:
        this.#senseInterrupt();
        break;
      case C.SENSE_DRIVE:
        this.#select(one);
        this.#senseDrive((one >> 2) & 1);
        break;
      default:
        this.#set();
    }
  }

  /** Do a command about settings, or say that there is none such. */
  #set(): void {
    const [first = 0, ...parameters] = this.#fifo;
    const tracks = Array.from({ length: DRIVES }, (_none, unit) => this.#drives[unit]?.track ?? 0);
    const result = this.#settings.execute(this.#code, parameters, tracks);
    if (result === null) {
      this.context.log("guest_error", `fdc: no command 0x${first.toString(16)}`);
    }
    if (result?.length === 0) this.#awaitCommand();
    else this.#answer(...(result ?? [St0.INVALID]));
  }

  #seek(track: number): void {
    this.#drive?.seek(track);
    this.#awaitCommand();
    this.#status0 = St0.SEEK;
    this.#setInterrupt(true);
  }

  #senseInterrupt(): void {
    const drive = this.#drive;
    if (this.#resetsToTell > 0) {
      const unit = DRIVES - this.#resetsToTell;
      this.#resetsToTell--;
      this.#answer(St0.CHANGED | unit, drive?.track ?? 0);
    } else if (!this.#interrupting) {
      this.#answer(St0.INVALID);
      return;
    } else {
      this.#answer((this.#status0 & ~0x07) | this.#selected, drive?.track ?? 0);
    }
    this.#setInterrupt(false);
    this.#status0 = St0.CHANGED;
  }

  #senseDrive(head: number): void {
    const drive = this.#drive;
    if (drive !== null) drive.head = head;
    this.#answer(
      ((drive?.writeProtected ?? false) ? 0x40 : 0) |
        ((drive?.track ?? 0) === 0 ? 0x10 : 0) |
        (head << 2) |
        this.#selected |
        0x28,
    );
  }

  /** A revolution is over: tell what is under the head. A drive without a medium is believed to have one, as in QEMU. */
  #tellId(): void {
    const drive = this.#drive;
    const geometry = drive?.geometry ?? null;
    if (drive === null || (geometry !== null && geometry.rate !== this.#rate)) {
      this.#finish(failedBy(St1.NO_ADDRESS_MARK));
      return;
    }
    this.#finish(FINE);
    if (geometry !== null) drive.sector = (drive.sector % geometry.sectors) + 1;
  }

  #start(first: number): void {
    const [, place = 0, track = 0, head = 0, sector = 0, size = 0, endOfTrack = 0] = this.#fifo;
    this.#select(place);
    this.#settings.endOfTrack = endOfTrack;
    const drive = this.#drive;
    const failure = this.#place({ track, head, sector }, size);
    if (failure !== null || drive === null) {
      const status = failure ?? failedBy(0);
      this.#finish(status, { track, head, sector });
      return;
    }
    const code = this.#code;
    const multiTrack = (first & MULTI_TRACK) !== 0;
    const writes = code === C.WRITE || code === C.WRITE_DELETED;
    const scan =
      code === C.SCAN_EQUAL
        ? "equal"
        : code === C.SCAN_LOW
          ? "low"
          : code === C.SCAN_HIGH
            ? "high"
            : null;
    const kind = scan !== null ? "scan" : writes ? "write" : code === C.VERIFY ? "verify" : "read";
    this.#begin(
      new FloppyTransfer(drive, {
        kind,
        endOfTrack,
        multiTrack,
        sectors: Math.max(1, endOfTrack - sector + 1 + (multiTrack ? endOfTrack : 0)),
        byDma: this.#byDma,
        ...(scan === null ? {} : { scan }),
      }),
    );
  }

  /** Move the head to a sector. @returns what is wrong, `null` if nothing */
  #place(place: FloppyPlace, size: number): FloppyStatus | null {
    return this.#drive === null
      ? failedBy(0)
      : moveHead(this.#drive, place, { size, rate: this.#rate });
  }

  #startFormat(): void {
    const [, place = 0, size = 0, sectors = 0, , filler = 0] = this.#fifo;
    this.#select(place);
    const drive = this.#drive;
    const head = (place >> 2) & 1;
    const failure = this.#place({ track: drive?.track ?? 0, head, sector: 1 }, size);
    if (failure !== null || drive === null) {
      this.#finish(failure ?? failedBy(0));
      return;
    }
    const plan = {
      kind: "format",
      endOfTrack: sectors,
      multiTrack: false,
      byDma: this.#byDma,
      filler,
      sectors,
    } as const;
    this.#begin(new FloppyTransfer(drive, plan));
  }

  #begin(transfer: FloppyTransfer): void {
    this.#transfer = transfer;
    this.#phase = "execution";
    this.#fifo = [];
    if (transfer.plan.kind === "verify") {
      transfer.verify();
      this.#finishIfDone();
    } else if (transfer.status !== null) {
      this.#finishIfDone();
    } else if (this.#byDma) {
      this.#dma?.request(true);
    } else {
      this.#setInterrupt(true);
    }
  }

  #moved(bytes: number): number {
    this.#finishIfDone();
    return bytes;
  }

  #finishIfDone(): void {
    const status = this.#transfer?.status ?? null;
    if (status !== null) this.#finish(status);
  }

  /** A command that reads or writes is over: its result, with the place of the head or one that was asked for in vain. */
  #finish({ st0, st1, st2 }: FloppyStatus, place: FloppyPlace | null = this.#drive): void {
    this.#transfer = null;
    this.#dma?.request(false);
    const { track = 0, head = 0, sector = 1 } = place ?? {};
    this.#status0 = st0 | ((this.#drive?.head ?? 0) << 2) | this.#selected;
    this.#answer(this.#status0, st1, st2, track, head, sector, SECTOR_SIZE_CODE);
    this.#setInterrupt(true);
  }
}
