/** A PS/2 keyboard: its command set, and key events in scan code set 1 or 2. */
import { Ps2Queue } from "./ps2-queue.js";
import { breakCode, makeCode, type ScanCodeSet } from "./scancodes.js";

/** Commands that the host sends. */
const Command = {
  SET_LEDS: 0xed,
  ECHO: 0xee,
  SCAN_CODE_SET: 0xf0,
  IDENTIFY: 0xf2,
  SET_RATE: 0xf3,
  ENABLE: 0xf4,
  DISABLE: 0xf5,
  SET_DEFAULTS: 0xf6,
  FIRST_SET_ALL_KEYS: 0xf7,
  LAST_SET_ALL_KEYS: 0xfa,
  FIRST_SET_KEY: 0xfb,
  LAST_SET_KEY: 0xfd,
  RESEND: 0xfe,
  RESET: 0xff,
} as const;

const ACK = 0xfa;
const RESEND = 0xfe;
const SELF_TEST_OK = 0xaa;
const ID = [0xab, 0x83] as const;

/** The keyboard; bytes for the controller wait in its queue. */
export class Ps2Keyboard {
  readonly queue = new Ps2Queue();
  /** The LEDs the guest set: bit 0 scroll lock, 1 num lock, 2 caps lock. */
  leds = 0;
  readonly #changed: () => void;
  readonly #touched: () => void;
  #enabled = true;
  #set: ScanCodeSet = 2;
  /** The command whose parameter is awaited; 0 when none is. */
  #awaiting = 0;
  #last = 0;

  /**
   * @param changed called when bytes were queued by a key
   * @param touched called when a key goes down or up, though nobody may want to know of it
   */
  constructor(changed: () => void, touched: () => void) {
    this.#changed = changed;
    this.#touched = touched;
  }

  /** Power-on: scanning, set 2, LEDs off, queue empty. */
  reset(): void {
    this.queue.clear();
    this.#defaults();
    this.#enabled = true;
    this.#awaiting = 0;
    this.#last = 0;
  }

  /**
   * A key goes down or up. `code` is the key's set 1 code, 0xe0xx for the extended keys; the Pause
   * key is 0xe11d45. Lost while the guest has scanning off or the queue is full.
   */
  key(code: number, down: boolean): void {
    this.#touched();
    if (!this.#enabled) {
      return;
    }
    const bytes = down ? makeCode(code, this.#set) : breakCode(code, this.#set);
    if (bytes.length > 0 && this.queue.event(...bytes)) {
      this.#changed();
    }
  }

  /** A byte from the host. */
  command(value: number): void {
    const awaiting = this.#awaiting;
    this.#awaiting = 0;
    switch (awaiting) {
      case Command.SET_LEDS:
        this.leds = value & 7;
        this.#reply(ACK);
        return;
      case Command.SCAN_CODE_SET:
        this.#selectSet(value);
        return;
      case Command.SET_RATE:
      case Command.FIRST_SET_KEY:
        this.#reply(ACK);
        return;
    }
    switch (value) {
      case Command.SET_LEDS:
      case Command.SCAN_CODE_SET:
      case Command.SET_RATE:
        this.#awaiting = value;
        this.#reply(ACK);
        break;
      case Command.ECHO:
        this.#reply(Command.ECHO);
        break;
      case Command.IDENTIFY:
        this.#reply(ACK, ...ID);
        break;
      case Command.ENABLE:
        this.#enabled = true;
        this.#reply(ACK);
        break;
      case Command.DISABLE:
        this.#defaults();
        this.#enabled = false;
        this.#reply(ACK);
        break;
      case Command.SET_DEFAULTS:
        this.#defaults();
        this.#enabled = true;
        this.#reply(ACK);
        break;
      case Command.RESEND:
        this.queue.reply(this.#last);
        break;
      case Command.RESET:
        this.reset();
        this.#reply(ACK, SELF_TEST_OK);
        break;
      default:
        if (value >= Command.FIRST_SET_KEY && value <= Command.LAST_SET_KEY) {
          this.#awaiting = Command.FIRST_SET_KEY;
          this.#reply(ACK);
        } else if (value >= Command.FIRST_SET_ALL_KEYS && value <= Command.LAST_SET_ALL_KEYS) {
          this.#reply(ACK);
        } else {
          this.#reply(RESEND);
        }
        break;
    }
  }

  #defaults(): void {
    this.queue.clear();
    this.leds = 0;
    this.#set = 2;
  }

  /** 0 asks for the current set. Set 3 is not offered: the keyboard asks to send again. */
  #selectSet(value: number): void {
    if (value === 0) {
      this.#reply(ACK, this.#set);
    } else if (value === 1 || value === 2) {
      this.#set = value;
      this.#reply(ACK);
    } else {
      this.#reply(RESEND);
    }
  }

  #reply(...bytes: readonly number[]): void {
    this.#last = bytes[bytes.length - 1] ?? 0;
    this.queue.reply(...bytes);
  }
}
