/** From texts to character devices' back ends: `-chardev socket,...`, and `tcp:HOST:PORT,...`. */
import type { BackendSpec, SocketPlace, SocketSpec, UdpSpec } from "../../chardev/backend-spec.js";
import { DEFAULT_RING_SIZE } from "../../chardev/ring-buffer.js";
import { optionError } from "../cli-error.js";
import type { CharacterTarget } from "../command-line.js";
import { KeyValues } from "../key-values.js";
import { parseSize } from "../../text/size.js";

const MOST_RING = 2 ** 28;
const COLUMNS = 80;
const ROWS = 24;
const MOST_CELLS = 1000;
/** A telnet or tcp client gets its lines at once. */
const WORDS: Readonly<Record<string, string>> = {
  server: "server=on",
  nowait: "wait=off",
  wait: "wait=on",
  nodelay: "nodelay=on",
  delay: "nodelay=off",
  ipv4: "ipv4=on",
  ipv6: "ipv6=on",
  telnet: "telnet=on",
};

/** The back end of `-chardev NAME,...`; the keys are taken out of `keys`. @throws CliError */
export function chardevTarget(keys: KeyValues, backend: string): CharacterTarget {
  const mux = (): boolean => keys.flag("mux") ?? false;
  keys.get("logfile");
  keys.flag("logappend");
  switch (backend) {
    case "stdio":
      keys.flag("signal");
      return { kind: "stdio", mux: mux() };
    case "null":
      mux();
      return { kind: "null" };
    case "file": {
      mux();
      if (keys.get("path") === undefined) throw keys.error("chardev: file: no filename given");
      return { kind: "file", path: keys.need("path"), append: keys.flag("append") ?? false };
    }
    case "pty":
      throw keys.error("Node has no pseudo terminals; socat makes one of a socket");
    case "serial":
    case "tty":
    case "parallel":
    case "parport":
      throw keys.error("the host's ports are not handed through; socat makes a socket of one");
    case "socket":
      return { kind: "backend", spec: socketSpec(keys), mux: mux() };
    case "udp":
      return { kind: "backend", spec: udpSpec(keys), mux: mux() };
    case "pipe": {
      if (keys.get("path") === undefined) throw keys.error("chardev: pipe: no device path given");
      return { kind: "backend", spec: { backend, path: keys.need("path") }, mux: mux() };
    }
    case "ringbuf":
    case "memory":
      return { kind: "backend", spec: ringSpec(keys), mux: mux() };
    case "vc":
      return { kind: "backend", spec: consoleSpec(keys), mux: mux() };
    default:
      throw keys.error(`'${backend}' is not a valid char driver name`);
  }
}

/** The back end that a text such as `tcp:localhost:4444,server` names, `null` when it is none. */
export function shorthandTarget(option: string, text: string): CharacterTarget | null {
  const colon = text.indexOf(":");
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? "" : text.slice(colon + 1);
  const backend = (spec: BackendSpec): CharacterTarget => ({ kind: "backend", spec, mux: false });
  switch (kind) {
    case "tcp":
    case "telnet":
    case "unix":
      return backend(socketSpec(socketKeys(option, text, kind, rest)));
    case "udp":
      return backend(udpSpec(udpKeys(option, text, rest)));
    case "pipe":
      return rest === "" ? null : backend({ backend: "pipe", path: rest });
    case "ringbuf":
      return backend({ backend: "ringbuf", size: DEFAULT_RING_SIZE });
    case "vc":
      return backend(consoleSpec(consoleKeys(option, text, rest)));
    case "pty":
      throw optionError(
        `${option} ${text}`,
        "Node has no pseudo terminals; socat makes one of a socket",
      );
    default:
      return null;
  }
}

/** A list of keys for `tcp:HOST:PORT,server=on,wait=off`. */
function socketKeys(option: string, text: string, kind: string, rest: string): KeyValues {
  const [where = "", ...parts] = rest.split(",");
  const options = parts.map((part) => WORDS[part] ?? part);
  const colon = where.lastIndexOf(":");
  if (kind !== "unix" && colon < 0) {
    throw optionError(`${option} ${text}`, `"${where}" is no HOST:PORT`);
  }
  const place =
    kind === "unix"
      ? [`path=${where}`]
      : [`host=${where.slice(0, colon)}`, `port=${where.slice(colon + 1)}`];
  const telnet = kind === "telnet" ? ["telnet=on"] : [];
  return new KeyValues(option, [...place, ...telnet, ...options].join(","), null, text);
}

/** A list of keys for `udp:HOST:PORT@LOCALHOST:LOCALPORT`. */
function udpKeys(option: string, text: string, rest: string): KeyValues {
  const [remote = "", local = ""] = rest.split("@");
  const part = (place: string, host: string, port: string): string[] => {
    if (place === "") return [];
    const colon = place.lastIndexOf(":");
    return [`${host}=${place.slice(0, Math.max(0, colon))}`, `${port}=${place.slice(colon + 1)}`];
  };
  const keys = [...part(remote, "host", "port"), ...part(local, "localaddr", "localport")];
  if (keys.length === 0) throw optionError(`${option} ${text}`, "udp: remote port not specified");
  return new KeyValues(option, keys.join(","), null, text);
}

/** A list of keys for `vc:800x600` (pixels) or `vc:80Cx24C` (letters). */
function consoleKeys(option: string, text: string, rest: string): KeyValues {
  if (rest === "") return new KeyValues(option, "cols=80", null, text);
  const [, width = "", inCells, height = ""] = /^(\d+)(C?)x(\d+)C?$/.exec(rest) ?? [];
  if (width === "") throw optionError(`${option} ${text}`, `"${rest}" is no WIDTHxHEIGHT`);
  const list = inCells === "C" ? `cols=${width},rows=${height}` : `width=${width},height=${height}`;
  return new KeyValues(option, list, null, text);
}

function socketSpec(keys: KeyValues): SocketSpec {
  const server = keys.flag("server") ?? false;
  const wait = keys.flag("wait");
  const telnet = keys.flag("telnet") ?? false;
  const nodelay = keys.flag("nodelay") ?? keys.flag("delay") === false;
  const reconnectText = keys.get("reconnect");
  for (const name of ["ipv4", "ipv6"]) keys.flag(name);
  if (keys.get("fd") !== undefined) throw keys.error("there are no descriptors to take over");
  if (keys.get("tls-creds") !== undefined) throw keys.error("there is no TLS; see socat");
  if (keys.flag("websocket") === true) throw keys.error("there are no web sockets");
  const place = socketPlace(keys);
  if (wait !== undefined && !server) {
    throw keys.error("'wait' option is incompatible with socket in client connect mode");
  }
  const reconnect = reconnectText === undefined ? 0 : Number(reconnectText);
  if (!/^\d*$/.test(reconnectText ?? "") || reconnect > 2 ** 31) {
    throw keys.error("reconnect is a number of seconds");
  }
  if (reconnect > 0 && server) {
    throw keys.error("'reconnect' option is incompatible with socket in server listen mode");
  }
  return { backend: "socket", place, server, wait: wait ?? server, telnet, nodelay, reconnect };
}

function socketPlace(keys: KeyValues): SocketPlace {
  const path = keys.get("path");
  const host = keys.get("host");
  const port = keys.get("port");
  keys.flag("abstract");
  if (path !== undefined) {
    if (host !== undefined || port !== undefined) {
      throw keys.error("a socket is at path=, or at host= and port=");
    }
    return { type: "unix", path: keys.need("path") };
  }
  if (host === undefined && port === undefined) {
    throw keys.error("a socket needs path=, or host= and port=");
  }
  if (port === undefined || port === "") throw keys.error("chardev: socket: no port given");
  return { type: "inet", host: bare(host ?? ""), port: portOf(keys, port) };
}

function udpSpec(keys: KeyValues): UdpSpec {
  const port = keys.get("port");
  const host = keys.get("host");
  const localHost = keys.get("localaddr");
  const localPort = keys.get("localport");
  for (const name of ["ipv4", "ipv6"]) keys.flag(name);
  if (port === undefined || port === "") {
    throw keys.error("chardev: udp: remote port not specified");
  }
  return {
    backend: "udp",
    host: host === undefined || host === "" ? "localhost" : bare(host),
    port: portOf(keys, port),
    localHost: bare(localHost ?? ""),
    localPort: localPort === undefined || localPort === "" ? 0 : portOf(keys, localPort),
  };
}

function ringSpec(keys: KeyValues): BackendSpec {
  const text = keys.get("size");
  const size = text === undefined ? DEFAULT_RING_SIZE : parseSize(text, "B");
  if (size === null || size < 1 || (size & (size - 1)) !== 0) {
    throw keys.error("size of ringbuf chardev must be power of two");
  }
  if (size > MOST_RING) throw keys.error("a ring has 256 MiB at most");
  return { backend: "ringbuf", size };
}

function consoleSpec(keys: KeyValues): BackendSpec {
  const cells = (pixels: string, letters: string, cell: number, normal: number): number => {
    const inPixels = keys.get(pixels);
    const inLetters = keys.get(letters);
    const count =
      inLetters !== undefined
        ? Number(inLetters)
        : inPixels !== undefined
          ? Math.floor(Number(inPixels) / cell)
          : normal;
    if (!Number.isInteger(count) || count < 1 || count > MOST_CELLS) {
      throw keys.error(`a console has 1 to ${MOST_CELLS} columns and rows`);
    }
    return count;
  };
  return {
    backend: "vc",
    columns: cells("width", "cols", 8, COLUMNS),
    rows: cells("height", "rows", 16, ROWS),
  };
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

function portOf(keys: KeyValues, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 0xffff) throw keys.error(`"${text}" is no port (0 to 65535)`);
  return port;
}
