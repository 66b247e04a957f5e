/** Commands on networks and their cards. */
import { NetworkError, type Networks } from "../../net/networks.js";
import type { UserNetwork } from "../../net/user/user-network.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";
import { setLink } from "../network-links.js";
import { networkCards, networkText } from "../text/machine/network-text.js";
import { usernetText } from "../text/machine/usernet-text.js";
import { simple } from "./info/simple.js";

/** Do something to the networks. @throws MonitorError with what is wrong */
function change(
  { target: { networks } }: CommandContext,
  action: (networks: Networks) => void,
): void {
  if (networks === undefined) {
    throw new MonitorError("Error: there are no networks here", { usage: false });
  }
  try {
    action(networks);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    throw new MonitorError(`Error: ${error.message}`, { usage: false });
  }
}

function add(context: CommandContext, argument: string): void {
  if (argument === "help" || argument === "?") {
    context.print("Available netdev backend types:\nuser\n");
    return;
  }
  change(context, (networks) => networks.create(argument));
}

function remove(context: CommandContext, argument: string): void {
  if (argument === "") throw new MonitorError("netdev_del: string expected");
  change(context, (networks) => networks.remove(argument));
}

/** The network of an ID, or the first that there is; and the rest of the line. */
function chosen(
  { target: { networks }, print }: CommandContext,
  argument: string,
): { readonly networks: Networks; readonly network: UserNetwork; readonly rule: string } | null {
  const [, first = "", second = ""] = /^(\S+)(?:\s+(\S+))?/.exec(argument) ?? [];
  const id = second === "" ? null : first;
  const network = id === null ? networks?.all[0]?.network : networks?.get(id);
  if (networks === undefined || network === undefined || network === null) {
    print(
      id === null ? "user mode network stack not in use\n" : `unrecognized netdev id '${id}'\n`,
    );
    return null;
  }
  return { networks, network, rule: second === "" ? first : second };
}

function addForward(context: CommandContext, argument: string): void {
  if (argument === "") throw new MonitorError("hostfwd_add: string expected");
  const found = chosen(context, argument);
  if (found === null) return;
  const { networks, network, rule } = found;
  try {
    if (network.addHostForward(networks.rule(rule))) return;
    context.print(`Could not set up host forwarding rule '${rule}'\n`);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    context.print(`${error.message}\n`);
  }
}

function removeForward(context: CommandContext, argument: string): void {
  if (argument === "") throw new MonitorError("hostfwd_remove: string expected");
  const found = chosen(context, argument);
  if (found === null) return;
  const [, protocol = "", host = "", port = ""] =
    /^(tcp|udp|):([^:]*):(\d+)$/.exec(found.rule) ?? [];
  if (port === "") {
    context.print("invalid format\n");
    return;
  }
  const removed = found.network.removeHostForward(protocol === "udp" ? "udp" : "tcp", {
    host: host === "" ? "127.0.0.1" : host,
    port: Number(port),
  });
  const what = removed ? "removed" : "not found";
  context.print(`host forwarding rule for ${found.rule} ${what}\n`);
}

function link({ target }: CommandContext, argument: string): void {
  const [, name = "", word = ""] = /^(\S+)(?:\s+(.*))?$/.exec(argument) ?? [];
  if (name === "") throw new MonitorError("set_link: string expected");
  if (word !== "on" && word !== "off") throw new MonitorError("Expected 'on' or 'off'");
  if (!setLink(target.pc.devices, target.networks, name, word === "on")) {
    throw new MonitorError(`Error: Device '${name}' not found`, { usage: false });
  }
}

const ids = ({ target }: CommandContext, words: readonly string[]): readonly string[] =>
  words.length > 1 ? [] : (target.networks?.all ?? []).map(({ id }) => id);

/** The commands. */
export const networkCommands: readonly Command[] = [
  {
    names: ["set_link"],
    parameters: "name on|off",
    help: "change the link status of a network adapter",
    complete: (context, words) =>
      words.length > 1
        ? ["on", "off"]
        : [
            ...networkCards(context.target.pc.devices).map(({ name }) => name),
            ...ids(context, words),
          ],
    run: link,
  },
  {
    names: ["netdev_add"],
    parameters: "[user],id=str[,prop=value][,...]",
    help: "add host network device",
    complete: () => ["user,id="],
    run: add,
  },
  {
    names: ["netdev_del"],
    parameters: "id",
    help: "remove host network device",
    complete: ids,
    run: remove,
  },
  {
    names: ["hostfwd_add"],
    parameters: "[netdev_id] [tcp|udp]:[hostaddr]:hostport-[guestaddr]:guestport",
    help: "redirect TCP or UDP connections from host to guest (requires -net user)",
    complete: ids,
    run: addForward,
  },
  {
    names: ["hostfwd_remove"],
    parameters: "[netdev_id] [tcp|udp]:[hostaddr]:hostport",
    help: "remove host-to-guest TCP or UDP redirection",
    complete: ids,
    run: removeForward,
  },
];

/** Subjects of `info`. */
export const networkSubjects: readonly Command[] = [
  simple("network", "show the network state", ({ target }) =>
    networkText(target.pc.devices, target.networks),
  ),
  simple("usernet", "show user network stack connection states", ({ target: { networks } }) =>
    networks === undefined ? "" : usernetText(networks),
  ),
];
