/** Commands on VNC servers. */
import { expireVncPassword, setVncPassword } from "../../vnc/passwords.js";
import type { ListeningServer } from "../../vnc/vnc-list.js";
import type { VncPlace } from "../../vnc/vnc-parts.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";
import { simple } from "./info/simple.js";

const NOT_SET =
  "If you want use passwords please enable password auth using '-vnc ${dpy},password'.\n" +
  "Error: Could not set password";

/** @throws MonitorError in QEMU's words where no server asks for one */
function setPassword({ target }: CommandContext, password: string, display?: string): void {
  const { vnc } = target;
  if (vnc === undefined || !setVncPassword(vnc, password, display)) {
    throw new MonitorError(NOT_SET, { usage: false });
  }
}

/** @throws MonitorError for SPICE, and what is no protocol */
function needVnc(protocol: string | undefined, command: string): void {
  if (protocol === undefined) throw new MonitorError(`${command}: string expected`);
  if (protocol === "spice") throw new MonitorError("Error: SPICE is not in use", { usage: false });
  if (protocol !== "vnc") {
    throw new MonitorError(`Error: invalid parameter value: ${protocol}`, { usage: false });
  }
}

/** Words, and the display of `-d`. */
function split(argument: string): { readonly words: readonly string[]; readonly display?: string } {
  const [, display] = /(?:^|\s)-d\s+(\S+)/.exec(argument) ?? [];
  const words = argument
    .replace(/(?:^|\s)-d\s+\S+/, "")
    .split(/\s+/)
    .filter((word) => word !== "");
  return display === undefined ? { words } : { words, display };
}

/** `change vnc password ...`. @returns false if the words are about a drive @throws MonitorError */
export function changesVnc(
  context: CommandContext,
  [name, what, password]: readonly string[],
): boolean {
  if (name !== "vnc") return false;
  if (what === undefined) throw new MonitorError("change: filename expected");
  if (what !== "password") {
    throw new MonitorError("Expected 'password' after 'vnc'", { usage: false });
  }
  if (password === undefined) {
    throw new MonitorError("terminal does not support password prompting", { usage: false });
  }
  setPassword(context, password);
  return true;
}

/** The commands. */
export const vncCommands: readonly Command[] = [
  {
    names: ["set_password"],
    parameters: "protocol password [action-if-connected]",
    help: "set spice/vnc password",
    complete: (_context, words) => (words.length > 1 ? [] : ["vnc"]),
    run: (context, argument) => {
      const { words, display } = split(argument);
      const [protocol, password, connected = "keep"] = words;
      needVnc(protocol, "set_password");
      if (password === undefined) throw new MonitorError("set_password: string expected");
      if (connected !== "keep") {
        throw new MonitorError("Error: Invalid parameter 'connected'", { usage: false });
      }
      setPassword(context, password, display);
    },
  },
  {
    names: ["expire_password"],
    parameters: "protocol time",
    help: "set spice/vnc password expire-time",
    complete: (_context, words) => (words.length > 1 ? [] : ["vnc"]),
    run: ({ target }, argument) => {
      const { words, display } = split(argument);
      const [protocol, time] = words;
      needVnc(protocol, "expire_password");
      if (time === undefined) throw new MonitorError("expire_password: string expected");
      const where = display === undefined ? {} : { display };
      if (target.vnc === undefined || !expireVncPassword(target.vnc, time, where)) {
        throw new MonitorError("Error: Could not set password expire time", { usage: false });
      }
    },
  },
];

function placeText({ host, service, family }: VncPlace): string {
  return `${host}:${service} (${family})`;
}

function serverText({ server, places }: ListeningServer): string {
  const listening = places.map(
    (place) => `  Server: ${placeText(place)}\n    Auth: ${server.auth} (Sub: none)\n`,
  );
  const clients = server.clients.map(
    (client) => `  Client: ${placeText(client)}\n    x509_dname: none\n    sasl_username: none\n`,
  );
  return [`${server.id}:\n`, ...listening, ...clients].join("");
}

/** Subjects of `info`. */
export const vncSubjects: readonly Command[] = [
  simple("vnc", "show the vnc server status", ({ target }) => {
    const all = target.vnc?.all ?? [];
    return all.length === 0 ? "None\n" : all.map(serverText).join("");
  }),
];
