/** Text of `info usernet`: the sockets of user networks. */
import type { Networks } from "../../../net/networks.js";

const HEAD = "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\n";

/** A block for each network, with a line for each socket. Node tells no descriptors: 0 stands there. */
export function usernetText({ all }: Networks): string {
  return all
    .map(({ id, network }) => {
      const lines = network.sockets.map((socket) =>
        [
          `  ${socket.state.padEnd(17)}`,
          "0".padStart(3),
          socket.source.padStart(15),
          String(socket.sourcePort).padStart(5),
          socket.destination.padStart(15),
          String(socket.destinationPort).padStart(5),
          String(socket.received).padStart(5),
          `${String(socket.sent).padStart(5)}\n`,
        ].join(" "),
      );
      return `Hub -1 (${id}):\n${HEAD}${lines.join("")}`;
    })
    .join("");
}
