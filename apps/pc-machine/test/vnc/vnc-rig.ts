/** A VNC server without sockets, with a screen and a guest that a test looks at. */
import { Random } from "@mem/common";

import { deflate } from "../../src/vnc/node/deflate.js";
import type { ChangedLines } from "../../src/vnc/picture.js";
import type { VncConnection } from "../../src/vnc/vnc-connection.js";
import type { VncInput } from "../../src/vnc/vnc-parts.js";
import { VncServer, type VncServerOptions } from "../../src/vnc/vnc-server.js";
import * as rfb from "./rfb-client.js";

/** No multiple of the sides of squares. */
export const WIDTH = 136;
export const HEIGHT = 75;
export const UNIX = { family: "unix", host: "", service: "" } as const;

/** A screen whose pixels a test sets. */
export class FakeScreen {
  width: number;
  height: number;
  pixels: Uint8ClampedArray;
  watched = 0;
  #dirty = new Set<number>();

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8ClampedArray(4 * width * height);
    this.resize(width, height);
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8ClampedArray(4 * width * height);
    for (let line = 0; line < height; line++) this.#dirty.add(line);
  }

  set(x: number, y: number, colour: number): void {
    this.pixels.set([colour >> 16, colour >> 8, colour, 255], 4 * (y * this.width + x));
    this.#dirty.add(y);
  }

  /** A picture with plain parts, some colours, and noise. */
  paint(random: Random): void {
    const { width, height } = this;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const area = (x >> 5) + 3 * (y >> 5);
        const colour =
          area % 4 === 0
            ? 0x2040c0
            : area % 4 === 1
              ? [0xffffff, 0x000000][((x >> 2) ^ y) & 1]
              : area % 4 === 2
                ? 0x010203 * ((x >> 1) % 23)
                : random.below(0x1000000);
        this.set(x, y, colour ?? 0);
      }
    }
  }

  colours(): Uint32Array {
    return Uint32Array.from({ length: this.width * this.height }, (_unused, at) => {
      const [red = 0, green = 0, blue = 0] = this.pixels.subarray(4 * at, 4 * at + 3);
      return (red << 16) | (green << 8) | blue;
    });
  }

  watch(): { update(): ChangedLines | null; [Symbol.dispose](): void } {
    this.watched++;
    for (let line = 0; line < this.height; line++) this.#dirty.add(line);
    return {
      update: () => {
        if (this.#dirty.size === 0) return null;
        const first = Math.min(...this.#dirty);
        const end = Math.max(...this.#dirty) + 1;
        this.#dirty.clear();
        const { width, height } = this;
        const pixels = this.pixels.slice(4 * first * width, 4 * end * width);
        return { width, height, firstLine: first, pixels };
      },
      [Symbol.dispose]: () => void this.watched--,
    };
  }
}

/** A guest that remembers what was typed. */
export class FakeInput implements VncInput {
  isAbsolute = false;
  readonly seen: (readonly unknown[])[] = [];
  key(code: number, down: boolean): void {
    this.seen.push(["key", code, down]);
  }
  moveBy(dx: number, dy: number, dz: number, buttons: number): void {
    this.seen.push(["by", dx, dy, dz, buttons]);
  }
  moveTo(x: number, y: number, dz: number, buttons: number): void {
    this.seen.push(["to", x, y, dz, buttons]);
  }
  take(): (readonly unknown[])[] {
    return this.seen.splice(0);
  }
}

export function isSame(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((pixel, at) => pixel === b[at]);
}

export class Rig {
  readonly screen = new FakeScreen(WIDTH, HEIGHT);
  readonly input = new FakeInput();
  readonly events: string[] = [];
  readonly lines: string[] = [];
  readonly server: VncServer;

  constructor(options: Partial<VncServerOptions> = {}) {
    this.screen.paint(new Random(7));
    this.server = new VncServer({
      id: "default",
      name: "a machine",
      input: this.input,
      watch: () => this.screen.watch(),
      deflate,
      onEvent: (event) => void this.events.push(event),
      log: (text) => void this.lines.push(text),
      ...options,
    });
  }

  /** A client that reads at once, unless `pending` says how much waits. */
  connect(stream: { pending: number } = { pending: 0 }): {
    client: rfb.RfbClient;
    connection: VncConnection;
    sent: () => number;
  } {
    let sent = 0;
    let connection: VncConnection | null = null;
    const early: Uint8Array[] = [];
    const client = new rfb.RfbClient((bytes) => {
      if (connection === null) early.push(bytes);
      else connection.receive(bytes);
    });
    connection = this.server.connect(
      {
        write: (bytes) => {
          sent += bytes.length;
          client.feed(bytes.slice());
        },
        get pending() {
          return stream.pending;
        },
        end: () => client.end(),
      },
      UNIX,
      UNIX,
    );
    return { client, connection, sent: () => sent };
  }

  async open(...encodings: number[]): Promise<rfb.RfbClient> {
    const { client } = this.connect();
    await client.open();
    client.setEncodings(...encodings);
    return client;
  }
}
