/** Back ends of character devices: in memory, on sockets, pipes, datagrams. */
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import type { SocketSpec } from "../../src/chardev/backend-spec.js";
import { LocalBackend, type CharacterBackend } from "../../src/chardev/character-backend.js";
import { CharacterMux } from "../../src/chardev/mux.js";
import { PipeBackend } from "../../src/chardev/node/pipe.js";
import { SocketBackend } from "../../src/chardev/node/socket.js";
import { UdpBackend } from "../../src/chardev/node/udp.js";
import { RingBuffer } from "../../src/chardev/ring-buffer.js";
import { TelnetFilter } from "../../src/chardev/telnet.js";
import { VirtualConsole } from "../../src/chardev/vc.js";

const folder = mkdtempSync(join(tmpdir(), "mem-chardev-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function send(backend: CharacterBackend, text: string): void {
  for (const byte of bytes(text)) backend.write(byte);
}

/** What a back end hands over, and when it holds a text. */
function received(backend: CharacterBackend): {
  readonly text: string;
  has(t: string): Promise<void>;
} {
  let text = "";
  let look = (): void => undefined;
  backend.receive = (byte) => {
    text += String.fromCharCode(byte);
    look();
  };
  return {
    get text() {
      return text;
    },
    has: (wanted) =>
      new Promise((resolve) => {
        look = () => {
          if (text.includes(wanted)) resolve();
        };
        look();
      }),
  };
}

function heard(socket: Socket, wanted: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.includes(wanted)) resolve(text);
    });
  });
}

const CLIENT: SocketSpec = {
  backend: "socket",
  place: { type: "unix", path: join(folder, "socket") },
  server: false,
  wait: false,
  telnet: false,
  nodelay: false,
  reconnect: 0,
};
const SERVER: SocketSpec = {
  ...CLIENT,
  server: true,
  place: { type: "inet", host: "127.0.0.1", port: 0 },
};

describe("a socket", () => {
  it("as a server takes one client after the other", async () => {
    const backend = new SocketBackend(SERVER);
    await backend.ready;
    const port = backend.port ?? 0;
    expect(backend.filename).toBe(`disconnected:tcp:127.0.0.1:${port},server=on`);
    const input = received(backend);
    const events: string[] = [];
    backend.onEvent = (event) => events.push(event);
    const first = connect(port, "127.0.0.1");
    first.write("one");
    await input.has("one");
    expect([backend.connected, backend.filename]).toEqual([
      true,
      `tcp:127.0.0.1:${port},server=on`,
    ]);
    const second = connect(port, "127.0.0.1");
    second.write("two");
    const answer = heard(first, "hello");
    send(backend, "hello");
    expect(await answer).toBe("hello");
    expect(input.text).toBe("one");
    first.end();
    await input.has("two");
    expect(events).toEqual(["opened", "closed", "opened"]);
    second.destroy();
    await backend.close();
    expect(backend.alive).toBe(false);
  });

  it("that waits is ready when its client is there", async () => {
    const path = join(folder, "waits");
    const said: string[] = [];
    const backend = new SocketBackend(
      { ...SERVER, place: { type: "unix", path }, wait: true },
      (text) => said.push(text),
    );
    let ready = false;
    const waiting = backend.ready.then(() => (ready = true));
    while (said.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect([ready, said]).toEqual([
      false,
      [`waiting for connection on: disconnected:unix:${path},server=on`],
    ]);
    const client = connect(path);
    await waiting;
    client.destroy();
    await backend.close();
  });

  it("as a client says why it cannot connect", async () => {
    await expect(new SocketBackend(CLIENT).ready).rejects.toThrow(
      `Failed to connect to '${join(folder, "socket")}': No such file or directory`,
    );
  });

  it("as a server says why it cannot listen", async () => {
    const path = join(folder, "nowhere", "socket");
    const server = new SocketBackend({ ...SERVER, place: { type: "unix", path } });
    await expect(server.ready).rejects.toThrow(
      `Failed to bind socket to ${path}: No such file or directory`,
    );
  });

  it("as a client connects again", async () => {
    const path = join(folder, "again");
    const backend = new SocketBackend({
      ...CLIENT,
      place: { type: "unix", path },
      reconnect: 0.01,
    });
    await backend.ready;
    expect([backend.connected, backend.alive]).toEqual([false, true]);
    const sockets: Socket[] = [];
    let came = (): void => undefined;
    const server = createServer((socket) => {
      sockets.push(socket);
      came();
    });
    const first = new Promise<void>((resolve) => (came = resolve));
    server.listen(path);
    await first;
    const second = new Promise<void>((resolve) => (came = resolve));
    sockets[0]?.destroy();
    await second;
    expect(sockets).toHaveLength(2);
    await backend.close();
    server.close();
  });

  it("drops what a device writes while nobody reads, and keeps to its bound", async () => {
    const backend = new SocketBackend(SERVER);
    await backend.ready;
    const client = connect(backend.port ?? 0, "127.0.0.1");
    client.pause();
    await new Promise<void>((resolve) => (backend.onEvent = () => resolve()));
    let most = 0;
    for (let turn = 0; turn < 400; turn++) {
      for (let n = 0; n < 65_536; n++) backend.write(n & 0xff);
      most = Math.max(most, backend.pending);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(most).toBeGreaterThan(2 ** 19);
    expect(most).toBeLessThanOrEqual(2 ** 20 + 2 ** 14);
    client.destroy();
    await backend.close();
  });

  it("speaks telnet", async () => {
    const backend = new SocketBackend({ ...SERVER, telnet: true });
    await backend.ready;
    const input = received(backend);
    const client = connect(backend.port ?? 0, "127.0.0.1");
    const greeting = heard(client, "x");
    client.write(Uint8Array.of(...[255, 251, 31, 255, 250, 31, 0, 80, 255, 240, 0x61, 255, 255]));
    await input.has("a\xff");
    send(backend, "\xffx");
    expect(await greeting).toBe("\xff\xfb\x01\xff\xfb\x03\xff\xfb\x00\xff\xfd\x00\xff\xffx");
    client.destroy();
    await backend.close();
  });
});

describe("telnet's commands", () => {
  it("are taken out wherever a packet ends, and a break is told", () => {
    let breaks = 0;
    const filter = new TelnetFilter(() => breaks++);
    const given = [0x41, 255, 253, 1, 0x42, 255, 243, 0x43, 255, 250, 24, 255, 255, 255, 240, 0x44];
    const data = given.flatMap((byte) => [...filter.filter(Uint8Array.of(byte))]);
    expect([String.fromCharCode(...data), breaks]).toEqual(["ABCD", 1]);
  });
});

describe("a pipe", () => {
  it("is a pair of named pipes", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [`${path}.in`, `${path}.out`]);
    const backend = new PipeBackend(path);
    const input = received(backend);
    execFileSync("sh", ["-c", `printf abc > ${path}.in`]);
    await input.has("abc");
    send(backend, "def");
    await new Promise((resolve) => setImmediate(resolve));
    expect(execFileSync("head", ["-c", "3", `${path}.out`], { encoding: "latin1" })).toBe("def");
    await backend.close();
  });

  it("that is not there is told", () => {
    expect(() => new PipeBackend(join(folder, "none"))).toThrow(
      `Could not open '${join(folder, "none")}': No such file or directory`,
    );
  });
});

describe("datagrams", () => {
  it("go both ways", async () => {
    const peer = createSocket("udp4");
    await new Promise<void>((resolve) => peer.bind(0, "127.0.0.1", resolve));
    const backend = new UdpBackend({
      backend: "udp",
      host: "127.0.0.1",
      port: peer.address().port,
      localHost: "127.0.0.1",
      localPort: 0,
    });
    await backend.ready;
    const input = received(backend);
    const message = new Promise<string>((resolve) => {
      peer.once("message", (data, from) => {
        peer.send("back", from.port, from.address);
        resolve(data.toString("latin1"));
      });
    });
    send(backend, "there");
    expect(await message).toBe("there");
    await input.has("back");
    peer.close();
    await backend.close();
  });
});

describe("what is in memory", () => {
  it("a ring keeps the last bytes", () => {
    const ring = new RingBuffer(4);
    send(ring, "abcdef");
    expect(String.fromCharCode(...ring.read(3))).toBe("cde");
    send(ring, "g");
    expect([ring.count, String.fromCharCode(...ring.read(99)), ring.count]).toEqual([2, "fg", 0]);
  });

  it("a console shows, scrolls, and obeys sequences", () => {
    const console = new VirtualConsole(10, 3);
    send(console, "one\r\ntwo\r\nthree\r\nfour\x1b[1;1Hx\x1b[2;3H\x1b[K");
    expect(console.text()).toEqual(["xwo", "th", "four"]);
    send(console, "\x1b[2J\x1b[3;1H0123456789ab");
    expect(console.text()).toEqual(["", "0123456789", "ab"]);
  });
});

class Wire extends LocalBackend {
  readonly filename = "wire";
  sent = "";
  write(byte: number): void {
    this.sent += String.fromCharCode(byte);
  }
}

describe("several front ends", () => {
  it("share a back end by Ctrl-A c", () => {
    const wire = new Wire();
    let quits = 0;
    const mux = new CharacterMux(wire, () => quits++);
    const got = ["", ""];
    const focus: string[] = [];
    const ends = [mux.connect(), mux.connect()];
    ends.forEach((end, at) => {
      end.receive = (byte) => (got[at] += String.fromCharCode(byte));
      end.onFocus = (on) => focus.push(`${at}${on ? "+" : "-"}`);
    });
    for (const byte of bytes("ab\x01ccd\x01\x01\x01c!\x01x")) wire.receive?.(byte);
    expect([got, focus, quits]).toEqual([["ab!", "cd\x01"], ["0-", "1+", "1-", "0+"], 1]);
    ends[1]?.write(0x7a);
    expect(wire.sent).toBe("z");
  });
});
