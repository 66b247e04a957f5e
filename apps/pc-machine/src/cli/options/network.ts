/** Options about networks: `-netdev`, `-nic`, `-net`. */
import type { CommandLine, DeviceLine } from "../command-line.js";
import { listOfJson } from "../json-list.js";
import { KeyValues } from "../key-values.js";
import { takeNetwork } from "./user-network.js";
import { listing, type OptionGroup } from "./definition.js";

/** The usual card. */
const CARD = "e1000";
const MODELS = [CARD, "virtio-net-pci"];

/** The models of cards, where `help` or `model=help` asks for them. */
function listCards(value: string): readonly string[] | null {
  const asks = value === "help" || value === "?" || value.split(",").includes("model=help");
  return asks && !isNone(value) ? ["Supported NIC models:", ...MODELS] : null;
}

/** True for no network; what else is said then is about nothing. */
function isNone(value: string): boolean {
  return value.split(",", 1)[0] === "none";
}

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
        const text = listOfJson(option, value);
        const keys = new KeyValues(option, text, "type", value);
        addNetwork(line, keys, keys.identifier("id"), text);
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
      list: listCards,
      apply: applyNic,
    },
    {
      names: ["net"],
      argument: "nic[,model=e1000][,macaddr=MAC]|user[,KEY=VALUE...]|none",
      help: ["a card, or the network for it, as before there was -nic; or none"],
      values: ["nic", "user", "none"],
      list: (value) => (value === "help" || value === "?" ? ["nic", "user"] : listCards(value)),
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
  if (isNone(value)) return;
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

/** The card that `model=` names. @throws CliError for one that there is not */
function modelOf(keys: KeyValues): string {
  const model = keys.get("model") ?? CARD;
  const name = model === "virtio" ? "virtio-net-pci" : model;
  if (!MODELS.includes(name)) throw keys.error(`model=${model}: must be ${MODELS.join(" or ")}`);
  return name;
}

/** A card that `keys` describe. @throws CliError for what is wrong with it */
function cardOf(
  keys: KeyValues,
  properties: Readonly<Record<string, string>>,
  option: string,
): DeviceLine {
  const driver = modelOf(keys);
  const mac = keys.get("macaddr");
  const addr = keys.get("addr") ?? null;
  keys.finish();
  const address = mac === undefined ? {} : { mac };
  return { driver, id: null, addr, properties: { ...properties, ...address }, option };
}

function applyNic(line: CommandLine, value: string, option: string): void {
  line.defaultNic = false;
  if (isNone(value)) return;
  const keys = new KeyValues(option, value, "type");
  const driver = modelOf(keys);
  const mac = keys.get("mac");
  const id = keys.get("id") ?? `#net${line.netdevs.size}`;
  addNetwork(line, keys, id, value);
  line.nics.push({
    driver,
    id: null,
    addr: null,
    properties: {
      netdev: id,
      ...(mac === undefined ? {} : { mac }),
      // As QEMU has it, the cards of -nic send no messages, and those of -device and -net nic do.
      ...(driver === CARD ? {} : { vectors: "0" }),
    },
    option: `${option} ${value}`,
  });
}

/** @throws CliError for what is wrong with it */
function addNetwork(line: CommandLine, keys: KeyValues, id: string, text: string): void {
  if (line.netdevs.has(id)) throw keys.error(`there is a network "${id}" already`);
  line.netdevs.set(id, takeNetwork(keys, text));
}
