/** One client of a VNC server: the messages of RFB once, and after, the handshake is done. */
import { ByteWriter, InputBuffer } from "./bytes.js";
import { Encoding, type Deflate, type RectangleEncoder } from "./encodings/encoding.js";
import { HextileEncoder } from "./encodings/hextile.js";
import { rawEncoder } from "./encodings/raw.js";
import { ZlibEncoder } from "./encodings/zlib.js";
import { ZrleEncoder } from "./encodings/zrle.js";
import { Handshake, type HandshakeOptions } from "./handshake.js";
import { Damage, type ChangeListener, type Picture, type Rectangle } from "./picture.js";
import {
  PIXEL_FORMAT_BYTES,
  PixelPacker,
  readPixelFormat,
  SERVER_FORMAT,
  writeColourMap,
  writePixelFormat,
} from "./pixel-format.js";
import { ClientInput } from "./vnc-keys.js";
import type { VncInput, VncPlace, VncStream } from "./vnc-parts.js";

/** Messages of clients. */
const Message = {
  SET_PIXEL_FORMAT: 0,
  SET_ENCODINGS: 2,
  UPDATE_REQUEST: 3,
  KEY: 4,
  POINTER: 5,
  CUT_TEXT: 6,
  QEMU: 255,
} as const;

const QEMU_KEY = 0;
/** Bytes of each message without what it counts itself. */
const HEAD_BYTES: ReadonlyMap<number, number> = new Map([
  [Message.SET_PIXEL_FORMAT, 4 + PIXEL_FORMAT_BYTES],
  [Message.SET_ENCODINGS, 4],
  [Message.UPDATE_REQUEST, 10],
  [Message.KEY, 8],
  [Message.POINTER, 6],
  [Message.CUT_TEXT, 8],
  [Message.QEMU, 12],
]);
/** Longest text that is passed over; QEMU ends the connection at one that is longer, too. */
const MOST_CUT_TEXT = 1 << 20;
/** Bytes that may wait for the client before it gets a further update. */
const MOST_PENDING = 1 << 16;

/** Surroundings of a connection. */
export interface ConnectionHost {
  /** Name of the screen. */
  readonly name: string;
  readonly picture: Picture;
  readonly input: VncInput;
  /** Compresses; `null`: nothing is compressed. */
  readonly deflate: Deflate | null;
  readonly security: Pick<HandshakeOptions, "cipher" | "password">;
  /** The handshake is done. @returns false if the client may not stay */
  initialized(connection: VncConnection, shared: boolean): boolean;
  /** The client is looked at no more. */
  gone(connection: VncConnection): void;
  /** Bring the picture up to date. */
  refresh(): void;
  log(text: string): void;
}

/** A client. */
export class VncConnection implements ChangeListener {
  readonly client: VncPlace;
  readonly #stream: VncStream;
  readonly #host: ConnectionHost;
  readonly #buffer = new InputBuffer();
  readonly #handshake: Handshake;
  readonly #keys: ClientInput;
  readonly #damage = new Damage();
  #isInitialized = false;
  #isOpen = true;
  /** Bytes still to come that nobody wants. */
  #skipped = 0;
  #packer = new PixelPacker(SERVER_FORMAT);
  #encoder: RectangleEncoder = rawEncoder;
  readonly #encoders = new Map<number, RectangleEncoder>([[Encoding.RAW, rawEncoder]]);
  readonly #features = new Set<number>();
  /** Size of the screen that the client knows. */
  #width = 0;
  #height = 0;
  #asked: Rectangle | null = null;
  /** Answers due besides those of the picture: rectangles that only tell something. */
  #owed: number[] = [];
  #toldAbsolute: boolean | null = null;

  constructor(stream: VncStream, client: VncPlace, host: ConnectionHost) {
    this.#stream = stream;
    this.client = client;
    this.#host = host;
    this.#keys = new ClientInput(host.input);
    const encoders = [new HextileEncoder()];
    for (const encoder of encoders) this.#encoders.set(encoder.id, encoder);
    if (host.deflate !== null) {
      this.#encoders.set(Encoding.ZLIB, new ZlibEncoder(host.deflate));
      this.#encoders.set(Encoding.ZRLE, new ZrleEncoder(host.deflate));
    }
    this.#handshake = new Handshake({
      ...host.security,
      send: (bytes) => stream.write(bytes),
    });
  }

  /** True if the handshake is done. */
  get isInitialized(): boolean {
    return this.#isInitialized;
  }

  /** True if it waits for changes, and could take them. */
  get isWaiting(): boolean {
    return this.#isOpen && this.#asked !== null && this.#stream.pending <= MOST_PENDING;
  }

  /** Bytes have come. */
  receive(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    const skipped = Math.min(this.#skipped, bytes.length);
    this.#skipped -= skipped;
    this.#buffer.append(bytes.subarray(skipped));
    // A message that has begun to be passed over ends the loop: nothing is left then.
    while (this.#isOpen && this.#step());
    this.flush();
  }

  /** The connection has ended by itself. */
  closed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#asked = null;
    this.#keys.release();
    this.#host.gone(this);
  }

  /** End it. @param why for the log, `null`: nothing is wrong */
  close(why: string | null = null): void {
    if (!this.#isOpen) return;
    if (why !== null) {
      const { host, service } = this.client;
      const who = service === "" ? "a client" : `${host}:${service}`;
      this.#host.log(`vnc: ${who}: ${why}; the connection is closed`);
    }
    this.#stream.end();
    this.closed();
  }

  resized(): void {
    this.#damage.resize(this.#host.picture.width, this.#host.picture.height);
  }

  changed(column: number, row: number): void {
    this.#damage.mark(column, row);
  }

  /** Send what the client waits for, if it can take it. */
  flush(): void {
    const asked = this.#asked;
    if (!this.isWaiting || asked === null) return;
    const { picture, input } = this.#host;
    const tellsPointer =
      this.#features.has(Encoding.POINTER_TYPE_CHANGE) && this.#toldAbsolute !== input.isAbsolute;
    const isResized = picture.width !== this.#width || picture.height !== this.#height;
    const tellsSize = isResized && this.#features.has(Encoding.DESKTOP_SIZE);
    // After another size the client asks anew.
    const bounds = {
      width: Math.min(picture.width, this.#width),
      height: Math.min(picture.height, this.#height),
    };
    const parts = tellsSize ? [] : this.#damage.take(cut(asked, bounds), bounds);
    const count = parts.length + this.#owed.length + (tellsPointer ? 1 : 0) + (tellsSize ? 1 : 0);
    if (count === 0) return;
    const out = new ByteWriter();
    out.u8(0).u8(0).u16(count);
    for (const encoding of this.#owed) writeHead(out, NOWHERE, encoding);
    if (tellsPointer) {
      this.#toldAbsolute = input.isAbsolute;
      this.#keys.pushes = !input.isAbsolute;
      writeHead(out, { ...NOWHERE, x: input.isAbsolute ? 1 : 0 }, Encoding.POINTER_TYPE_CHANGE);
    }
    if (tellsSize) {
      this.#width = picture.width;
      this.#height = picture.height;
      this.#damage.resize(this.#width, this.#height);
      writeHead(out, { x: 0, y: 0, ...sizeOf(picture) }, Encoding.DESKTOP_SIZE);
    }
    for (const part of parts) {
      writeHead(out, part, this.#encoder.id);
      this.#encoder.encode(picture, part, this.#packer, out);
    }
    this.#owed = [];
    this.#asked = null;
    this.#stream.write(out.written);
  }

  /** Take one message, or step of the handshake. @returns false if there is none yet */
  #step(): boolean {
    if (this.#isInitialized) return this.#message();
    const step = this.#handshake.step(this.#buffer);
    switch (step.kind) {
      case "wait":
        return false;
      case "next":
        return true;
      case "refused":
        this.close(step.why);
        return false;
      case "done":
        return this.#initialize(step.shared);
    }
  }

  #initialize(shared: boolean): boolean {
    this.#host.refresh();
    this.#isInitialized = true;
    if (!this.#host.initialized(this, shared)) return false;
    const { picture, name } = this.#host;
    this.#width = picture.width;
    this.#height = picture.height;
    this.#damage.resize(this.#width, this.#height);
    const out = new ByteWriter().u16(this.#width).u16(this.#height);
    writePixelFormat(out, SERVER_FORMAT);
    this.#stream.write(out.text(name).written);
    return true;
  }

  #message(): boolean {
    const input = this.#buffer;
    if (input.length === 0) return false;
    const type = input.u8(0);
    const head = HEAD_BYTES.get(type);
    if (head === undefined) {
      this.close(`it sent a message of the unknown type ${type}`);
      return false;
    }
    if (type === Message.QEMU && input.length > 1 && input.u8(1) !== QEMU_KEY) {
      this.close(`it sent a message of QEMU's of the unknown type ${input.u8(1)}`);
      return false;
    }
    if (input.length < head) return false;
    const size = head + (type === Message.SET_ENCODINGS ? 4 * input.u16(2) : 0);
    if (input.length < size) return false;
    this.#take(type, input);
    input.drop(size);
    return true;
  }

  #take(type: number, input: InputBuffer): void {
    switch (type) {
      case Message.SET_PIXEL_FORMAT:
        this.#setFormat(input);
        break;
      case Message.SET_ENCODINGS:
        this.#setEncodings(input);
        break;
      case Message.UPDATE_REQUEST:
        this.#request(input);
        break;
      case Message.KEY:
        this.#keys.key(input.u32(4), input.u8(1) !== 0);
        break;
      case Message.POINTER:
        this.#keys.pointer(input.u8(1), input.u16(2), input.u16(4), sizeOf(this.#host.picture));
        break;
      case Message.CUT_TEXT:
        this.#skipText(input);
        break;
      case Message.QEMU:
        this.#keys.key(input.u32(4), input.u16(2) !== 0, input.u32(8));
        break;
    }
  }

  #setFormat(input: InputBuffer): void {
    const format = readPixelFormat(input, 4);
    if (format === null) {
      this.close("it wants pixels of a kind that there is not");
      return;
    }
    this.#packer = new PixelPacker(format);
    this.#damage.resize(this.#host.picture.width, this.#host.picture.height);
    if (!format.trueColour) {
      const out = new ByteWriter();
      writeColourMap(out);
      this.#stream.write(out.written);
    }
  }

  /** The first that is known is used; others tell what the client understands. */
  #setEncodings(input: InputBuffer): void {
    let chosen: RectangleEncoder | null = null;
    this.#features.clear();
    for (let at = 4; at < 4 + 4 * input.u16(2); at += 4) {
      const encoding = input.i32(at);
      chosen ??= this.#encoders.get(encoding) ?? null;
      if (ANSWERED.has(encoding) && !this.#features.has(encoding)) this.#owed.push(encoding);
      if (UNDERSTOOD.has(encoding)) this.#features.add(encoding);
    }
    this.#owed = [...new Set(this.#owed)];
    if (!this.#features.has(Encoding.POINTER_TYPE_CHANGE)) this.#keys.pushes = false;
    this.#toldAbsolute = null;
    this.#encoder = chosen ?? rawEncoder;
  }

  #request(input: InputBuffer): void {
    const isIncremental = input.u8(1) !== 0;
    const area = {
      x: input.u16(2),
      y: input.u16(4),
      width: input.u16(6),
      height: input.u16(8),
    };
    if (!isIncremental) {
      this.#host.refresh();
      this.#damage.markArea(area);
    }
    this.#asked = this.#asked === null ? area : union(this.#asked, area);
  }

  /** Passes over a text of the client's clipboard: the guest has none. */
  #skipText(input: InputBuffer): void {
    // A length below zero is that of an extension that was not offered.
    const length = Math.abs(input.i32(4));
    if (length > MOST_CUT_TEXT) {
      this.close(`it sent a text of ${length} bytes`);
      return;
    }
    const here = Math.min(length, input.length - 8);
    input.drop(here);
    this.#skipped = length - here;
  }
}

const NOWHERE: Rectangle = { x: 0, y: 0, width: 0, height: 0 };
/** Announcements of clients that have effects here. */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  Encoding.DESKTOP_SIZE,
  Encoding.LAST_RECT,
  Encoding.POINTER_TYPE_CHANGE,
  Encoding.EXTENDED_KEY_EVENT,
]);
/** Announcements that the server answers with a rectangle without pixels: it understands them, too. */
const ANSWERED: ReadonlySet<number> = new Set([Encoding.EXTENDED_KEY_EVENT]);

function writeHead(out: ByteWriter, { x, y, width, height }: Rectangle, encoding: number): void {
  out.u16(x).u16(y).u16(width).u16(height).u32(encoding);
}

function sizeOf({ width, height }: Picture): { readonly width: number; readonly height: number } {
  return { width, height };
}

/** The part of `area` within `bounds`. */
function cut(
  { x, y, width, height }: Rectangle,
  bounds: { readonly width: number; readonly height: number },
): Rectangle {
  return {
    x,
    y,
    width: Math.max(0, Math.min(width, bounds.width - x)),
    height: Math.max(0, Math.min(height, bounds.height - y)),
  };
}

/** The smallest rectangle that holds both. */
function union(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
