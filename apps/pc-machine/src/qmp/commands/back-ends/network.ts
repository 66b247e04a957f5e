/** Commands about networks. */
import { NetworkError, type Networks } from "../../../net/networks.js";
import { setLink } from "../../../monitor/network-links.js";
import { networkCards } from "../../../monitor/text/machine/network-text.js";
import { command, type QmpCommand } from "../../command.js";
import { QmpError } from "../../qmp-error.js";
import { EMPTY, qmp } from "../../schema.js";

const RULES = qmp.optional(qmp.array(qmp.object({ str: qmp.str })));
const TEXT = qmp.optional(qmp.str);
/** Properties of a user network. */
const USER = {
  type: qmp.str,
  id: qmp.str,
  hostname: TEXT,
  restrict: qmp.optional(qmp.bool),
  ipv4: qmp.optional(qmp.bool),
  ipv6: qmp.optional(qmp.bool),
  net: TEXT,
  host: TEXT,
  tftp: TEXT,
  bootfile: TEXT,
  dhcpstart: TEXT,
  dns: TEXT,
  domainname: TEXT,
  "tftp-server-name": TEXT,
  hostfwd: RULES,
  guestfwd: RULES,
};

/** A network as `-netdev` takes it: keys and values with commas between. */
function textOf(values: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined || key === "type") return [];
    const several = RULES.check(Array.isArray(value) ? value : undefined, key);
    const texts =
      several?.map(({ str }) => str) ??
      (typeof value === "boolean" ? [value ? "on" : "off"] : [String(value)]);
    return texts.map((text) => `${key}=${text.replaceAll(",", ",,")}`);
  });
  return [values["type"], ...words].join(",");
}

/** Do something to the networks. @throws QmpError with what is wrong */
function change(networks: Networks | undefined, action: (networks: Networks) => void): void {
  if (networks === undefined) throw new QmpError("there are no networks here");
  try {
    action(networks);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    throw new QmpError(error.message);
  }
}

function notFound(id: string): QmpError {
  return new QmpError(`Device '${id}' not found`, { errorClass: "DeviceNotFound" });
}

/** The commands. */
export const networkCommands: readonly QmpCommand[] = [
  command({
    name: "netdev_add",
    members: USER,
    returns: EMPTY,
    run: ({ networks }, values) => {
      if (values.type !== "user") {
        throw new QmpError(`Parameter 'type' does not accept value '${values.type}'`);
      }
      change(networks, (all) => all.create(textOf(values)));
    },
  }),
  command({
    name: "netdev_del",
    members: { id: qmp.str },
    returns: EMPTY,
    run: ({ networks }, { id }) => {
      if (networks === undefined || networks.get(id) === null) throw notFound(id);
      networks.remove(id);
    },
  }),
  command({
    name: "set_link",
    members: { name: qmp.str, up: qmp.bool },
    returns: EMPTY,
    run: ({ pc, networks }, { name, up }) => {
      if (!setLink(pc.devices, networks, name, up)) throw notFound(name);
    },
  }),
  command({
    name: "query-rx-filter",
    members: { name: qmp.optional(qmp.str) },
    returns: qmp.array(qmp.any),
    // The cards that there are do not tell, as QEMU's e1000 does not.
    run: ({ pc }, { name }) => {
      if (name === undefined) return [];
      const isCard = networkCards(pc.devices).some((card) => card.name === name);
      throw new QmpError(
        isCard
          ? `net client(${name}) doesn't support rx-filter querying`
          : `invalid net client name: ${name}`,
      );
    },
  }),
];
