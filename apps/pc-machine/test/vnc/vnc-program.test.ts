/** The program with VNC servers: a guest's screen and keys over a socket, and what monitors say of it. */
import { readFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { emptyCommandLine } from "../../src/cli/command-line.js";
import { addVncServer } from "../../src/cli/options/vnc.js";
import { vncCipher } from "../../src/vnc/node/cipher.js";
import { readPng } from "../screendump/png-reader.js";
import { Program } from "../cli/program.js";
import * as rfb from "./rfb-client.js";

const program = new Program();
afterAll(() => program.dispose());

/** What speaks in lines at a socket that the program connects to. */
class Lines {
  readonly path: string;
  readonly #server: Server;
  readonly #socket: Promise<Socket>;
  #text = "";
  #wake: () => void = () => undefined;

  constructor(name: string) {
    this.path = join(program.folder, name);
    this.#server = createServer();
    this.#server.listen(this.path);
    this.#socket = new Promise((resolve) => {
      this.#server.once("connection", (socket) => {
        socket.on("error", () => undefined);
        socket.on("data", (chunk: Buffer) => {
          this.#text += chunk.toString("latin1");
          this.#wake();
        });
        resolve(socket);
      });
    });
  }

  async send(text: string): Promise<void> {
    (await this.#socket).write(`${text}\n`);
  }

  /** The first line that holds `wanted`; those before it are dropped. */
  async line(wanted: string): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end < 0) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      if (line.includes(wanted)) return line;
    }
  }

  async ask(text: string, wanted: string): Promise<string> {
    await this.send(text);
    return this.line(wanted);
  }

  async close(): Promise<void> {
    (await this.#socket).destroy();
    this.#server.close();
  }
}

/** A machine whose processor runs nothing: the test is the guest. */
class Machine {
  readonly vnc = join(program.folder, "vnc");
  readonly qtest = new Lines("qtest");
  readonly qmp = new Lines("qmp");
  readonly #run = program.start([
    ...["-nodefaults", "-vga", "std", "-accel", "qtest", "-qtest-log", "none", "-name", "guest"],
    ...["-qtest", `unix:${this.qtest.path}`, "-qmp", `unix:${this.qmp.path}`],
    ...["-vnc", `unix:${this.vnc}`],
  ]);

  async begin(): Promise<void> {
    await this.qmp.ask('{"execute":"qmp_capabilities"}', "return");
  }

  async guest(...lines: readonly string[]): Promise<string> {
    let last = "";
    for (const line of lines) last = await this.qtest.ask(line, "O");
    return last;
  }

  async monitor(line: string): Promise<unknown> {
    const request = { execute: "human-monitor-command", arguments: { "command-line": line } };
    return this.execute(request);
  }

  async execute(request: object): Promise<unknown> {
    const answer: unknown = JSON.parse(await this.qmp.ask(JSON.stringify(request), '"return"'));
    return typeof answer === "object" && answer !== null && "return" in answer ? answer.return : 0;
  }

  async client(): Promise<{ readonly client: rfb.RfbClient; readonly socket: Socket }> {
    const socket = connect(this.vnc);
    const client = new rfb.RfbClient((bytes) => void socket.write(bytes));
    socket.on("data", (bytes) => client.feed(bytes));
    socket.on("close", () => client.end());
    await client.open();
    return { client, socket };
  }

  /** The picture that QMP's screendump writes. */
  async dump(): Promise<Uint32Array> {
    const path = join(program.folder, "screen.ppm");
    await this.execute({ execute: "screendump", arguments: { filename: path } });
    const file = readFileSync(path);
    const [head = "", width = 0, height = 0] =
      /^P6\n(\d+) (\d+)\n255\n/.exec(file.toString("latin1")) ?? [];
    const bytes = file.subarray(head.length);
    return Uint32Array.from({ length: Number(width) * Number(height) }, (_unused, at) =>
      bytes.readUIntBE(3 * at, 3),
    );
  }

  /** The colors of the picture that the monitor's screendump writes as PNG. */
  async png(): Promise<Uint32Array> {
    const line = `screendump "${join(program.folder, "the screen.png")}" -f png`;
    await this.execute({
      execute: "human-monitor-command",
      arguments: { "command-line": line },
    });
    const { colors } = readPng(readFileSync(join(program.folder, "the screen.png")));
    const bytes = Buffer.from(colors);
    return Uint32Array.from({ length: bytes.length / 3 }, (_unused, at) =>
      bytes.readUIntBE(3 * at, 3),
    );
  }

  async end(): Promise<number | null> {
    await this.qmp.send('{"execute":"quit"}');
    const { code } = await this.#run.ended;
    await Promise.all([this.qtest.close(), this.qmp.close()]);
    return code;
  }
}

/** 320 by 200 pixels of 32 bits, seen through the window at 0xa0000. */
const MODE = [
  ...["outw 0x3c2 0x67", "outw 0x3c4 0x0e04", "outw 0x3c4 0x0f02", "outw 0x3ce 0x0506"],
  ...[
    [4, 0],
    [1, 320],
    [2, 200],
    [3, 32],
    [4, 1],
  ].flatMap(([index, value]) => [`outw 0x1ce ${index}`, `outw 0x1cf ${value}`]),
];

describe("a machine with -vnc", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = new Machine();
    await machine.begin();
  });

  it("shows what screendump shows, and later what the guest writes", async () => {
    await machine.guest(...MODE, `write 0xa0000 0x1000 0x${"40a0c000".repeat(1024)}`);
    const { client, socket } = await machine.client();
    expect([client.width, client.height, client.name]).toEqual([320, 200, "mem-pc (guest)"]);
    client.setEncodings(rfb.ZRLE, rfb.DESKTOP_SIZE);
    client.request(false);
    await client.update();
    expect(client.pixels).toEqual(await machine.dump());
    expect(client.pixels).toEqual(await machine.png());
    expect(client.pixels[5]).toBe(0xc0a040);
    client.request(true);
    await machine.guest("writel 0xa0000 0x123456");
    expect(await client.update()).toEqual([
      { x: 0, y: 0, width: 16, height: 16, encoding: rfb.ZRLE },
    ]);
    expect(client.pixels).toEqual(await machine.dump());
    socket.destroy();
    await machine.qmp.line("VNC_DISCONNECTED");
  });

  it("gives keys and the mouse to the guest", async () => {
    const { client, socket } = await machine.client();
    // Interrupts of both, keys as they come; the mouse reports.
    await machine.guest("outb 0x64 0x60", "outb 0x60 0x03", "outb 0x64 0xd4", "outb 0x60 0xf4");
    expect(await machine.guest("inb 0x60")).toBe("OK 0x00fa");
    client.key(0x61, true);
    // A byte follows the one before after some time, which passes here by steps.
    const until = async (wanted: number): Promise<void> => {
      for (let tries = 0; tries < 2_000; tries++) {
        await machine.guest("clock_step 1000000");
        const status = Number((await machine.guest("inb 0x64")).slice("OK ".length));
        if ((status & 0x21) === wanted) return;
      }
      throw new Error("no byte came");
    };
    await until(0x01);
    expect(await machine.guest("inb 0x60")).toBe("OK 0x001c");
    client.pointer(0, 10, 10);
    client.pointer(1, 17, 10);
    await until(0x21);
    const packet = [await machine.guest("inb 0x60")];
    for (let at = 1; at < 3; at++)
      packet.push(await machine.guest("clock_step 1000000", "inb 0x60"));
    expect(packet).toEqual(["OK 0x0009", "OK 0x0007", "OK 0x0000"]);
    socket.destroy();
    await machine.qmp.line("VNC_DISCONNECTED");
  });

  it("is told of by QMP and the monitor, as QEMU tells", async () => {
    const place = { family: "unix", host: "", websocket: false };
    const server = { ...place, service: machine.vnc, auth: "none" };
    const { socket } = await machine.client();
    await machine.qmp.line("VNC_CONNECTED");
    const event: unknown = JSON.parse(await machine.qmp.line("VNC_INITIALIZED"));
    expect(event).toMatchObject({ data: { server, client: { ...place, service: "" } } });
    expect(await machine.execute({ execute: "query-vnc" })).toEqual({
      enabled: true,
      auth: "none",
      family: "unix",
      host: "",
      service: machine.vnc,
      clients: [{ ...place, service: "" }],
    });
    expect(await machine.execute({ execute: "query-vnc-servers" })).toEqual([
      { id: "default", auth: "none", server: [server], clients: [{ ...place, service: "" }] },
    ]);
    expect(await machine.monitor("info vnc")).toBe(
      [
        "default:",
        `  Server: :${machine.vnc} (unix)`,
        "    Auth: none (Sub: none)",
        "  Client: : (unix)",
        "    x509_dname: none",
        "    sasl_username: none",
        "",
      ].join("\r\n"),
    );
    const refused =
      "If you want use passwords please enable password auth using '-vnc ${dpy},password'.\r\n" +
      "Error: Could not set password\r\n";
    expect(await machine.monitor("set_password vnc abc")).toBe(refused);
    expect(await machine.monitor("change vnc password abc")).toBe(refused);
    expect(await machine.monitor("set_password spice abc")).toBe("Error: SPICE is not in use\r\n");
    expect(await machine.monitor("expire_password vnc now")).toBe("");
    expect(await machine.monitor("change vnc none")).toBe("Expected 'password' after 'vnc'\r\n");
    socket.destroy();
  });

  it("ends with its clients", async () => {
    const { client } = await machine.client();
    expect(await machine.end()).toBe(0);
    await expect(client.read(1)).rejects.toThrow("ended");
  });
});

describe("-vnc", () => {
  it.each([
    [":1", { id: "default", place: { type: "inet", host: "127.0.0.1", port: 5901 } }],
    [
      "0.0.0.0:0,to=9,share=ignore",
      { lastPort: 5909, share: "ignore", place: { host: "0.0.0.0" } },
    ],
    ["[::1]:2,password,lossy=on", { password: true, place: { host: "::1", port: 5902 } }],
    [":1,password-secret=s", { password: true, secret: "s" }],
    [
      "vnc=unix:/tmp/a=b,id=x,password=off",
      { id: "x", password: false, place: { path: "/tmp/a=b" } },
    ],
  ])("%s is understood", (text, expected) => {
    const line = emptyCommandLine();
    addVncServer(line, text, `-vnc ${text}`);
    expect(line.vnc).toMatchObject([expected]);
  });

  it.each([
    ["foo", "-vnc foo: no vnc port specified"],
    ["127.0.0.1:x", "-vnc 127.0.0.1:x: can't convert to a number: x"],
    [":99999", "-vnc :99999: port 99999 out of range"],
    [":1,share=x", "-vnc :1,share=x: unknown vnc share= option"],
    [":1,foo=1", '-vnc :1,foo=1: "foo" is not known here'],
    [":1,reverse", "-vnc :1,reverse: it does not connect to a client that waits"],
    ["unix:", "-vnc unix:: the socket has no path"],
    [
      ":1,password=on,password-secret=s",
      "-vnc :1,password=on,password-secret=s: 'password' flag is redundant with 'password-secret'",
    ],
  ])("%s is refused in one line", (text, expected) => {
    expect(() => addVncServer(emptyCommandLine(), text, `-vnc ${text}`)).toThrow(expected);
  });

  it("none is no server, and several have names of their own", () => {
    const line = emptyCommandLine();
    for (const text of [":1", ":2", ":3"]) addVncServer(line, text, `-vnc ${text}`);
    expect(line.vnc.map(({ id }) => id)).toEqual(["default", "vnc2", "vnc3"]);
    addVncServer(line, "none", "-vnc none");
    expect([line.vnc, line.displayNone]).toEqual([[], true]);
  });

  it("has its password from a secret that there is", () => {
    const vnc = `unix:${program.folder}/secret,password-secret=t`;
    const { code, stderr } = program.run([
      ...["-nodefaults", "-S", "-object", "secret,id=s,data=abc", "-vnc", vnc],
    ]);
    const why =
      vncCipher() === null
        ? "this Node has no DES, which passwords of VNC need"
        : "No secret with id 't'";
    expect([code, stderr]).toEqual([1, `mem-pc: -vnc ${vnc}: ${why}\n`]);
  });

  it("says why it cannot listen", () => {
    const { code, stderr } = program.run(["-nodefaults", "-S", "-vnc", "unix:/nowhere/x"]);
    expect([code, stderr]).toEqual([
      1,
      "mem-pc: -vnc unix:/nowhere/x: Failed to bind socket to /nowhere/x: No such file or directory\n",
    ]);
  });
});
