/** Commands on VNC servers. */
import { expireVncPassword, setVncPassword } from "../../../vnc/passwords.js";
import type { ListeningServer } from "../../../vnc/vnc-list.js";
import type { VncPlace } from "../../../vnc/vnc-parts.js";
import { command } from "../../command.js";
import { QmpError } from "../../qmp-error.js";
import { EMPTY, qmp } from "../../schema.js";
import type { QmpTarget } from "../../target.js";

const PROTOCOL = qmp.enumeration(["vnc", "spice"]);
const FAMILY = qmp.enumeration(["ipv4", "ipv6", "unix", "vsock", "unknown"]);
const PLACE = { host: qmp.str, service: qmp.str, family: FAMILY, websocket: qmp.bool };
const CLIENT = qmp.object({
  ...PLACE,
  x509_dname: qmp.optional(qmp.str),
  sasl_username: qmp.optional(qmp.str),
});

function describe(place: VncPlace): VncPlace & { readonly websocket: boolean } {
  return { ...place, websocket: false };
}

function clientsOf({ server }: ListeningServer): readonly unknown[] {
  return server.clients.map(describe);
}

/** @throws QmpError for SPICE */
function needVnc(protocol: "vnc" | "spice"): void {
  if (protocol === "spice") {
    throw new QmpError("SPICE is not in use", { errorClass: "DeviceNotActive" });
  }
}

/** @throws QmpError where no server asks for one */
function setPassword({ vnc }: QmpTarget, password: string, display?: string): void {
  if (!setVncPassword(vnc, password, display)) throw new QmpError("Could not set password");
}

/** The commands. */
export const vncCommands = [
  command({
    name: "query-vnc",
    members: {},
    returns: qmp.object({
      enabled: qmp.bool,
      host: qmp.optional(qmp.str),
      family: qmp.optional(FAMILY),
      service: qmp.optional(qmp.str),
      auth: qmp.optional(qmp.str),
      clients: qmp.optional(qmp.array(CLIENT)),
    }),
    run: ({ vnc }) => {
      const [first] = vnc.all;
      const [place] = first?.places ?? [];
      if (first === undefined || place === undefined) return { enabled: false };
      return { enabled: true, auth: first.server.auth, ...place, clients: clientsOf(first) };
    },
  }),
  command({
    name: "query-vnc-servers",
    members: {},
    returns: qmp.array(
      qmp.object({
        id: qmp.str,
        server: qmp.array(qmp.object({ ...PLACE, auth: qmp.str, vencrypt: qmp.optional(qmp.str) })),
        clients: qmp.array(CLIENT),
        auth: qmp.str,
        vencrypt: qmp.optional(qmp.str),
        display: qmp.optional(qmp.str),
      }),
    ),
    run: ({ vnc }) =>
      vnc.all.map((one) => {
        const { id, auth } = one.server;
        const server = one.places.map((place) => ({ auth, ...describe(place) }));
        return { id, auth, server, clients: clientsOf(one) };
      }),
  }),
  command({
    name: "set_password",
    early: true,
    members: {
      protocol: PROTOCOL,
      password: qmp.str,
      connected: qmp.optional(qmp.enumeration(["keep", "fail", "disconnect"])),
      display: qmp.optional(qmp.str),
    },
    returns: EMPTY,
    run: (target, { protocol, password, connected = "keep", display }) => {
      needVnc(protocol);
      if (connected !== "keep") throw new QmpError("Invalid parameter 'connected'");
      setPassword(target, password, display);
    },
  }),
  command({
    name: "expire_password",
    early: true,
    members: { protocol: PROTOCOL, time: qmp.str, display: qmp.optional(qmp.str) },
    returns: EMPTY,
    run: ({ vnc }, { protocol, time, display }) => {
      needVnc(protocol);
      if (!expireVncPassword(vnc, time, display === undefined ? {} : { display })) {
        throw new QmpError("Could not set password expire time");
      }
    },
  }),
  command({
    name: "change-vnc-password",
    early: true,
    members: { password: qmp.str },
    returns: EMPTY,
    run: (target, { password }) => setPassword(target, password),
  }),
];
