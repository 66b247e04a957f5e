/** The host's loopback, by Node's sockets. */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { connect, createServer, type Socket } from "node:net";

import { reasonOf } from "../../chardev/node/errors.js";
import type {
  HostAddress,
  HostDatagrams,
  HostNetwork,
  HostStream,
  StreamEvents,
} from "../user/host-network.js";
import { gathering } from "./gathering.js";

/** True if `host` names the host's loopback, which nobody else can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Sockets of the loopback. */
export class LoopbackNetwork implements HostNetwork {
  connect({ host, port }: HostAddress, events: StreamEvents): HostStream {
    const socket = connect({ host, port, allowHalfOpen: true });
    socket.once("connect", () => events.opened());
    return join(socket, events);
  }

  run(command: string, events: StreamEvents): HostStream {
    const child = spawn(command, { shell: true, stdio: ["pipe", "pipe", "inherit"] });
    const { stdin, stdout } = child;
    child.once("spawn", () => events.opened());
    child.on("error", () => events.failed());
    stdout.on("data", (bytes: Buffer) => events.received(bytes));
    stdout.on("end", () => events.ended());
    stdin.on("drain", () => events.drained());
    // A program that reads no more has what it wants.
    stdin.on("error", () => undefined);
    child.on("close", () => events.drained());
    return {
      get pending() {
        return stdin.writableLength;
      },
      write: gathering(stdin),
      end: () => void stdin.end(),
      abort: () => void child.kill("SIGKILL"),
      flow: (open) => void (open ? stdout.resume() : stdout.pause()),
    };
  }

  listen(
    { host, port }: HostAddress,
    accept: (stream: HostStream) => StreamEvents,
    opened: (reason: string | null) => void,
  ): { close(): void } {
    const open = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      let events: StreamEvents | null = null;
      const later: StreamEvents = {
        opened: () => events?.opened(),
        received: (bytes) => events?.received(bytes),
        ended: () => events?.ended(),
        failed: () => events?.failed(),
        drained: () => events?.drained(),
      };
      events = accept(join(socket, later));
    });
    server.on("error", (error) => opened(reasonOf(error)));
    server.listen({ host, port }, () => opened(null));
    return {
      close: () => {
        server.close();
        for (const socket of open) socket.destroy();
      },
    };
  }

  datagrams(
    at: HostAddress | null,
    received: (bytes: Uint8Array, from: HostAddress) => void,
    opened: (reason: string | null) => void,
  ): HostDatagrams {
    const socket = createSocket(at?.host.includes(":") === true ? "udp6" : "udp4");
    let closed = false;
    const close = (): void => {
      if (!closed) socket.close();
      closed = true;
    };
    socket.on("message", (bytes, { address, port }) => received(bytes, { host: address, port }));
    socket.on("error", (error) => {
      close();
      opened(reasonOf(error));
    });
    socket.on("listening", () => opened(null));
    if (at === null) socket.bind({ address: "127.0.0.1" });
    else socket.bind({ address: at.host, port: at.port });
    return {
      send: (bytes, to) => {
        // What cannot be sent is lost, as datagrams are.
        if (!closed) socket.send(bytes, to.port, to.host, () => undefined);
      },
      close,
    };
  }
}

function join(socket: Socket, events: StreamEvents): HostStream {
  socket.setNoDelay(true);
  socket.on("data", (bytes) => events.received(bytes));
  socket.on("end", () => events.ended());
  socket.on("drain", () => events.drained());
  socket.on("error", () => events.failed());
  socket.on("close", (hadError) => {
    if (!hadError) events.drained();
  });
  return {
    get pending() {
      return socket.writableLength;
    },
    write: gathering(socket),
    end: () => void socket.end(),
    abort: () => void socket.resetAndDestroy(),
    flow: (open) => void (open ? socket.resume() : socket.pause()),
  };
}
