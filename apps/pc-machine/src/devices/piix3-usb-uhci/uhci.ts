/** The controller: registers, ports, and a frame each millisecond (UHCI Design Guide 1.1). */
import type { DeviceContext } from "../../device/context.js";
import type { ChildBus, Device } from "../../device/device.js";
import type { Timer } from "../../host/clock.js";
import { PcError } from "../../pc-error.js";
import { PciStatus } from "../../pci/config-space.js";
import { PciDevice } from "../../pci/pci-device.js";
import { UsbDevice } from "../../usb/usb-device.js";
import { RootPort } from "./root-port.js";
import { FrameResult, Schedule } from "./schedule.js";

const WINDOW_BYTES = 32;
const BAR = 4;
/** Pin D. */
const INTERRUPT_PIN = 4;

const Register = {
  COMMAND: 0x00,
  STATUS: 0x02,
  INTERRUPTS: 0x04,
  FRAME_NUMBER: 0x06,
  FRAME_LIST: 0x08,
  FRAME_LIST_HIGH: 0x0a,
  START_OF_FRAME: 0x0c,
  PORTS: 0x10,
} as const;
/** In place of a port that is not there: bit 7 is what drivers look for. */
const NO_PORT = 0xff7f;

const Command = {
  RUN: 0x01,
  HOST_RESET: 0x02,
  GLOBAL_RESET: 0x04,
  SUSPEND: 0x08,
  RESUME: 0x10,
} as const;
const Status = {
  INTERRUPT: 0x01,
  ERROR: 0x02,
  RESUME: 0x04,
  HOST_ERROR: 0x08,
  PROCESS_ERROR: 0x10,
  HALTED: 0x20,
} as const;
const Enable = { ERROR: 0x1, RESUME: 0x2, COMPLETE: 0x4, SHORT: 0x8 } as const;

const FRAME_NS = 1_000_000;
/** Frames that are made up for when time has run ahead; others pass without work. */
const MOST_LATE = 16;
const FRAME_NUMBERS = 0x7ff;
const FRAMES = 0x3ff;
const DEFAULT_START_OF_FRAME = 0x40;
/** Registers of configuration space: the bus's release, and what firmware uses for its emulation. */
const Config = { RELEASE: 0x60, RELEASE_1_0: 0x10 } as const;

/** QEMU's `piix3-usb-uhci`: PCI 8086:7020. */
export class Uhci extends PciDevice {
  readonly childBus: ChildBus;
  readonly #ports: readonly RootPort[];
  readonly #schedule: Schedule;
  readonly #frame: Timer;
  #command = 0;
  #status: number = Status.HALTED;
  #enabled = 0;
  #frameNumber = 0;
  #frameList = 0;
  #startOfFrame: number = DEFAULT_START_OF_FRAME;
  /** Reasons of the interrupt, bits of {@link FrameResult}. */
  #reasons = 0;
  #dueNs = 0;

  constructor(context: DeviceContext) {
    super(context, {
      name: "piix3-usb-uhci",
      vendorId: 0x8086,
      deviceId: 0x7020,
      classCode: 0x0c0300,
      revision: 0x01,
      interruptPin: INTERRUPT_PIN,
      status: PciStatus.DEVSEL_MEDIUM,
    });
    this.config[Config.RELEASE] = Config.RELEASE_1_0;
    this.writable[Config.RELEASE] = 0;
    this.#ports = [0, 1].map(() => new RootPort(() => this.#resume()));
    this.#schedule = new Schedule(
      () => this.dma,
      (address) => this.#find(address),
    );
    this.#frame = context.clock.timer(() => this.#runFrames());
    this.childBus = { attach: (place, device) => this.#attach(place, device) };
    const window = context.machine.mmio({
      name: "uhci",
      size: WINDOW_BYTES,
      owner: this.object,
      endianness: "little",
      valid: { maxAccessSize: 4 },
      impl: { minAccessSize: 2, maxAccessSize: 2 },
      read: (offset) => this.#read(offset),
      write: (offset, value) => this.#write(offset, value),
    });
    this.registerBar(BAR, window, "io");
  }

  override reset(): void {
    super.reset();
    this.#resetHost();
  }

  /** Nothing is due any more. */
  dispose(): void {
    this.#frame.cancel();
  }

  /** Devices by ports, for monitors. */
  get devices(): readonly (UsbDevice | null)[] {
    return this.#ports.map(({ device }) => device);
  }

  #attach(place: number, device: Device): void {
    const port = this.#ports[place];
    if (port === undefined || !(device instanceof UsbDevice)) {
      throw new PcError(`port ${place + 1} of ${this.name} takes no such device`, {
        rule: "usb-port",
      });
    }
    port.attach(device);
  }

  #find(address: number): UsbDevice | null {
    for (const { enabledDevice } of this.#ports) {
      if (enabledDevice?.address === address) return enabledDevice;
    }
    return null;
  }

  #resetHost(): void {
    this.#frame.cancel();
    this.#command = 0;
    this.#status = Status.HALTED;
    this.#enabled = 0;
    this.#frameNumber = 0;
    this.#frameList = 0;
    this.#startOfFrame = DEFAULT_START_OF_FRAME;
    this.#reasons = 0;
    for (const port of this.#ports) port.reset();
    this.#update();
  }

  #read(offset: number): number {
    switch (offset) {
      case Register.COMMAND:
        return this.#command;
      case Register.STATUS:
        return this.#status;
      case Register.INTERRUPTS:
        return this.#enabled;
      case Register.FRAME_NUMBER:
        return this.#frameNumber;
      case Register.FRAME_LIST:
        return this.#frameList & 0xffff;
      case Register.FRAME_LIST_HIGH:
        return this.#frameList >>> 16;
      case Register.START_OF_FRAME:
        return this.#startOfFrame;
      default:
        return this.#port(offset)?.read() ?? NO_PORT;
    }
  }

  #write(offset: number, value: number): void {
    switch (offset) {
      case Register.COMMAND:
        this.#writeCommand(value);
        break;
      case Register.STATUS:
        this.#status &= ~value;
        if ((value & Status.INTERRUPT) !== 0) this.#reasons = 0;
        break;
      case Register.INTERRUPTS:
        this.#enabled = value & 0xf;
        break;
      case Register.FRAME_NUMBER:
        if ((this.#status & Status.HALTED) !== 0) this.#frameNumber = value & FRAME_NUMBERS;
        break;
      case Register.FRAME_LIST:
        this.#frameList = ((this.#frameList & 0xffff_0000) | (value & 0xf000)) >>> 0;
        break;
      case Register.FRAME_LIST_HIGH:
        this.#frameList = ((this.#frameList & 0xffff) | (value << 16)) >>> 0;
        break;
      case Register.START_OF_FRAME:
        this.#startOfFrame = value & 0xff;
        break;
      default:
        this.#port(offset)?.write(value);
    }
    this.#update();
  }

  #port(offset: number): RootPort | undefined {
    return this.#ports[(offset - Register.PORTS) >> 1];
  }

  #writeCommand(value: number): void {
    if ((value & Command.GLOBAL_RESET) !== 0 || (value & Command.HOST_RESET) !== 0) {
      this.#resetHost();
      return;
    }
    const runs = (value & Command.RUN) !== 0;
    if (runs && (this.#command & Command.RUN) === 0) {
      this.#status &= ~Status.HALTED;
      this.#dueNs = this.context.clock.nowNs() + FRAME_NS;
      this.#frame.arm(this.#dueNs);
    } else if (!runs) {
      this.#halt(0);
    }
    this.#command = value;
    if (this.#ports.some(({ resumes }) => resumes)) this.#resume();
  }

  #halt(status: number): void {
    this.#command &= ~Command.RUN;
    this.#status |= Status.HALTED | status;
    this.#frame.cancel();
  }

  /** A device was plugged in or taken out, or has something to say: a host that sleeps wakes. */
  #resume(): void {
    if ((this.#command & Command.SUSPEND) === 0) return;
    this.#command |= Command.RESUME;
    this.#status |= Status.RESUME;
    this.#update();
  }

  #runFrames(): void {
    const now = this.context.clock.nowNs();
    for (let late = 0; late < MOST_LATE && this.#dueNs <= now; late++) {
      this.#runFrame();
      this.#dueNs += FRAME_NS;
      if ((this.#command & Command.RUN) === 0) return;
    }
    if (this.#dueNs <= now) {
      const missed = Math.floor((now - this.#dueNs) / FRAME_NS) + 1;
      this.#frameNumber = (this.#frameNumber + missed) & FRAME_NUMBERS;
      this.#dueNs += missed * FRAME_NS;
    }
    this.#frame.arm(this.#dueNs);
  }

  #runFrame(): void {
    const result = this.#schedule.run(this.#frameList + 4 * (this.#frameNumber & FRAMES));
    this.#frameNumber = (this.#frameNumber + 1) & FRAME_NUMBERS;
    if (result === 0) return;
    const told = result & (FrameResult.COMPLETE | FrameResult.SHORT);
    if (told !== 0) {
      this.#status |= Status.INTERRUPT;
      this.#reasons |= told;
    }
    if ((result & FrameResult.FAILED) !== 0) this.#status |= Status.ERROR;
    if ((result & FrameResult.HOST_ERROR) !== 0) this.#fail("reaches nothing", Status.HOST_ERROR);
    if ((result & FrameResult.PROCESS_ERROR) !== 0) {
      this.#fail("holds no descriptor", Status.PROCESS_ERROR);
    }
    this.#update();
  }

  #fail(what: string, status: number): void {
    this.context.log("guest_error", `${this.name}: the schedule ${what}: halted`);
    this.#halt(status);
  }

  #update(): void {
    const { COMPLETE, SHORT } = FrameResult;
    const enabled = this.#enabled;
    const level =
      ((this.#reasons & COMPLETE) !== 0 && (enabled & Enable.COMPLETE) !== 0) ||
      ((this.#reasons & SHORT) !== 0 && (enabled & Enable.SHORT) !== 0) ||
      ((this.#status & Status.ERROR) !== 0 && (enabled & Enable.ERROR) !== 0) ||
      ((this.#status & Status.RESUME) !== 0 && (enabled & Enable.RESUME) !== 0) ||
      (this.#status & (Status.HOST_ERROR | Status.PROCESS_ERROR)) !== 0;
    this.setInterrupt(level);
  }
}
