/** A user network, as `-netdev user` and `netdev_add` describe it. */
import { isLoopback } from "../../net/node/loopback.js";
import { DEFAULT_PLAN, formatIpv4, parseIpv4, type AddressPlan } from "../../net/user/addresses.js";
import type { GuestForward, HostForward } from "../../net/user/forwards.js";
import type { HostAddress } from "../../net/user/host-network.js";
import type { UserNetworkOptions } from "../../net/user/user-network.js";
import { type KeyValues, splitList } from "../key-values.js";

const MOST_PORTS = 0xffff;
const HOST_FORWARD = "hostfwd=[tcp|udp]:[127.0.0.1]:PORT-[GUEST]:PORT";
const GUEST_FORWARD =
  "guestfwd=[tcp|udp]:ADDRESS:PORT-tcp|udp:127.0.0.1:PORT, or guestfwd=[tcp]:ADDRESS:PORT-cmd:COMMAND";
const MOST_BOOT_FILE = 127;
const MOST_TFTP_SERVER = 63;

/** A network of `-netdev user`. */
export interface NetdevLine extends Omit<UserNetworkOptions, "host" | "complain" | "tftp"> {
  /** Folder whose files the gateway gives by TFTP, `null` for none. */
  readonly tftpFolder: string | null;
}

/**
 * The network that `keys` describe.
 * @param text what they were made of: rules may be there several times
 * @throws CliError for what is wrong with it
 */
export function takeNetwork(keys: KeyValues, text: string): NetdevLine {
  const type = keys.need("type");
  if (type !== "user") throw keys.error(`type=${type}: there is user`);
  const plan = planOf(keys);
  const hostName = keys.get("hostname");
  const domain = keys.get("domainname");
  const bootFile = shortText(keys, "bootfile", MOST_BOOT_FILE);
  const tftpServer = shortText(keys, "tftp-server-name", MOST_TFTP_SERVER);
  // Nothing but what is forwarded is reachable: restricted is what it always is.
  keys.flag("restrict");
  // It has IPv4 and nothing else.
  if (keys.flag("ipv4") === false) throw keys.error("ipv4=off: a user network is one of IPv4");
  if (keys.flag("ipv6") === true) throw keys.error("ipv6=on: there is no IPv6");
  for (const several of ["hostfwd", "guestfwd", "name"]) keys.get(several);
  keys.get("tftp");
  keys.finish();
  const all = (key: string): string[] =>
    splitList(text).flatMap((part) =>
      part.startsWith(`${key}=`) ? part.slice(key.length + 1) : [],
    );
  return {
    plan,
    tftpFolder: keys.get("tftp") ?? null,
    dhcp: {
      ...(bootFile === undefined ? {} : { bootFile }),
      ...(tftpServer === undefined ? {} : { tftpServer }),
      ...(hostName === undefined ? {} : { hostName }),
      ...(domain === undefined ? {} : { domain }),
    },
    names: new Map(all("name").map((name) => nameOf(keys, name))),
    hostForwards: all("hostfwd").map((rule) => hostForward(keys, rule)),
    guestForwards: all("guestfwd").map((rule) => guestForward(keys, rule, plan)),
  };
}

/** The value of `key`, which the guest is told in a field of `most` bytes. */
function shortText(keys: KeyValues, key: string, most: number): string | undefined {
  const text = keys.get(key);
  if (text !== undefined && new TextEncoder().encode(text).length > most) {
    throw keys.error(`${key}=: must be ${most} bytes at most`);
  }
  return text;
}

function addressOf(keys: KeyValues, key: string): number | undefined {
  const text = keys.get(key);
  if (text === undefined) return undefined;
  const address = parseIpv4(text);
  if (address === null) throw keys.error(`${key}=${text}: must be an IPv4 address`);
  return address;
}

function planOf(keys: KeyValues): AddressPlan {
  const [network, mask] = networkOf(keys);
  const at = (last: number): number => (network | last) >>> 0;
  const plan = {
    mask,
    host: addressOf(keys, "host") ?? at(2),
    dns: addressOf(keys, "dns") ?? at(3),
    guest: addressOf(keys, "dhcpstart") ?? at(15),
  };
  for (const [key, address] of Object.entries(plan)) {
    if (key !== "mask" && (address & mask) >>> 0 !== network) {
      const name = key === "guest" ? "dhcpstart" : key;
      throw keys.error(`${name}=${formatIpv4(address)}: is not in the network`);
    }
  }
  if (new Set([plan.host, plan.dns, plan.guest]).size < 3) {
    throw keys.error("host, dns and dhcpstart must be different addresses");
  }
  return plan;
}

function networkOf(keys: KeyValues): readonly [network: number, mask: number] {
  const text = keys.get("net");
  const { host, mask: usual } = DEFAULT_PLAN;
  if (text === undefined) return [(host & usual) >>> 0, usual];
  const [address = "", bits = "24", ...more] = text.split("/");
  const network = parseIpv4(address);
  const length = /^\d+$/.test(bits) ? Number(bits) : Number.NaN;
  if (network === null || more.length > 0 || !(length >= 8 && length <= 28)) {
    throw keys.error(`net=${text}: must be ADDRESS/BITS, with 8 to 28 bits`);
  }
  const mask = (-1 << (32 - length)) >>> 0;
  return [(network & mask) >>> 0, mask];
}

function nameOf(keys: KeyValues, text: string): readonly [string, number] {
  const [name = "", address = ""] = text.split(":");
  const number = parseIpv4(address);
  if (name === "" || number === null) throw keys.error(`name=${text}: must be NAME:ADDRESS`);
  return [name.toLowerCase(), number];
}

/** A rule of `hostfwd=`. @throws CliError for what is none */
export function hostForward(keys: KeyValues, text: string): HostForward {
  const [, protocol = "", host = "", port = "", guest = "", guestPort = ""] =
    /^(tcp|udp|):([^:]*):(\d+)-([^:]*):(\d+)$/.exec(text) ?? [];
  const address = guest === "" ? null : parseIpv4(guest);
  if (guestPort === "" || (guest !== "" && address === null)) {
    throw keys.error(`hostfwd=${text}: must be ${HOST_FORWARD}`);
  }
  return {
    protocol: protocol === "udp" ? "udp" : "tcp",
    host: placeOf(keys, text, host, port),
    guest: address,
    guestPort: portOf(keys, text, guestPort),
  };
}

function guestForward(keys: KeyValues, text: string, plan: AddressPlan): GuestForward {
  const [, protocol = "", server = "", serverPort = "", to = "", place = ""] =
    /^(tcp|udp|):([^:]*):(\d+)-(tcp|udp|cmd):(.+)$/s.exec(text) ?? [];
  const [, host = "", port = ""] = /^([^:]*):(\d+)$/.exec(place) ?? [];
  const address = parseIpv4(server);
  const kind = protocol === "udp" ? "udp" : "tcp";
  const isCommand = to === "cmd" && kind === "tcp";
  if (address === null || (!isCommand && (to !== kind || port === ""))) {
    throw keys.error(`guestfwd=${text}: must be ${GUEST_FORWARD}`);
  }
  if ((address & plan.mask) !== (plan.host & plan.mask) || address === plan.guest) {
    throw keys.error(`guestfwd=${text}: ${server} is no free address of the network`);
  }
  return {
    protocol: kind,
    server: address,
    serverPort: portOf(keys, text, serverPort),
    host: isCommand ? { command: place } : placeOf(keys, text, host, port),
  };
}

function placeOf(keys: KeyValues, rule: string, host: string, port: string): HostAddress {
  const name = host === "" ? "127.0.0.1" : host;
  if (!isLoopback(name)) {
    throw keys.error(`"${rule}": ${name} is not this host's loopback, 127.0.0.1`);
  }
  return { host: name, port: portOf(keys, rule, port) };
}

function portOf(keys: KeyValues, rule: string, text: string): number {
  const port = Number(text);
  if (port > MOST_PORTS) throw keys.error(`"${rule}": there is no port ${text}`);
  return port;
}
