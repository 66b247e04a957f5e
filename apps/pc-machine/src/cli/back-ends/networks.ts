/** Networks of a command line, and those that come while the machine runs. */
import { LoopbackNetwork } from "../../net/node/loopback.js";
import { TftpFolder } from "../../net/node/tftp-folder.js";
import { type NamedNetwork, NetworkError, Networks } from "../../net/networks.js";
import { UserNetwork } from "../../net/user/user-network.js";
import { CliError } from "../cli-error.js";
import { KeyValues } from "../key-values.js";
import { hostForward, takeNetwork, type NetdevLine } from "../options/user-network.js";

/**
 * The networks of `lines`.
 * @param complain told what a network cannot do
 */
export function openNetworks(
  lines: ReadonlyMap<string, NetdevLine>,
  complain: (text: string) => void,
): Networks {
  const open = (id: string, { tftpFolder, ...options }: NetdevLine): NamedNetwork => ({
    id,
    network: new UserNetwork({
      ...options,
      ...(tftpFolder === null ? {} : { tftp: new TftpFolder(tftpFolder) }),
      host: new LoopbackNetwork(),
      complain: (text) => complain(`${optionOf(id)}: ${text}`),
    }),
  });
  const networks: Networks = new Networks({
    network: (text) => {
      const { id, line } = described(text);
      if (networks.get(id) !== null) throw new NetworkError(`Duplicate ID '${id}'`);
      return open(id, line);
    },
    rule: (text) => {
      try {
        return hostForward(new KeyValues("hostfwd", `rule=${text}`, null, ""), text);
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        throw new NetworkError(
          `Invalid host forwarding rule '${text}' (${error.message.replace("hostfwd : ", "")})`,
        );
      }
    },
  });
  for (const [id, line] of lines) networks.add(open(id, line));
  return networks;
}

/** The option that a network of a name comes from: names with a number sign are nobody's own. */
function optionOf(id: string): string {
  return id.startsWith("#") ? "-nic" : `-netdev ${id}`;
}

/** Settles when all that a command line forwards is. @throws CliError where something cannot be */
export async function networksReady({ all }: Networks): Promise<void> {
  for (const { id, network } of all) {
    const [problem] = await network.ready;
    if (problem !== undefined) throw new CliError(`${optionOf(id)}: ${problem}`);
  }
}

/** The network that `text` describes. @throws NetworkError in QEMU's words where it has some */
function described(text: string): { readonly id: string; readonly line: NetdevLine } {
  const option = "netdev";
  try {
    const keys = new KeyValues(option, text, "type", "");
    const id = keys.get("id") ?? "";
    if (id === "") throw new NetworkError("Parameter 'id' is missing");
    const type = keys.get("type") ?? "";
    if (type !== "user") {
      throw new NetworkError(`Parameter 'type' does not accept value '${type}'`);
    }
    return { id, line: takeNetwork(keys, text) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new NetworkError(error.message.replace(`${option} : `, ""));
  }
}
