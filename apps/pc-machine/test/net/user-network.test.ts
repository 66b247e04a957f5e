import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { LoopbackNetwork } from "../../src/net/node/loopback.js";
import { TftpFolder } from "../../src/net/node/tftp-folder.js";
import { TcpFlag } from "../../src/net/user/segment.js";
import { UserNetwork, type UserNetworkOptions } from "../../src/net/user/user-network.js";
import { FakeClock } from "../devices/device-rig.js";
import { GATEWAY, GUEST, GuestStack, MAC } from "./guest-stack.js";

const SERVER = 0x0a00_0264;
const DNS = 0x0a00_0203;
/** MiB that a connection carries each way; more with MEM_NETWORK_MIB. */
const CARRIED_MIB = Number(process.env["MEM_NETWORK_MIB"] ?? 1);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha256 = (parts: readonly Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A guest whose frames reach a network at once, and back when it polls. */
function guest(options: Omit<UserNetworkOptions, "host"> = {}): {
  stack: GuestStack;
  network: UserNetwork;
} {
  const clock = new FakeClock();
  const network = new UserNetwork({ host: new LoopbackNetwork(), ...options });
  const frames: Uint8Array[] = [];
  network.connect({ mac: MAC, clock, receive: (frame) => frames.push(frame) > 0 });
  closers.push(() => network[Symbol.dispose]());
  const stack = new GuestStack({
    send: (frame) => network.send(frame),
    poll: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(2e6);
      return frames.splice(0);
    },
  });
  return { stack, network };
}

/** A server on the loopback, and a network that leads to it. */
async function forwarded(serve: (socket: Socket) => void): Promise<ReturnType<typeof guest>> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    serve(socket);
  });
  const port = await listening(server);
  const host = { host: "127.0.0.1", port };
  return guest({
    guestForwards: [{ protocol: "tcp", server: SERVER, serverPort: 80, host }],
  });
}

async function listening(server: Server): Promise<number> {
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const echo = (socket: Socket): void => void socket.pipe(socket);

describe("the network of -netdev user", () => {
  it("answers ARP for what it plays, and for nothing else", async () => {
    const { stack, network } = guest();
    const ask = (target: number): void => {
      const frame = new Uint8Array(42);
      const view = new DataView(frame.buffer);
      frame.fill(0xff, 0, 6);
      frame.set(MAC, 6);
      for (const [at, value] of [0x0806, 1, 0x0800, 0x0604, 1].entries()) {
        view.setUint16(12 + 2 * at, value);
      }
      frame.set(MAC, 22);
      view.setUint32(28, GUEST);
      view.setUint32(38, target);
      network.send(frame);
    };
    ask(0x0a00_0207);
    ask(GATEWAY);
    await stack.poll();
    expect(stack.others.map((frame) => [...frame.slice(20, 32)])).toEqual([
      [0, 2, 0x52, 0x55, 10, 0, 2, 2, 10, 0, 2, 2],
    ]);
  });

  it("gives an address by DHCP, and only its own", async () => {
    const { stack } = guest({ dhcp: { hostName: "mem", bootFile: "boot.ipxe" } });
    const message = (kind: number, ...options: number[]): Uint8Array => {
      const bytes = new Uint8Array(300);
      bytes.set([1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
      bytes.set(MAC, 28);
      bytes.set([0x63, 0x82, 0x53, 0x63, 53, 1, kind, ...options, 255], 236);
      return bytes;
    };
    const answer = async (bytes: Uint8Array): Promise<Uint8Array> => {
      stack.datagram(68, 0xffff_ffff, 67, bytes, 0);
      await stack.poll();
      return stack.datagrams.pop()?.data ?? new Uint8Array();
    };
    const offer = await answer(message(1));
    expect([...offer.slice(0, 8)]).toEqual([2, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef]);
    expect([...offer.slice(16, 20)]).toEqual([10, 0, 2, 15]);
    expect([...offer.slice(240, 243)]).toEqual([53, 1, 2]);
    expect(new TextDecoder("latin1").decode(offer)).toContain("\u000c\u0003mem");
    expect(new TextDecoder().decode(offer.slice(108, 118))).toBe("boot.ipxe\0");
    const given = await answer(message(3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 2));
    expect([...given.slice(240, 243)]).toEqual([53, 1, 5]);
    const refused = await answer(message(3, 50, 4, 192, 168, 0, 9));
    expect([...refused.slice(240, 243)]).toEqual([53, 1, 6]);
    expect([...(await answer(message(3, 54, 4, 10, 0, 2, 9)))]).toEqual([]);
  });

  it("names what its table has", async () => {
    const { stack } = guest({ names: new Map([["server.mem", SERVER]]) });
    const question = (name: string, type: number): Uint8Array => {
      const labels = name.split(".").flatMap((label) => [label.length, ...ascii(label)]);
      return Uint8Array.of(0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1);
    };
    const ask = async (name: string, type = 1): Promise<Uint8Array> => {
      stack.datagram(5353, DNS, 53, question(name, type));
      await stack.poll();
      return stack.datagrams.pop()?.data ?? new Uint8Array();
    };
    const found = await ask("Server.MEM");
    expect([found[0], found[1], (found[3] ?? 0) & 15, found[7]]).toEqual([0x12, 0x34, 0, 1]);
    expect([...found.slice(-4)]).toEqual([10, 0, 2, 100]);
    const absent = await ask("example.org");
    expect([(absent[3] ?? 0) & 15, absent[7]]).toEqual([3, 0]);
    const ipv6 = await ask("server.mem", 28);
    expect([(ipv6[3] ?? 0) & 15, ipv6[7]]).toEqual([0, 0]);
  });

  it("lets a guest reach a server, and hear of its end", async () => {
    const { stack, network } = await forwarded(echo);
    const connection = stack.connect(SERVER, 80);
    await stack.until("open", () => connection.open);
    await stack.write(connection, ascii("hello"));
    await stack.until("an echo", () => connection.length === 5);
    expect(sha256(connection.received)).toBe(sha256([ascii("hello")]));
    stack.end(connection);
    await stack.until("an end", () => connection.ended);
    await stack.until("nothing left", () => network.connections === 0);
  });

  it.each([
    ["over a good wire", 0],
    ["over one that loses a frame in twenty", 20],
  ])(`carries ${CARRIED_MIB} MiB both ways %s`, async (_how, losesOneIn) => {
    const { stack } = await forwarded(echo);
    let count = 0;
    if (losesOneIn > 0) stack.loses = () => count++ % losesOneIn === losesOneIn - 1;
    const connection = stack.connect(SERVER, 80);
    await stack.until("open", () => {
      // Its own SYN may be what was lost.
      return connection.open;
    });
    const data = new Uint8Array(CARRIED_MIB * 2 ** 20).map((_byte, at) => (at * 7919) >> 5);
    // What comes back is read meanwhile, or both ends would wait for each other.
    await stack.write(connection, data);
    await stack.until("everything back", () => connection.length === data.length);
    expect(sha256(connection.received)).toBe(sha256([data]));
  });

  it("acknowledges together what comes together, and a little that comes alone soon", async () => {
    const { stack } = await forwarded(() => undefined);
    const connection = stack.connect(SERVER, 80);
    await stack.until("open", () => connection.open);
    const start = connection.next;
    const full = new Uint8Array(1460);
    const before = stack.segments;
    for (let k = 0; k < 10; k++)
      stack.segment(connection, TcpFlag.ACK, start + k * full.length, full);
    await stack.until("all", () => connection.acknowledged === (start + 14_600) >>> 0);
    expect(stack.segments - before).toBe(1);
    stack.segment(connection, TcpFlag.ACK, start + 14_600, ascii("alone"));
    let polls = 0;
    await stack.until("a little", () => {
      polls++;
      return connection.acknowledged === (start + 14_605) >>> 0;
    });
    expect(stack.segments - before).toBe(2);
    // A turn is 2 ms.
    expect(polls).toBeGreaterThan(3);
    expect(polls).toBeLessThanOrEqual(7);
  });

  it("waits for a reader that is slow", async () => {
    const data = new Uint8Array(600_000).fill(0x5a);
    const { stack } = await forwarded((socket) => void socket.end(data));
    const connection = stack.connect(SERVER, 80);
    await stack.until("open", () => connection.open);
    await stack.until("data", () => connection.length > 0);
    connection.window = 0;
    const before = connection.length;
    for (let turn = 0; turn < 600; turn++) await stack.poll();
    expect(connection.length).toBeLessThan(before + 2 ** 16);
    connection.window = 0xffff;
    await stack.until("the rest", () => connection.ended);
    expect(connection.length).toBe(data.length);
  });

  it("resets what nobody forwards, and what the host refuses", async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    const host = { host: "127.0.0.1", port };
    const { stack, network } = guest({
      guestForwards: [{ protocol: "tcp", server: SERVER, serverPort: 80, host }],
    });
    const gateway = stack.connect(GATEWAY, port);
    const elsewhere = stack.connect(0x0808_0808, 80);
    const refused = stack.connect(SERVER, 80);
    for (const connection of [gateway, elsewhere, refused]) {
      await stack.until("a reset", () => connection.reset);
      expect(connection.open).toBe(false);
    }
    expect(network.connections).toBe(0);
  });

  it("tells the guest when the host resets, and the host when the guest does", async () => {
    let closed = 0;
    const { stack, network } = await forwarded((socket) => {
      socket.on("close", () => closed++);
      socket.on("data", (bytes) => {
        if (bytes.toString() === "die") socket.resetAndDestroy();
      });
    });
    const first = stack.connect(SERVER, 80);
    await stack.until("open", () => first.open);
    await stack.write(first, ascii("die"));
    await stack.until("a reset", () => first.reset);
    const second = stack.connect(SERVER, 80);
    await stack.until("open", () => second.open);
    stack.segment(second, 0x04, second.next);
    await stack.until("the host's end", () => closed === 2);
    expect(network.connections).toBe(0);
  });

  it("calls the guest for what connects to the host's port", async () => {
    const probe = createServer();
    const port = await listening(probe);
    await new Promise((resolve) => probe.close(resolve));
    const { stack } = guest({
      hostForwards: [
        { protocol: "tcp", host: { host: "127.0.0.1", port }, guest: null, guestPort: 22 },
      ],
    });
    stack.listening.add(22);
    await stack.poll();
    const socket = connect({ host: "127.0.0.1", port });
    closers.push(() => socket.destroy());
    let text = "";
    socket.on("data", (bytes) => (text += bytes.toString()));
    socket.write("ping");
    await stack.until("a call", () => stack.connections.some(({ length }) => length === 4));
    const [connection] = stack.connections;
    if (connection === undefined) throw new Error("nobody called");
    await stack.write(connection, ascii("pong"));
    await stack.until("an answer", () => text === "pong");
    expect([connection.peer, connection.port]).toEqual([GATEWAY, 22]);
  });

  it("carries datagrams both ways", async () => {
    const peer = createSocket("udp4");
    closers.push(() => peer.close());
    await new Promise<void>((resolve) => peer.bind(0, "127.0.0.1", resolve));
    const spare = createSocket("udp4");
    await new Promise<void>((resolve) => spare.bind(0, "127.0.0.1", resolve));
    const { port } = spare.address();
    await new Promise<void>((resolve) => spare.close(() => resolve()));
    const heard: string[] = [];
    peer.on("message", (bytes, from) => {
      heard.push(bytes.toString());
      if (bytes.toString() === "question") peer.send("answer", from.port, from.address);
    });
    const { stack } = guest({
      guestForwards: [
        {
          protocol: "udp",
          server: SERVER,
          serverPort: 7,
          host: { host: "127.0.0.1", port: peer.address().port },
        },
      ],
      hostForwards: [
        { protocol: "udp", host: { host: "127.0.0.1", port }, guest: null, guestPort: 9 },
      ],
    });
    stack.datagram(1000, SERVER, 7, ascii("question"));
    await stack.until("an answer", () => stack.datagrams.length === 1);
    expect(stack.datagrams[0]).toMatchObject({
      source: SERVER,
      sourcePort: 7,
      destinationPort: 1000,
    });
    // Bound by now: the answer went round.
    peer.send("in", port, "127.0.0.1");
    await stack.until("a datagram", () => stack.datagrams.length === 2);
    const { source = 0, sourcePort = 0, destinationPort = 0 } = stack.datagrams[1] ?? {};
    expect([source, destinationPort]).toEqual([GATEWAY, 9]);
    stack.datagram(9, source, sourcePort, ascii("out"));
    await stack.until("an answer", () => heard.includes("out"));
  });

  it("gives files by TFTP, in blocks that the guest asks for again where they are lost", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mem-tftp-"));
    closers.push(() => rmSync(folder, { recursive: true }));
    const content = Uint8Array.from({ length: 1200 }, (_byte, at) => at * 7);
    writeFileSync(join(folder, "file"), content);
    mkdirSync(join(folder, "below"));
    writeFileSync(join(folder, "below", "whole"), new Uint8Array(512));
    symlinkSync("/etc/passwd", join(folder, "out"));
    const { stack } = guest({ tftp: new TftpFolder(folder) });
    const ask = async (port: number, ...message: (number | string)[]): Promise<number[]> => {
      const bytes = message.flatMap((part) =>
        typeof part === "number" ? [part >> 8, part & 0xff] : [...ascii(`${part}\0`)],
      );
      stack.datagram(port, GATEWAY, 69, Uint8Array.from(bytes));
      await stack.poll();
      return [...(stack.datagrams.pop()?.data ?? [])];
    };
    const block = (number: number, from: number, to: number): number[] => [
      ...[0, 3, 0, number],
      ...content.subarray(from, to),
    ];
    expect(await ask(2000, 1, "file", "octet")).toEqual(block(1, 0, 512));
    expect(await ask(2000, 4, 1)).toEqual(block(2, 512, 1024));
    expect(await ask(2000, 4, 1)).toEqual(block(2, 512, 1024));
    expect(await ask(2000, 4, 7)).toEqual([]);
    expect(await ask(2000, 4, 2)).toEqual(block(3, 1024, 1200));
    expect(await ask(2000, 4, 3)).toEqual([]);
    expect((await ask(2000, 4, 3)).slice(0, 4)).toEqual([0, 5, 0, 5]);
    // Options are agreed on first; a last block may be empty.
    const agreed = await ask(2001, 1, "/below/whole", "OCTET", "tsize", "0", "blksize", "9000");
    expect(String.fromCharCode(...agreed)).toBe("\0\u0006tsize\x00512\0blksize\x001428\0");
    expect(await ask(2001, 4, 0)).toHaveLength(4 + 512);
    expect(await ask(2001, 4, 1)).toEqual([]);
    expect(await ask(2002, 1, "below/whole", "octet")).toHaveLength(4 + 512);
    expect(await ask(2002, 4, 1)).toEqual([0, 3, 0, 2]);
    for (const name of ["none", "out", "../../etc/passwd", "below", ""]) {
      expect((await ask(2003, 1, name, "octet")).slice(0, 4)).toEqual([0, 5, 0, 1]);
    }
    expect((await ask(2003, 1, "file", "netascii")).slice(0, 4)).toEqual([0, 5, 0, 4]);
    expect((await ask(2003, 2, "file", "octet")).slice(0, 4)).toEqual([0, 5, 0, 2]);
    expect((await ask(2003, 9, 9)).slice(0, 4)).toEqual([0, 5, 0, 4]);
  });

  it("lets a program of the host answer", async () => {
    const { stack } = guest({
      guestForwards: [
        { protocol: "tcp", server: SERVER, serverPort: 7, host: { command: "sort -r; exit 3" } },
      ],
    });
    const connection = stack.connect(SERVER, 7);
    await stack.until("a program", () => connection.open);
    await stack.write(connection, ascii("a\nb\n"));
    stack.end(connection);
    await stack.until("its end", () => connection.ended);
    expect(Buffer.concat(connection.received).toString()).toBe("b\na\n");
  });

  it("answers a ping", async () => {
    const { stack } = guest();
    const payload = Uint8Array.of(8, 0, 0xf7, 0xfd, 0, 1, 0, 1);
    stack.send({ source: GUEST, destination: GATEWAY, protocol: 1, payload });
    stack.send({ source: GUEST, destination: 0x0808_0808, protocol: 1, payload });
    await stack.poll();
    expect(stack.others.map((frame) => [...frame.slice(34)])).toEqual([
      [0, 0, 0xff, 0xfd, 0, 1, 0, 1],
    ]);
  });
});
