/** Options about networks: `-netdev`, `-nic`, `-net`. */
import { isLoopback } from "../../net/node/loopback.js";
import { DEFAULT_PLAN, formatIpv4, parseIpv4, type AddressPlan } from "../../net/user/addresses.js";
import type { GuestForward, HostForward } from "../../net/user/forwards.js";
import type { HostAddress } from "../../net/user/host-network.js";
import type { CommandLine, DeviceLine } from "../command-line.js";
import { KeyValues, splitList } from "../key-values.js";
import type { NetdevLine } from "../back-ends/networks.js";
import { listing, type OptionGroup } from "./definition.js";

const MOST_PORTS = 0xffff;
const CARD = "e1000";
const HOST_FORWARD = "hostfwd=[tcp|udp]:[127.0.0.1]:PORT-[GUEST]:PORT";
const GUEST_FORWARD =
  "guestfwd=[tcp|udp]:ADDRESS:PORT-tcp|udp:127.0.0.1:PORT, or guestfwd=[tcp]:ADDRESS:PORT-cmd:COMMAND";
const MOST_BOOT_FILE = 127;
const MOST_TFTP_SERVER = 63;

/** Everything about networks. */
export const networkOptions: OptionGroup = {
  title: "Network",
  options: [
    {
      names: ["netdev"],
      argument: "user,id=ID[,KEY=VALUE...]",
      help: [
        "a network for a card (-device e1000,netdev=ID): DHCP, a name server, and what is let",
        "through, nothing else: hostfwd=tcp:127.0.0.1:PORT-:PORT leads from the host to the guest,",
        "guestfwd=tcp:ADDRESS:PORT-tcp:127.0.0.1:PORT from the guest to the host, and",
        "guestfwd=tcp:ADDRESS:PORT-cmd:COMMAND to a program of the host, one a connection;",
        "tftp=DIR gives files by TFTP, and bootfile= names the one to boot; also net=, host=, dns=,",
        "dhcpstart=, hostname=, domainname=, and name=NAME:ADDRESS for the name server",
      ],
      values: ["user,id="],
      list: listing(["user  a network in this program"]),
      config: { group: "netdev", implied: "type", repeats: true },
      apply: (line, value, option) => {
        line.defaultNic = false;
        const keys = new KeyValues(option, value, "type");
        const id = keys.need("id");
        addNetwork(line, keys, id, value);
      },
    },
    {
      names: ["nic"],
      argument: "user[,model=e1000][,mac=MAC][,KEY=VALUE...]|none",
      help: [
        "a card and its network at once, with the keys of -netdev; or none (by default there is one of",
        "user, unless something is said about networks)",
      ],
      values: ["user", "none"],
      list: listing([CARD]),
      apply: applyNic,
    },
    {
      names: ["net"],
      argument: "nic[,model=e1000][,macaddr=MAC]|user[,KEY=VALUE...]|none",
      help: ["a card, or the network for it, as before there was -nic; or none"],
      values: ["nic", "user", "none"],
      list: listing(["nic", "user"]),
      apply: applyNet,
    },
  ],
};

/** Add the card that QEMU's board has where nothing is said about networks, its network reaching nothing. */
export function addDefaultNic(line: CommandLine): void {
  if (line.defaultNic && !line.noDefaults && line.machine === "pc") applyNic(line, "user", "-nic");
}

/** The two halves of `-net`, in either order: a card is plugged into the network, once there are both. */
function applyNet(line: CommandLine, value: string, option: string): void {
  line.defaultNic = false;
  if (value === "none") return;
  const { hub, nics } = line;
  const keys = new KeyValues(option, value, "type");
  switch (keys.need("type")) {
    case "nic":
      if (hub.card !== null) throw keys.error("there is a card already: use -nic");
      hub.card = nics.length;
      nics.push(cardOf(keys, {}, `${option} ${value}`));
      break;
    case "user":
      if (hub.network !== null) throw keys.error("there is a network already: use -nic");
      hub.network = keys.get("id") ?? `#net${line.netdevs.size}`;
      addNetwork(line, keys, hub.network, value);
      break;
    default:
      throw keys.error("there are nic and user");
  }
  const card = nics[hub.card ?? -1];
  if (card === undefined || hub.card === null || hub.network === null) return;
  nics[hub.card] = { ...card, properties: { ...card.properties, netdev: hub.network } };
}

/** A card that `keys` describe. @throws CliError for what is wrong with it */
function cardOf(
  keys: KeyValues,
  properties: Readonly<Record<string, string>>,
  option: string,
): DeviceLine {
  const model = keys.get("model") ?? CARD;
  if (model !== CARD) throw keys.error(`model=${model}: there is ${CARD}`);
  const mac = keys.get("macaddr");
  const addr = keys.get("addr") ?? null;
  keys.finish();
  const address = mac === undefined ? {} : { mac };
  return { driver: CARD, id: null, addr, properties: { ...properties, ...address }, option };
}

function applyNic(line: CommandLine, value: string, option: string): void {
  line.defaultNic = false;
  if (value === "none") return;
  const keys = new KeyValues(option, value, "type");
  const model = keys.get("model") ?? CARD;
  if (model !== CARD) throw keys.error(`model=${model}: there is ${CARD}`);
  const mac = keys.get("mac");
  const id = keys.get("id") ?? `#net${line.netdevs.size}`;
  addNetwork(line, keys, id, value);
  line.nics.push({
    driver: CARD,
    id: null,
    addr: null,
    properties: { netdev: id, ...(mac === undefined ? {} : { mac }) },
    option: `${option} ${value}`,
  });
}

/** @throws CliError for what is wrong with it */
function addNetwork(line: CommandLine, keys: KeyValues, id: string, text: string): void {
  const type = keys.need("type");
  if (type !== "user") throw keys.error(`type=${type}: there is user`);
  if (line.netdevs.has(id)) throw keys.error(`there is a network "${id}" already`);
  const plan = planOf(keys);
  const hostName = keys.get("hostname");
  const domain = keys.get("domainname");
  const bootFile = shortText(keys, "bootfile", MOST_BOOT_FILE);
  const tftpServer = shortText(keys, "tftp-server-name", MOST_TFTP_SERVER);
  // Nothing but what is forwarded is reachable: restricted is what it always is.
  keys.flag("restrict");
  for (const several of ["hostfwd", "guestfwd", "name"]) keys.get(several);
  keys.get("tftp");
  keys.finish();
  const all = (key: string): string[] =>
    splitList(text).flatMap((part) =>
      part.startsWith(`${key}=`) ? part.slice(key.length + 1) : [],
    );
  const network: NetdevLine = {
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
  line.netdevs.set(id, network);
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

function hostForward(keys: KeyValues, text: string): HostForward {
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
