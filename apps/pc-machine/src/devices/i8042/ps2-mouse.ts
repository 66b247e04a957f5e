/** A PS/2 mouse with three buttons, and a wheel and two more once the driver knocks for them. */
import { Ps2Queue } from "./ps2-queue.js";

/** Commands that the host sends. */
const Command = {
  SCALE_1_TO_1: 0xe6,
  SCALE_2_TO_1: 0xe7,
  SET_RESOLUTION: 0xe8,
  STATUS: 0xe9,
  STREAM_MODE: 0xea,
  READ_DATA: 0xeb,
  LEAVE_WRAP: 0xec,
  WRAP_MODE: 0xee,
  REMOTE_MODE: 0xf0,
  IDENTIFY: 0xf2,
  SET_RATE: 0xf3,
  ENABLE: 0xf4,
  DISABLE: 0xf5,
  SET_DEFAULTS: 0xf6,
  RESEND: 0xfe,
  RESET: 0xff,
} as const;

const ACK = 0xfa;
const RESEND = 0xfe;
const SELF_TEST_OK = 0xaa;
const ID_PLAIN = 0x00;
const ID_WHEEL = 0x03;
const ID_FIVE_BUTTONS = 0x04;
/** The sample rates that, set in a row, change what the mouse is: IntelliMouse, and its Explorer. */
const KNOCKS = [
  { rates: [200, 100, 80], id: ID_WHEEL },
  { rates: [200, 200, 80], id: ID_FIVE_BUTTONS },
] as const;
const KNOCK_LENGTH = 3;

const PACKET_ALWAYS = 0x08;
const PACKET_X_NEGATIVE = 0x10;
const PACKET_Y_NEGATIVE = 0x20;

/** The mouse; bytes for the controller wait in its queue. */
export class Ps2Mouse {
  readonly queue = new Ps2Queue();
  readonly #changed: () => void;
  #reporting = false;
  #remote = false;
  #wrap = false;
  #scale2 = false;
  #resolution = 2;
  #rate = 100;
  #rates: number[] = [];
  #id: number = ID_PLAIN;
  #awaiting = 0;
  #last = 0;
  #buttons = 0;
  #sentButtons = 0;
  #dx = 0;
  #dy = 0;
  #dz = 0;

  /** @param changed called when bytes were queued by a movement or a button. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Power-on: silent until the driver enables reports. */
  reset(): void {
    this.#defaults();
    this.#id = ID_PLAIN;
    this.#rates = [];
    this.#wrap = false;
    this.#awaiting = 0;
    this.#buttons = 0;
    this.#sentButtons = 0;
    this.queue.clear();
  }

  /**
   * Move the mouse and set its buttons.
   *
   * @param dx      counts to the right.
   * @param dy      counts downwards.
   * @param dz      wheel steps towards the user.
   * @param buttons bit 0 left, 1 right, 2 middle; 3 and 4 those at the side, told once the driver has
   *   knocked for five buttons.
   */
  move(dx: number, dy: number, dz = 0, buttons: number = this.#buttons): void {
    this.#dx += dx;
    this.#dy -= dy;
    this.#dz += dz;
    this.#buttons = buttons & 0x1f;
    if (!this.#reporting || this.#remote || this.#wrap) {
      return;
    }
    let sent = false;
    while (this.#pending() && this.queue.event(...this.#packetPreview())) {
      this.#consume();
      sent = true;
    }
    if (sent) {
      this.#changed();
    }
  }

  /** Have the guest look: a movement by one count, for a mouse that tells elsewhere where it is. */
  nudge(): void {
    this.move(1, 0);
  }

  /** A byte from the host. */
  command(value: number): void {
    if (this.#wrap && value !== Command.LEAVE_WRAP && value !== Command.RESET) {
      this.queue.reply(value);
      return;
    }
    const awaiting = this.#awaiting;
    this.#awaiting = 0;
    if (awaiting === Command.SET_RATE) {
      this.#setRate(value);
      return;
    }
    if (awaiting === Command.SET_RESOLUTION) {
      this.#resolution = value & 3;
      this.#reply(ACK);
      return;
    }
    switch (value) {
      case Command.SCALE_1_TO_1:
      case Command.SCALE_2_TO_1:
        this.#scale2 = value === Command.SCALE_2_TO_1;
        this.#reply(ACK);
        break;
      case Command.SET_RESOLUTION:
      case Command.SET_RATE:
        this.#awaiting = value;
        this.#reply(ACK);
        break;
      case Command.STATUS:
        this.#reply(ACK, this.#statusByte(), this.#resolution, this.#rate);
        break;
      case Command.STREAM_MODE:
        this.#remote = false;
        this.#reply(ACK);
        break;
      case Command.REMOTE_MODE:
        this.#remote = true;
        this.#reply(ACK);
        break;
      case Command.READ_DATA:
        this.#reply(ACK, ...this.#packetPreview());
        this.#consume();
        break;
      case Command.LEAVE_WRAP:
      case Command.WRAP_MODE:
        this.#wrap = value === Command.WRAP_MODE;
        this.#reply(ACK);
        break;
      case Command.IDENTIFY:
        this.#reply(ACK, this.#id);
        break;
      case Command.ENABLE:
        this.#reporting = true;
        this.#reply(ACK);
        break;
      case Command.DISABLE:
        this.#reporting = false;
        this.#reply(ACK);
        break;
      case Command.SET_DEFAULTS:
        this.#defaults();
        this.#reply(ACK);
        break;
      case Command.RESEND:
        this.queue.reply(this.#last);
        break;
      case Command.RESET:
        this.reset();
        this.#reply(ACK, SELF_TEST_OK, ID_PLAIN);
        break;
      default:
        this.#reply(RESEND);
        break;
    }
  }

  #defaults(): void {
    this.#reporting = false;
    this.#remote = false;
    this.#scale2 = false;
    this.#resolution = 2;
    this.#rate = 100;
    this.#dx = 0;
    this.#dy = 0;
    this.#dz = 0;
  }

  #setRate(rate: number): void {
    this.#rate = rate;
    this.#rates = [...this.#rates, rate].slice(-KNOCK_LENGTH);
    for (const { rates, id } of KNOCKS) {
      if (rates.every((knock, i) => this.#rates[i] === knock)) {
        this.#id = id;
      }
    }
    this.#reply(ACK);
  }

  #statusByte(): number {
    const { left, right, middle } = {
      left: (this.#buttons & 1) << 2,
      right: (this.#buttons & 2) >> 1,
      middle: (this.#buttons & 4) >> 1,
    };
    return (
      (this.#remote ? 0x40 : 0) |
      (this.#reporting ? 0x20 : 0) |
      (this.#scale2 ? 0x10 : 0) |
      left |
      middle |
      right
    );
  }

  get #hasWheel(): boolean {
    return this.#id !== ID_PLAIN;
  }

  /** The buttons that packets tell of. */
  get #toldButtons(): number {
    return this.#id === ID_FIVE_BUTTONS ? this.#buttons : this.#buttons & 7;
  }

  #pending(): boolean {
    const wheel = this.#hasWheel && this.#dz !== 0;
    return this.#dx !== 0 || this.#dy !== 0 || wheel || this.#toldButtons !== this.#sentButtons;
  }

  /** The part of the movement that one packet can tell. */
  #step(): { x: number; y: number; z: number } {
    const clamp = (value: number, limit: number): number =>
      Math.max(-limit - 1, Math.min(limit, value));
    return { x: clamp(this.#dx, 255), y: clamp(this.#dy, 255), z: clamp(this.#dz, 7) };
  }

  #packetPreview(): number[] {
    const { x, y, z } = this.#step();
    const packet = [
      PACKET_ALWAYS |
        (this.#buttons & 7) |
        (x < 0 ? PACKET_X_NEGATIVE : 0) |
        (y < 0 ? PACKET_Y_NEGATIVE : 0),
      x & 0xff,
      y & 0xff,
    ];
    if (this.#id === ID_WHEEL) {
      packet.push(z & 0xff);
    } else if (this.#id === ID_FIVE_BUTTONS) {
      packet.push((z & 0x0f) | ((this.#buttons & 0x18) << 1));
    }
    return packet;
  }

  #consume(): void {
    const { x, y, z } = this.#step();
    this.#dx -= x;
    this.#dy -= y;
    this.#dz = this.#hasWheel ? this.#dz - z : 0;
    this.#sentButtons = this.#toldButtons;
  }

  #reply(...bytes: readonly number[]): void {
    this.#last = bytes[bytes.length - 1] ?? 0;
    this.queue.reply(...bytes);
  }
}
