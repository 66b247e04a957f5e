/** One IDE channel: the ports that up to two drives share, and their interrupt. */
import type { DeviceContext, IrqLine } from "../../device/context.js";
import type { IoWindow } from "../../device/windows/io-window.js";
import {
  ANY_WIDTH,
  type BytePorts,
  bytePortsRegion,
  readPorts,
  writePorts,
} from "../../device/windows/byte-ports.js";
import type { BlockBackend } from "../../storage/block-backend.js";
import { driveOf } from "../../storage/drive-backend.js";
import { AtaCommand, AtaControl, AtaDevice, AtaStatus } from "./ata.js";
import { AtaDisk } from "./ata-disk.js";
import { AtapiDrive } from "./atapi-drive.js";
import type { DmaEngine, DriveHost, IdeDrive } from "./drive.js";
import { defaultGeometry, type Geometry } from "./geometry.js";
import { TaskRegister } from "./task-file.js";

/** A drive to attach. */
export interface DriveOptions {
  readonly backend: BlockBackend;
  /** A hard disk unless told. A CD's sectors are four of the backend's. */
  readonly kind?: "disk" | "cdrom";
  /** Up to 40 characters. */
  readonly model?: string;
  /** Up to 20 characters. */
  readonly serial?: string;
  /** Version of the firmware, up to 8 characters. */
  readonly version?: string;
  /** Cylinders, heads and sectors; as its size has it unless given. */
  readonly geometry?: Geometry;
  /** Name of the device, as programs know it. */
  readonly qdev?: string;
}

/** Two drive slots behind a command block (8 ports) and a control block (1 port). */
export class IdeChannel {
  /** Both regions are named `ide`, as in QEMU, and belong to the board. */
  readonly windows: readonly IoWindow[];
  readonly #ctx: DeviceContext;
  readonly #irq: IrqLine;
  readonly #drives: [IdeDrive | null, IdeDrive | null] = [null, null];
  readonly #onInterrupt: () => void;
  readonly #onDmaReady: () => void;
  #selected: 0 | 1 = 0;
  #control = 0;
  #pending = false;

  /**
   * @param options.commandPort first port of the command block (0x1f0 or 0x170).
   * @param options.controlPort the control port (0x3f6 or 0x376).
   * @param options.onInterrupt told when a drive interrupts (the bus master notes it).
   * @param options.onDmaReady  told when a drive waits for the bus master.
   */
  constructor(
    ctx: DeviceContext,
    options: {
      commandPort: number;
      controlPort: number;
      irq: IrqLine;
      onInterrupt: () => void;
      onDmaReady: () => void;
    },
  ) {
    this.#ctx = ctx;
    this.#irq = options.irq;
    this.#onInterrupt = options.onInterrupt;
    this.#onDmaReady = options.onDmaReady;
    const registers: BytePorts = {
      size: 8,
      // The data register answers no single bytes.
      read: (offset) => (offset === TaskRegister.DATA ? 0 : this.#readRegister(offset, false)),
      write: (offset, value) => {
        if (offset !== TaskRegister.DATA) {
          this.#writeRegister(offset, value);
        }
      },
    };
    const command = ctx.machine.mmio({
      name: "ide",
      size: registers.size,
      ...ANY_WIDTH,
      read: (offset, size) =>
        offset === TaskRegister.DATA && size > 1
          ? this.#readData(size)
          : readPorts(registers, offset, size),
      write: (offset, value, size) => {
        if (offset === TaskRegister.DATA && size > 1) {
          this.#writeData(value, size);
        } else {
          writePorts(registers, offset, value, size);
        }
      },
    });
    const control = bytePortsRegion(ctx.machine, "ide", {
      size: 1,
      read: () => this.#readRegister(TaskRegister.STATUS_COMMAND, true),
      write: (_offset, value) => this.#writeControl(value),
    });
    this.windows = [
      { port: options.commandPort, region: command },
      { port: options.controlPort, region: control },
    ];
  }

  /** Put a drive into slot 0 (master) or 1 (slave). */
  attach(slot: 0 | 1, options: DriveOptions & { dma: boolean; number: number }): void {
    const { kind = "disk", number, dma, qdev = "", version = "2.5+" } = options;
    const backend = driveOf(options.backend);
    const host: DriveHost = {
      interrupt: () => this.#interrupt(slot),
      dmaReady: () => this.#onDmaReady(),
      log: (message) => this.#ctx.log("guest_error", `ide drive ${number}: ${message}`),
    };
    const serial = options.serial ?? `QM${String(number + 1).padStart(5, "0")}`;
    const common = { backend, qdev, serial, version, dma };
    this.#drives[slot] =
      kind === "cdrom"
        ? new AtapiDrive(host, { ...common, model: options.model ?? "QEMU DVD-ROM" })
        : new AtaDisk(host, {
            ...common,
            model: options.model ?? "QEMU HARDDISK",
            geometry: options.geometry ?? defaultGeometry(backend.sectors),
          });
  }

  /** True if a slot holds a drive. */
  has(slot: 0 | 1): boolean {
    return this.#drives[slot] !== null;
  }

  /** Power-on values. */
  reset(): void {
    this.#selected = 0;
    this.#control = 0;
    this.#pending = false;
    this.#drives[0]?.reset();
    this.#drives[1]?.reset();
    this.#updateIrq();
  }

  /** True if the selected drive waits for the bus master. */
  get dmaWaiting(): boolean {
    return this.#drives[this.#selected]?.dmaWaiting ?? false;
  }

  /** The bus master was started. Whether it stays active. */
  runDma(engine: DmaEngine): boolean {
    return this.#drives[this.#selected]?.runDma(engine) ?? true;
  }

  #interrupt(slot: 0 | 1): void {
    if (slot === this.#selected) {
      this.#interruptPending();
    }
  }

  #interruptPending(): void {
    this.#pending = true;
    this.#updateIrq();
    // The bus master notes what it hears on the line.
    if ((this.#control & AtaControl.NO_INTERRUPT) === 0) this.#onInterrupt();
  }

  #updateIrq(): void {
    this.#irq.set(this.#pending && (this.#control & AtaControl.NO_INTERRUPT) === 0);
  }

  get #empty(): boolean {
    return this.#drives[0] === null && this.#drives[1] === null;
  }

  /**
   * Value that a register reads as. Without any drive all are 0; a missing slave shows the master's
   * registers, but error and status 0, as the master answers in its place.
   */
  #readRegister(register: number, alternate: boolean): number {
    const drive = this.#drives[this.#selected];
    if (register === TaskRegister.STATUS_COMMAND) {
      if (drive === null) {
        return 0;
      }
      if (!alternate) {
        this.#pending = false;
        this.#updateIrq();
      }
      return drive.task.status;
    }
    if (this.#empty) {
      return 0;
    }
    if (drive === null && register === TaskRegister.ERROR_FEATURES) {
      return 0;
    }
    const answering = drive ?? this.#drives[0] ?? this.#drives[1];
    const value =
      answering?.task.read(register, (this.#control & AtaControl.HIGH_ORDER) !== 0) ?? 0;
    if (register === TaskRegister.DEVICE) {
      return (value & ~AtaDevice.SLAVE) | (this.#selected === 1 ? AtaDevice.SLAVE : 0);
    }
    return value;
  }

  #writeRegister(register: number, value: number): void {
    this.#control &= ~AtaControl.HIGH_ORDER;
    if (register === TaskRegister.STATUS_COMMAND) {
      this.#writeCommand(value);
      return;
    }
    if (this.#drives[this.#selected]?.busy === true) {
      // The registers belong to the drive while a command is under way.
      return;
    }
    if (register === TaskRegister.DEVICE) {
      this.#selected = (value & AtaDevice.SLAVE) !== 0 ? 1 : 0;
    }
    // Both drives listen to every register write.
    this.#drives[0]?.task.write(register, value);
    this.#drives[1]?.task.write(register, value);
  }

  #writeCommand(command: number): void {
    const drive = this.#drives[this.#selected];
    if (drive?.busy === true && !(drive.packet && command === AtaCommand.DEVICE_RESET)) {
      return;
    }
    if (command === AtaCommand.EXECUTE_DIAGNOSTIC) {
      this.#selected = 0;
      this.#drives[0]?.diagnose();
      this.#drives[1]?.diagnose();
      if (!this.#empty) {
        this.#interruptPending();
      }
      return;
    }
    if (drive === null) {
      return;
    }
    this.#pending = false;
    this.#updateIrq();
    drive.execute(command);
  }

  #writeControl(value: number): void {
    const before = this.#control;
    this.#control = value;
    const asserted = (value & AtaControl.SOFT_RESET) !== 0;
    if (asserted && (before & AtaControl.SOFT_RESET) === 0) {
      for (const drive of this.#drives) {
        if (drive !== null) {
          drive.softReset();
          drive.task.status = AtaStatus.BSY;
        }
      }
    } else if (!asserted && (before & AtaControl.SOFT_RESET) !== 0) {
      this.#selected = 0;
      this.#pending = false;
      this.#drives[0]?.softReset();
      this.#drives[1]?.softReset();
    }
    this.#updateIrq();
  }

  #readData(size: number): number {
    const drive = this.#drives[this.#selected];
    if (drive === null || (drive.task.status & AtaStatus.DRQ) === 0 || drive.dmaWaiting) {
      return 0;
    }
    const value = drive.pio.read(size);
    if (drive.pio.done) {
      drive.blockDone();
    }
    return value;
  }

  #writeData(value: number, size: number): void {
    const drive = this.#drives[this.#selected];
    if (drive === null || (drive.task.status & AtaStatus.DRQ) === 0 || drive.dmaWaiting) {
      return;
    }
    drive.pio.write(value, size);
    if (drive.pio.done) {
      drive.blockDone();
    }
  }
}
