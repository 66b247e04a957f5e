/** Packets of the remote serial protocol: `$data#checksum`, each acknowledged until told not to. */

/** Receiver of what comes out of the stream. */
export interface PacketHandler {
  packet(data: Uint8Array): void;
  /** Ctrl-C. */
  interrupt(): void;
}

/** Bytes of the longest packet, without frame and before escapes. */
export const MOST_PACKET_BYTES = 0x4000;

const DOLLAR = 0x24;
const HASH = 0x23;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ESCAPE = 0x7d;
const STAR = 0x2a;
const CTRL_C = 0x03;
const ESCAPE_XOR = 0x20;

type State = "idle" | "data" | "first-digit" | "second-digit";

function digit(byte: number): number {
  return Number.parseInt(String.fromCharCode(byte), 16);
}

/** Takes bytes, hands out packets, and frames answers. */
export class PacketStream {
  readonly #handler: PacketHandler;
  readonly #send: (bytes: Uint8Array) => void;
  #state: State = "idle";
  #data = new Uint8Array(MOST_PACKET_BYTES);
  #length = 0;
  #tooLong = false;
  #escaped = false;
  #sum = 0;
  #told = 0;
  /** The last answer, in case it has to be sent again. */
  #last: Uint8Array | null = null;
  /** Packets are acknowledged. */
  acknowledges = true;

  constructor(handler: PacketHandler, send: (bytes: Uint8Array) => void) {
    this.#handler = handler;
    this.#send = send;
  }

  /** A new client is there. */
  reset(): void {
    this.#state = "idle";
    this.#last = null;
    this.acknowledges = true;
  }

  /** One byte from the client. */
  take(byte: number): void {
    switch (this.#state) {
      case "idle":
        this.#between(byte);
        return;
      case "data":
        this.#inside(byte);
        return;
      case "first-digit":
        this.#told = digit(byte) << 4;
        this.#state = "second-digit";
        return;
      case "second-digit":
        this.#told |= digit(byte);
        this.#state = "idle";
        this.#ended();
    }
  }

  /** Send a packet. */
  send(data: Uint8Array): void {
    const framed: number[] = [DOLLAR];
    let sum = 0;
    const put = (byte: number): void => {
      framed.push(byte);
      sum = (sum + byte) & 0xff;
    };
    for (const byte of data) {
      if (byte === DOLLAR || byte === HASH || byte === ESCAPE || byte === STAR) {
        put(ESCAPE);
        put(byte ^ ESCAPE_XOR);
      } else put(byte);
    }
    framed.push(HASH);
    for (const letter of sum.toString(16).padStart(2, "0")) framed.push(letter.charCodeAt(0));
    const bytes = Uint8Array.from(framed);
    this.#last = this.acknowledges ? bytes : null;
    this.#send(bytes);
  }

  #between(byte: number): void {
    if (byte === DOLLAR) this.#begin();
    else if (byte === CTRL_C) this.#handler.interrupt();
    else if (byte === MINUS && this.#last !== null) this.#send(this.#last);
    else if (byte === PLUS) this.#last = null;
  }

  #begin(): void {
    this.#state = "data";
    this.#length = 0;
    this.#sum = 0;
    this.#tooLong = false;
    this.#escaped = false;
  }

  #inside(byte: number): void {
    // A packet that was cut short is over where the next one begins.
    if (byte === DOLLAR) {
      this.#begin();
      return;
    }
    if (byte === HASH) {
      this.#state = "first-digit";
      return;
    }
    this.#sum = (this.#sum + byte) & 0xff;
    if (this.#escaped) {
      this.#escaped = false;
      this.#keep(byte ^ ESCAPE_XOR);
    } else if (byte === ESCAPE) this.#escaped = true;
    else this.#keep(byte);
  }

  #keep(byte: number): void {
    if (this.#length === MOST_PACKET_BYTES) this.#tooLong = true;
    else this.#data[this.#length++] = byte;
  }

  #ended(): void {
    const good = this.#told === this.#sum && !this.#tooLong;
    if (this.acknowledges) this.#send(Uint8Array.of(good ? PLUS : MINUS));
    if (good) this.#handler.packet(this.#data.slice(0, this.#length));
  }
}
