/**
 * The 8042 keyboard controller: one output buffer that keyboard, mouse and controller share, the
 * A20 and reset wires, and the translation of scan codes.
 */
import type { MemoryRegion } from "@mem/core";
import type { QomObject } from "@mem/qom";

import type { Timer } from "../../host/clock.js";
import type { DeviceContext, IrqLine } from "../../device/context.js";
import { createDeviceObject } from "../../device/device-object.js";
import { BYTE_WIDE, type IoWindow } from "../../device/windows/io-window.js";
import { Ps2Keyboard } from "./ps2-keyboard.js";
import { Ps2Mouse } from "./ps2-mouse.js";
import { translateToSet1 } from "./scancodes.js";

/** Bits of the status register. */
const Status = {
  OUTPUT_FULL: 0x01,
  SELF_TESTED: 0x04,
  COMMAND: 0x08,
  UNLOCKED: 0x10,
  AUX_DATA: 0x20,
} as const;

/** Bits of the command byte (the controller's mode). */
const Mode = {
  KEYBOARD_IRQ: 0x01,
  MOUSE_IRQ: 0x02,
  SYSTEM: 0x04,
  DISABLE_KEYBOARD: 0x10,
  DISABLE_MOUSE: 0x20,
  TRANSLATE: 0x40,
} as const;

/** Bits of the output port. */
const Port = {
  NOT_RESET: 0x01,
  A20: 0x02,
  KEYBOARD_FULL: 0x10,
  MOUSE_FULL: 0x20,
  /** Pins without a use, high until written. */
  UNUSED: 0xcc,
} as const;

/** Commands written to port 0x64. */
const Command = {
  READ_MODE: 0x20,
  WRITE_MODE: 0x60,
  DISABLE_MOUSE: 0xa7,
  ENABLE_MOUSE: 0xa8,
  TEST_MOUSE: 0xa9,
  SELF_TEST: 0xaa,
  TEST_KEYBOARD: 0xab,
  DISABLE_KEYBOARD: 0xad,
  ENABLE_KEYBOARD: 0xae,
  READ_INPUT_PORT: 0xc0,
  READ_OUTPUT_PORT: 0xd0,
  WRITE_OUTPUT_PORT: 0xd1,
  WRITE_KEYBOARD_BUFFER: 0xd2,
  WRITE_MOUSE_BUFFER: 0xd3,
  WRITE_MOUSE: 0xd4,
  DISABLE_A20: 0xdd,
  ENABLE_A20: 0xdf,
  PULSE: 0xf0,
} as const;

/** Source of the byte in the output buffer. */
type Source = "controller" | "keyboard" | "mouse";

const SELF_TEST_OK = 0x55;
/** Input port: keyboard not locked. */
const INPUT_PORT = 0x80;
/** The next byte of an event arrives this long after the guest took the byte before. */
const BYTE_GAP_NS = 300_000;

/** QEMU's `i8042` with a PS/2 keyboard and a PS/2 mouse. */
export class I8042 {
  readonly object: QomObject;
  /** `i8042-data`, 1 byte (port 0x60). */
  readonly dataRegion: MemoryRegion;
  /** `i8042-cmd`, 1 byte (port 0x64). */
  readonly commandRegion: MemoryRegion;
  readonly windows: readonly IoWindow[];
  readonly keyboard: Ps2Keyboard;
  readonly mouse: Ps2Mouse;

  readonly #ctx: DeviceContext;
  readonly #keyboardIrq: IrqLine;
  readonly #mouseIrq: IrqLine;
  readonly #a20: IrqLine;
  readonly #requestReset: () => void;
  readonly #gap: Timer;
  #status = 0;
  #mode = 0;
  #outputPort = 0;
  #buffer = 0;
  #source: Source = "controller";
  /** The command whose data byte is awaited at port 0x60; 0 when none is. */
  #awaiting = 0;
  /** No event byte is taken over before this moment; replies do not wait. */
  #nextByteNs = 0;

  /**
   * @param options.keyboardIrq  IRQ 1.
   * @param options.mouseIrq     IRQ 12.
   * @param options.a20          the controller's input of the A20 gate.
   * @param options.requestReset called when the guest pulls the reset wire.
   */
  constructor(
    ctx: DeviceContext,
    options: {
      keyboardIrq: IrqLine;
      mouseIrq: IrqLine;
      a20: IrqLine;
      requestReset: () => void;
    },
  ) {
    this.#ctx = ctx;
    this.#keyboardIrq = options.keyboardIrq;
    this.#mouseIrq = options.mouseIrq;
    this.#a20 = options.a20;
    this.#requestReset = options.requestReset;
    this.#gap = ctx.clock.timer(() => this.#pull());
    this.keyboard = new Ps2Keyboard(
      () => this.#pull(),
      () => ctx.board?.wakeUp("other"),
    );
    this.mouse = new Ps2Mouse(() => this.#pull());
    this.object = createDeviceObject(ctx.machine, "i8042", ctx.path);
    this.dataRegion = ctx.machine.mmio({
      name: "i8042-data",
      size: 1,
      owner: this.object,
      impl: BYTE_WIDE,
      read: () => this.#readData(),
      write: (_offset, value) => this.#writeData(value),
    });
    this.commandRegion = ctx.machine.mmio({
      name: "i8042-cmd",
      size: 1,
      owner: this.object,
      impl: BYTE_WIDE,
      read: () => this.#status,
      write: (_offset, value) => this.#command(value),
    });
    this.windows = [
      { port: 0x60, region: this.dataRegion },
      { port: 0x64, region: this.commandRegion },
    ];
    this.#powerOn();
  }

  /** Power-on values: interrupts enabled, no translation, A20 open, queues empty. */
  reset(): void {
    this.keyboard.reset();
    this.mouse.reset();
    this.#gap.cancel();
    this.#powerOn();
    this.#keyboardIrq.set(false);
    this.#mouseIrq.set(false);
  }

  /** Press and release the key with set 1 code `code` (0xe0xx for the extended keys). */
  keyPress(code: number): void {
    this.keyboard.key(code, true);
    this.keyboard.key(code, false);
  }

  #powerOn(): void {
    this.#status = Status.COMMAND | Status.UNLOCKED;
    this.#mode = Mode.KEYBOARD_IRQ | Mode.MOUSE_IRQ;
    this.#outputPort = Port.NOT_RESET | Port.A20 | Port.UNUSED;
    this.#buffer = 0;
    this.#source = "controller";
    this.#awaiting = 0;
    this.#nextByteNs = 0;
  }

  #readData(): number {
    const value = this.#buffer;
    if ((this.#status & Status.OUTPUT_FULL) !== 0) {
      this.#status &= ~(Status.OUTPUT_FULL | Status.AUX_DATA);
      if (this.#source !== "controller") {
        this.#nextByteNs = this.#ctx.clock.nowNs() + BYTE_GAP_NS;
      }
      this.#updateIrqs();
      this.#pull();
    }
    return value;
  }

  #writeData(value: number): void {
    this.#status &= ~Status.COMMAND;
    const command = this.#awaiting;
    this.#awaiting = 0;
    switch (command) {
      case 0:
        this.#mode &= ~Mode.DISABLE_KEYBOARD;
        this.keyboard.command(value);
        this.#pull();
        break;
      case Command.WRITE_MODE:
        this.#setMode(value);
        break;
      case Command.WRITE_OUTPUT_PORT:
        this.#setOutputPort(value);
        break;
      case Command.WRITE_KEYBOARD_BUFFER:
        this.#fill(value, "keyboard");
        break;
      case Command.WRITE_MOUSE_BUFFER:
        this.#fill(value, "mouse");
        break;
      case Command.WRITE_MOUSE:
        this.#mode &= ~Mode.DISABLE_MOUSE;
        this.mouse.command(value);
        this.#pull();
        break;
    }
  }

  #command(value: number): void {
    this.#status |= Status.COMMAND;
    this.#awaiting = 0;
    switch (value) {
      case Command.READ_MODE:
        this.#fill(this.#mode, "controller");
        break;
      case Command.WRITE_MODE:
      case Command.WRITE_OUTPUT_PORT:
      case Command.WRITE_KEYBOARD_BUFFER:
      case Command.WRITE_MOUSE_BUFFER:
      case Command.WRITE_MOUSE:
        this.#awaiting = value;
        break;
      case Command.DISABLE_MOUSE:
        this.#mode |= Mode.DISABLE_MOUSE;
        break;
      case Command.ENABLE_MOUSE:
        this.#mode &= ~Mode.DISABLE_MOUSE;
        this.#pull();
        break;
      case Command.TEST_MOUSE:
      case Command.TEST_KEYBOARD:
        this.#fill(0x00, "controller");
        break;
      case Command.SELF_TEST:
        this.#status |= Status.SELF_TESTED;
        this.#fill(SELF_TEST_OK, "controller");
        break;
      case Command.DISABLE_KEYBOARD:
        this.#mode |= Mode.DISABLE_KEYBOARD;
        break;
      case Command.ENABLE_KEYBOARD:
        this.#mode &= ~Mode.DISABLE_KEYBOARD;
        this.#pull();
        break;
      case Command.READ_INPUT_PORT:
        this.#fill(INPUT_PORT, "controller");
        break;
      case Command.READ_OUTPUT_PORT:
        this.#fill(this.#outputPort | this.#bufferBits(), "controller");
        break;
      case Command.DISABLE_A20:
        this.#setOutputPort(this.#outputPort & ~Port.A20);
        break;
      case Command.ENABLE_A20:
        this.#setOutputPort(this.#outputPort | Port.A20);
        break;
      default:
        if (value >= Command.PULSE) {
          if ((value & Port.NOT_RESET) === 0) {
            this.#requestReset();
          }
        } else {
          this.#ctx.log(
            "guest_error",
            `i8042: unsupported command 0x${value.toString(16).padStart(2, "0")}`,
          );
        }
        break;
    }
  }

  #setMode(value: number): void {
    this.#mode = value;
    if ((value & Mode.SYSTEM) !== 0) {
      this.#status |= Status.SELF_TESTED;
    } else {
      this.#status &= ~Status.SELF_TESTED;
    }
    this.#updateIrqs();
    this.#pull();
  }

  #setOutputPort(value: number): void {
    this.#outputPort = value & ~(Port.KEYBOARD_FULL | Port.MOUSE_FULL);
    this.#a20.set((value & Port.A20) !== 0);
    if ((value & Port.NOT_RESET) === 0) {
      this.#requestReset();
    }
  }

  #bufferBits(): number {
    if ((this.#status & Status.OUTPUT_FULL) === 0) {
      return 0;
    }
    return (this.#status & Status.AUX_DATA) !== 0 ? Port.MOUSE_FULL : Port.KEYBOARD_FULL;
  }

  #fill(value: number, source: Source): void {
    this.#buffer = value;
    this.#source = source;
    this.#status |= Status.OUTPUT_FULL;
    if (source === "mouse") {
      this.#status |= Status.AUX_DATA;
    } else {
      this.#status &= ~Status.AUX_DATA;
    }
    // A byte that replaces another makes an edge of its own.
    this.#keyboardIrq.set(false);
    this.#mouseIrq.set(false);
    this.#updateIrqs();
  }

  /** Take over the next device byte if the buffer is free and its interface is enabled. */
  #pull(): void {
    if ((this.#status & Status.OUTPUT_FULL) !== 0) {
      return;
    }
    const fromKeyboard =
      this.keyboard.queue.length > 0 && (this.#mode & Mode.DISABLE_KEYBOARD) === 0;
    const fromMouse = this.mouse.queue.length > 0 && (this.#mode & Mode.DISABLE_MOUSE) === 0;
    if (!fromKeyboard && !fromMouse) {
      return;
    }
    const replying = fromKeyboard ? this.keyboard.queue.replying : this.mouse.queue.replying;
    if (!replying && this.#ctx.clock.nowNs() < this.#nextByteNs) {
      this.#gap.arm(this.#nextByteNs);
      return;
    }
    if (fromKeyboard) {
      this.#pullKeyboard();
    } else {
      this.#fill(this.mouse.queue.shift(), "mouse");
    }
  }

  #pullKeyboard(): void {
    const { queue } = this.keyboard;
    if ((this.#mode & Mode.TRANSLATE) === 0) {
      this.#fill(queue.shift(), "keyboard");
      return;
    }
    let byte = queue.shift();
    let release = 0;
    if (byte === 0xf0 && queue.length > 0) {
      release = 0x80;
      byte = queue.shift();
    }
    this.#fill(translateToSet1(byte) | release, "keyboard");
  }

  #updateIrqs(): void {
    const full = (this.#status & Status.OUTPUT_FULL) !== 0;
    const aux = (this.#status & Status.AUX_DATA) !== 0;
    this.#keyboardIrq.set(full && !aux && (this.#mode & Mode.KEYBOARD_IRQ) !== 0);
    this.#mouseIrq.set(full && aux && (this.#mode & Mode.MOUSE_IRQ) !== 0);
  }
}
