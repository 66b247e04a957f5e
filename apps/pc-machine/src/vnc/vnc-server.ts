/** A VNC server without its socket: clients come as streams of bytes. */
import type { Deflate } from "./encodings/encoding.js";
import { Picture } from "./picture.js";
import { VncConnection } from "./vnc-connection.js";
import type {
  SharePolicy,
  VncCipher,
  VncEvent,
  VncInput,
  VncPlace,
  VncStream,
  WatchedScreen,
} from "./vnc-parts.js";

/** Clients at a time, unless the options say otherwise: QEMU's number. */
const MOST_CLIENTS = 32;

/** Settings and surroundings of a server. */
export interface VncServerOptions {
  /** Its ID: `default`, of further ones `vnc2` and so on. */
  readonly id: string;
  /** Name of the screen, for a window's title. */
  readonly name: string;
  readonly input: VncInput;
  /** Look at the screen from now on; `null`: there is none, and the picture is black. */
  watch(): WatchedScreen | null;
  /** Compresses; absent: nothing is compressed. */
  readonly deflate?: Deflate;
  /** Proves passwords; absent: nobody is asked for one. */
  readonly cipher?: VncCipher;
  readonly share?: SharePolicy;
  /** Clients at a time. */
  readonly connections?: number;
  /** Milliseconds since 1970, for passwords that expire. */
  readonly nowMs?: () => number;
  /** Told of events. */
  onEvent?(event: VncEvent, data: Readonly<Record<string, unknown>>): void;
  /** Told, in a line, of a client that was sent away. */
  log?(text: string): void;
}

/**
 * A VNC server (RFB 3.8, and 3.3 and 3.7). The screen is watched only while somebody looks.
 *
 * @example
 * const server = new VncServer({ id: "default", name: "pc", input, watch: () => vga.watchScreen() });
 * const connection = server.connect(stream, client, place);
 * connection.receive(bytes); // as they come
 * server.refresh(); // some thirty times a second
 */
export class VncServer implements Disposable {
  readonly #options: VncServerOptions;
  readonly #picture = new Picture();
  readonly #connections = new Set<VncConnection>();
  #screen: WatchedScreen | null = null;
  #password: string | null = null;
  #expiresMs = Infinity;
  #exclusive: VncConnection | null = null;

  constructor(options: VncServerOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.id;
  }

  /** Security, in the words of `query-vnc`. */
  get auth(): "none" | "vnc" {
    return this.#options.cipher === undefined ? "none" : "vnc";
  }

  /** The clients that are there, also those that have just come. */
  get clients(): readonly VncPlace[] {
    return [...this.#connections].map(({ client }) => client);
  }

  /** Set the password; clients that are there stay. @returns false if nobody is asked for one */
  setPassword(password: string): boolean {
    if (this.auth === "none") return false;
    this.#password = password;
    return true;
  }

  /** The password is good until then, in ms since 1970. */
  expirePassword(atMs: number): void {
    this.#expiresMs = atMs;
  }

  /** A client has come to `place`. */
  connect(stream: VncStream, client: VncPlace, place: VncPlace): VncConnection {
    const { name, input, deflate = null, cipher = null, log, nowMs = Date.now } = this.#options;
    const connection = new VncConnection(stream, client, {
      name,
      input,
      deflate,
      picture: this.#picture,
      security: {
        cipher,
        password: () => (nowMs() < this.#expiresMs ? this.#password : null),
      },
      initialized: (one, shared) => {
        if (!this.#admit(one, shared)) return false;
        this.#tell("VNC_INITIALIZED", one, place);
        return true;
      },
      gone: (one) => this.#gone(one, place),
      refresh: () => this.#update(),
      log: (text) => log?.(text),
    });
    this.#connections.add(connection);
    this.#tell("VNC_CONNECTED", connection, place);
    if (this.#connections.size > (this.#options.connections ?? MOST_CLIENTS)) {
      connection.close("there are too many clients");
    }
    return connection;
  }

  /** Bring those up to date who wait for it. Call it as often as pictures are wanted. */
  refresh(): void {
    const waiting = [...this.#connections].filter(({ isWaiting }) => isWaiting);
    if (waiting.length === 0) return;
    this.#update();
    for (const connection of waiting) connection.flush();
  }

  /** Send all away. */
  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection.close();
  }

  /** Take over what changed on the screen. */
  #update(): void {
    this.#screen ??= this.#options.watch();
    const changes = this.#screen?.update() ?? null;
    if (changes === null) return;
    this.#picture.apply(changes, {
      resized: () => {
        for (const connection of this.#connections) connection.resized();
      },
      changed: (column, row) => {
        for (const connection of this.#connections) connection.changed(column, row);
      },
    });
  }

  /** QEMU's rules on who may look together. */
  #admit(connection: VncConnection, shared: boolean): boolean {
    const { share = "allow-exclusive" } = this.#options;
    if (share === "ignore") return true;
    if (share === "force-shared") {
      if (!shared) connection.close("it wants the screen for itself");
      return shared;
    }
    if (!shared) {
      this.#exclusive = connection;
      for (const other of this.#connections) {
        if (other !== connection && other.isInitialized) {
          other.close("another client wants the screen for itself");
        }
      }
    } else if (this.#exclusive !== null) {
      connection.close("another client has the screen for itself");
      return false;
    }
    return true;
  }

  #gone(connection: VncConnection, place: VncPlace): void {
    this.#connections.delete(connection);
    if (this.#exclusive === connection) this.#exclusive = null;
    if (this.#connections.size === 0) {
      this.#screen?.[Symbol.dispose]();
      this.#screen = null;
    }
    this.#tell("VNC_DISCONNECTED", connection, place);
  }

  #tell(event: VncEvent, { client }: VncConnection, place: VncPlace): void {
    this.#options.onEvent?.(event, {
      server: { auth: this.auth, ...describePlace(place) },
      client: describePlace(client),
    });
  }
}

/** An end of a connection, as QMP describes it. */
export function describePlace(place: VncPlace): Readonly<Record<string, unknown>> {
  return { ...place, websocket: false };
}
