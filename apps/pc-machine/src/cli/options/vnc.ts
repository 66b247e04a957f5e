/** `-vnc`: from its text to a server to make. */
import type { SocketPlace } from "../../chardev/backend-spec.js";
import type { SharePolicy } from "../../vnc/vnc-parts.js";
import { optionError } from "../cli-error.js";
import type { CommandLine } from "../command-line.js";
import { KeyValues } from "../key-values.js";

const FIRST_PORT = 5900;
const LAST_PORT = 0xffff;
const POLICIES: readonly SharePolicy[] = ["allow-exclusive", "force-shared", "ignore"];

/** Keys that mean `on` without a value. */
const FLAGS = ["password", "reverse", "lossy", "non-adaptive", "sasl", "websocket", "ipv4", "ipv6"];
/** Keys that are refused, and why. */
const REFUSED: readonly (readonly [key: string, why: string])[] = [
  ["reverse", "it does not connect to a client that waits"],
  ["websocket", "there are no web sockets"],
  ["tls-creds", "there is no TLS; see ssh"],
  ["tls-authz", "there is no TLS; see ssh"],
  ["sasl", "there is no SASL; see password="],
  ["sasl-authz", "there is no SASL; see password="],
  ["audiodev", "there is no sound"],
  ["power-control", "clients cannot switch the machine"],
];
/** Keys without effect here: they are about encodings and keys of other kinds. */
const IGNORED = ["lossy", "non-adaptive", "lock-key-sync", "key-delay-ms", "display", "head"];

/** Take the server of `value` into account; `none` takes all away. @throws CliError */
export function addVncServer(line: CommandLine, value: string, typed: string): void {
  if (value === "none") {
    line.vnc.length = 0;
    line.displayNone = true;
    return;
  }
  const keys = keysOf(value, typed);
  const text = keys.get("vnc") ?? "";
  for (const [key, why] of REFUSED) {
    const given = keys.get(key);
    if (given !== undefined && given !== "off") throw optionError(typed, why);
  }
  for (const key of IGNORED) keys.get(key);
  const isV6 = keys.flag("ipv6") === true;
  keys.flag("ipv4");
  const place = placeOf(text, typed, isV6 ? "::1" : "127.0.0.1");
  const to = keys.get("to");
  const id = keys.get("id") ?? freeId(line);
  if (line.vnc.some((other) => other.id === id)) {
    throw optionError(typed, `Duplicate ID '${id}' for vnc`);
  }
  const share = POLICIES.find((policy) => policy === (keys.get("share") ?? POLICIES[0]));
  if (share === undefined) throw optionError(typed, "unknown vnc share= option");
  const connections = keys.get("connections");
  const most = connections === undefined ? null : Number(connections);
  if (most !== null && !(Number.isInteger(most) && most >= 1 && most <= LAST_PORT)) {
    throw optionError(typed, "connections= is a number of clients");
  }
  const secret = keys.get("password-secret") ?? null;
  const password = keys.flag("password");
  if (secret !== null && password !== undefined) {
    throw optionError(typed, "'password' flag is redundant with 'password-secret'");
  }
  const server = {
    id,
    place,
    lastPort: to === undefined ? null : portOf(to, typed),
    password: password ?? secret !== null,
    secret,
    share,
    connections: most,
    option: typed,
  };
  keys.finish();
  line.vnc.push(server);
}

/** The value with a key for each of its parts. */
export function vncList(value: string): string {
  const parts = value.split(",").map((part) => (FLAGS.includes(part) ? `${part}=on` : part));
  const [first = ""] = parts;
  const named = /^[a-z0-9-]+=/.test(first) ? "" : "vnc=";
  return named + parts.join(",");
}

function keysOf(value: string, typed: string): KeyValues {
  const [option = "", ...rest] = typed.split(" ");
  return new KeyValues(option, vncList(value), null, rest.join(" "));
}

/** A socket of `unix:PATH`, or of `HOST:NUMBER`. */
function placeOf(text: string, typed: string, loopback: string): SocketPlace {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    if (path === "") throw optionError(typed, "the socket has no path");
    return { type: "unix", path };
  }
  const colon = text.lastIndexOf(":");
  if (colon < 0) throw optionError(typed, "no vnc port specified");
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const port = portOf(text.slice(colon + 1), typed);
  return { type: "inet", host: host === "" ? loopback : host, port };
}

function portOf(text: string, typed: string): number {
  if (!/^\d+$/.test(text)) throw optionError(typed, `can't convert to a number: ${text}`);
  const port = FIRST_PORT + Number(text);
  if (port > LAST_PORT) throw optionError(typed, `port ${text} out of range`);
  return port;
}

/** `default` for the first, `vnc2` for the second, as QEMU names them. */
function freeId(line: CommandLine): string {
  const isFree = (id: string): boolean => line.vnc.every((other) => other.id !== id);
  if (isFree("default")) return "default";
  let number = 2;
  while (!isFree(`vnc${number}`)) number++;
  return `vnc${number}`;
}
