/** The VNC server without sockets: protocol, encodings, formats, and clients of all kinds. */
import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";

import { vncCipher } from "../../src/vnc/node/cipher.js";
import { expireVncPassword, setVncPassword } from "../../src/vnc/passwords.js";
import { VncServers } from "../../src/vnc/vnc-list.js";
import * as rfb from "./rfb-client.js";
import { HEIGHT, isSame, Rig, WIDTH } from "./vnc-rig.js";

describe("a VNC server", () => {
  it.each(["003.003", "003.007", "003.008", "003.889", "003.005"])(
    "greets a client of RFB %s, and shows the whole screen",
    async (version) => {
      const rig = new Rig();
      const { client } = rig.connect();
      await client.open({
        version: version === "003.889" ? "003.008" : version === "003.005" ? "003.003" : version,
      });
      expect([client.width, client.height, client.name]).toEqual([WIDTH, HEIGHT, "a machine"]);
      client.request(false);
      await client.update();
      expect(isSame(client.pixels, rig.screen.colours())).toBe(true);
      expect(rig.events).toEqual(["VNC_CONNECTED", "VNC_INITIALIZED"]);
    },
  );

  const formats: readonly (readonly [string, rfb.ClientFormat])[] = [
    ["32 bits", rfb.TRUE_COLOUR],
    ["32 bits, red first", { ...rfb.TRUE_COLOUR, shift: [24, 16, 8] }],
    ["32 bits, big-endian", { ...rfb.TRUE_COLOUR, bigEndian: true, shift: [0, 8, 16] }],
    ["16 bits", { bits: 16, depth: 16, max: [31, 63, 31], shift: [11, 5, 0] }],
    [
      "16 bits, big-endian",
      { bits: 16, depth: 15, bigEndian: true, max: [31, 31, 31], shift: [10, 5, 0] },
    ],
    ["8 bits", { bits: 8, depth: 8, max: [7, 7, 3], shift: [0, 3, 6] }],
  ];
  const encodings = [
    ["raw", rfb.RAW],
    ["hextile", rfb.HEXTILE],
    ["zlib", rfb.ZLIB],
    ["ZRLE", rfb.ZRLE],
  ] as const;
  it.each(
    encodings.flatMap(([name, encoding]) =>
      formats.map(([kind, format]) => ({ name, encoding, kind, format })),
    ),
  )("sends $name in $kind, the first picture and later ones", async ({ encoding, format }) => {
    const rig = new Rig();
    const client = await rig.open(encoding);
    client.setFormat(format);
    const wanted = (): Uint32Array =>
      rig.screen.colours().map((colour) =>
        [colour >> 16, (colour >> 8) & 0xff, colour & 0xff].reduce((all, level, at) => {
          const max = format.max[at] ?? 0;
          return (all | (Math.floor((level * (max + 1)) / 256) << (format.shift[at] ?? 0))) >>> 0;
        }, 0),
      );
    client.request(false);
    const told = await client.update();
    expect(new Set(told.map((area) => area.encoding))).toEqual(new Set([encoding]));
    expect(isSame(client.pixels, wanted())).toBe(true);
    const random = new Random(5);
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < 60; at++) {
        rig.screen.set(random.below(WIDTH), random.below(HEIGHT), random.below(0x1000000));
      }
      client.request(true);
      rig.server.refresh();
      await client.update();
      expect(isSame(client.pixels, wanted())).toBe(true);
    }
  });

  it("sends what has changed and no more, and nothing while nothing changes", async () => {
    const rig = new Rig();
    const client = await rig.open(rfb.RAW);
    client.request(false);
    await client.update();
    client.request(true);
    rig.server.refresh();
    expect(client.waiting).toBe(0);
    rig.screen.set(100, 40, 0xabcdef);
    rig.server.refresh();
    expect(await client.update()).toEqual([
      { x: 96, y: 32, width: 16, height: 16, encoding: rfb.RAW },
    ]);
    expect(isSame(client.pixels, rig.screen.colours())).toBe(true);
  });

  it("tells another size of the screen to who understands it", async () => {
    const rig = new Rig();
    const knows = await rig.open(rfb.RAW, rfb.DESKTOP_SIZE);
    const knowsNot = await rig.open(rfb.RAW);
    for (const client of [knows, knowsNot]) {
      client.request(false);
      await client.update();
    }
    rig.screen.resize(320, 100);
    rig.screen.paint(new Random(3));
    for (const client of [knows, knowsNot]) client.request(true);
    rig.server.refresh();
    expect(await knows.update()).toEqual([
      { x: 0, y: 0, width: 320, height: 100, encoding: rfb.DESKTOP_SIZE },
    ]);
    knows.request(true);
    await knows.update();
    expect(isSame(knows.pixels, rig.screen.colours())).toBe(true);
    await knowsNot.update();
    const colours = rig.screen.colours();
    for (const y of [0, 50, 74]) {
      expect(knowsNot.pixels.subarray(WIDTH * y, WIDTH * y + WIDTH)).toEqual(
        colours.subarray(320 * y, 320 * y + WIDTH),
      );
    }
  });

  it("watches the screen only while somebody looks", async () => {
    const rig = new Rig();
    expect(rig.screen.watched).toBe(0);
    const { client, connection } = rig.connect();
    await client.open();
    expect(rig.screen.watched).toBe(1);
    connection.closed();
    expect(rig.screen.watched).toBe(0);
    expect(rig.events).toEqual(["VNC_CONNECTED", "VNC_INITIALIZED", "VNC_DISCONNECTED"]);
  });

  it("keeps little for a client that does not read, and goes on when it does", async () => {
    const rig = new Rig();
    const stream = { pending: 0 };
    const { client, connection, sent } = rig.connect(stream);
    await client.open();
    client.request(false);
    await client.update();
    stream.pending = 1 << 20;
    const before = sent();
    for (let round = 0; round < 20; round++) {
      rig.screen.paint(new Random(round));
      client.request(round % 2 === 0);
      rig.server.refresh();
    }
    expect(sent()).toBe(before);
    stream.pending = 0;
    connection.flush();
    await client.update();
    expect(isSame(client.pixels, rig.screen.colours())).toBe(true);
  });

  it("hands over keys by their keysyms and by their numbers, and lets go of them at the end", async () => {
    const rig = new Rig();
    const { client, connection } = rig.connect();
    await client.open();
    for (const keysym of [0x61, 0x41, 0x21, 0xff0d, 0xffe1, 0xff52, 0xff8d, 0xffc9, 0x7c]) {
      client.key(keysym, true);
      client.key(keysym, false);
    }
    const codes = rig.input.take();
    expect(codes.filter((_key, at) => at % 2 === 0).map(([, code]) => code)).toEqual([
      0x1e, 0x1e, 0x02, 0x1c, 0x2a, 0xe048, 0xe01c, 0x58, 0x2b,
    ]);
    client.extendedKey(0x61, 0x10, true);
    client.extendedKey(0xff0d, 0x9c, true);
    client.extendedKey(0xff0d, 0x9c, false);
    client.key(0x1234, true);
    expect(rig.input.take()).toEqual([
      ["key", 0x10, true],
      ["key", 0xe01c, true],
      ["key", 0xe01c, false],
    ]);
    connection.closed();
    expect(rig.input.take()).toEqual([["key", 0x10, false]]);
  });

  it("pushes a mouse by differences of places, or as the client says; puts a tablet to a place", async () => {
    const rig = new Rig();
    const client = await rig.open(rfb.RAW, rfb.POINTER_TYPE_CHANGE, rfb.EXTENDED_KEY_EVENT);
    client.pointer(0, 50, 60);
    client.pointer(1, 55, 58);
    client.pointer(2, 55, 58);
    client.pointer(4 | 8, 55, 58);
    client.pointer(16, 55, 58);
    expect(rig.input.take()).toEqual([
      ["by", 0, 0, 0, 0],
      ["by", 5, -2, 0, 1],
      ["by", 0, 0, 0, 4],
      ["by", 0, 0, -1, 2],
      ["by", 0, 0, 1, 0],
    ]);
    client.request(false);
    expect((await client.update()).map(({ x, encoding }) => [x, encoding])).toContainEqual([
      0,
      rfb.POINTER_TYPE_CHANGE,
    ]);
    client.pointer(0, 0x7fff + 3, 0x7fff - 4);
    rig.input.isAbsolute = true;
    client.pointer(1, WIDTH - 1, 0);
    expect(rig.input.take()).toEqual([
      ["by", 3, -4, 0, 0],
      ["to", 0x7fff, 0, 0, 1],
    ]);
    client.request(true);
    expect((await client.update()).map(({ x, encoding }) => [x, encoding])).toEqual([
      [1, rfb.POINTER_TYPE_CHANGE],
    ]);
  });

  it("passes over texts of the clipboard, however they are cut", async () => {
    const rig = new Rig();
    const { client, connection } = rig.connect();
    await client.open();
    const text = new Uint8Array(5000).fill(4);
    const message = Uint8Array.from([6, 0, 0, 0, 0, 0, 5000 >> 8, 5000 & 0xff, ...text]);
    for (const cut of [1, 7, 8, 9, 4000]) {
      connection.receive(message.subarray(0, cut));
      connection.receive(message.subarray(cut));
    }
    client.key(0x61, true);
    expect(rig.input.take()).toEqual([["key", 0x1e, true]]);
  });

  it.each([
    ["another protocol", (client: rfb.RfbClient) => client.send(...Buffer.from("GET / HTTP/1"))],
    ["RFB 4", (client: rfb.RfbClient) => client.send(...Buffer.from("RFB 004.001\n"))],
    [
      "a security that was not offered",
      (client: rfb.RfbClient) => client.send(...Buffer.from("RFB 003.008\n"), 16),
    ],
  ])("closes the connection at %s", (_name, say) => {
    const rig = new Rig();
    const { client } = rig.connect();
    say(client);
    expect(client.ended).toBe(true);
    expect(rig.lines).toHaveLength(1);
    expect(rig.events).toEqual(["VNC_CONNECTED", "VNC_DISCONNECTED"]);
  });

  it.each([
    ["an unknown message", [77]],
    ["an unknown message of QEMU's", [255, 9]],
    ["pixels of 24 bits", [0, 0, 0, 0, 24, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]],
    [
      "levels that are no bits",
      [0, 0, 0, 0, 32, 24, 0, 1, 0, 254, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
    ],
    [
      "components beyond the pixel",
      [0, 0, 0, 0, 16, 16, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
    ],
    ["a text of a gigabyte", [6, 0, 0, 0, 0x40, 0, 0, 0]],
  ])("closes the connection at %s, with a line in the log", async (_name, bytes) => {
    const rig = new Rig();
    const { client } = rig.connect();
    await client.open();
    client.send(...bytes);
    expect(client.ended).toBe(true);
    expect(rig.lines).toEqual([expect.stringMatching(/^vnc: .*; the connection is closed$/)]);
    client.send(3, 0, 0, 0, 0, 0, 0, 10, 0, 10);
  });

  it("takes requests beyond the screen for the part that there is, and unknown encodings for none", async () => {
    const rig = new Rig();
    const client = await rig.open(12345, -9999, rfb.HEXTILE, 7);
    client.request(false, 0xffff, 0xffff);
    const told = await client.update();
    expect(told.every(({ encoding }) => encoding === rfb.HEXTILE)).toBe(true);
    expect(isSame(client.pixels, rig.screen.colours())).toBe(true);
    client.send(3, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    expect(client.waiting).toBe(0);
    expect(client.ended).toBe(false);
  });

  it("withstands noise", async () => {
    const random = new Random(11);
    for (let round = 0; round < 100; round++) {
      const rig = new Rig();
      rig.screen.resize(32, 32);
      const { client, connection } = rig.connect();
      if (round % 3 > 0) await client.open();
      for (let part = 0; part < 30 && !client.ended; part++) {
        const kinds = [0, 2, 3, 4, 5, 6, 255, random.below(256)];
        const kind = kinds[random.below(kinds.length)] ?? 0;
        const bytes = Uint8Array.from({ length: 1 + random.below(40) }, () =>
          random.below(3) === 0 ? random.below(256) : random.below(3),
        );
        bytes[0] = kind;
        connection.receive(bytes);
        rig.server.refresh();
      }
      connection.closed();
      expect(rig.server.clients).toEqual([]);
    }
  });

  it("lets one client have the screen for itself, or not, as share= says", async () => {
    const rig = new Rig();
    const first = await rig.open();
    const { client: alone } = rig.connect();
    await alone.open({ shared: false });
    expect(first.ended).toBe(true);
    const { client: late } = rig.connect();
    await expect(late.open()).rejects.toThrow("ended");
    expect(alone.ended).toBe(false);
    const shared = new Rig({ share: "force-shared" });
    await expect(shared.connect().client.open({ shared: false })).rejects.toThrow("ended");
    const ignoring = new Rig({ share: "ignore" });
    const one = await ignoring.open();
    await ignoring.connect().client.open({ shared: false });
    expect(one.ended).toBe(false);
  });

  it("has so many clients at most", () => {
    const rig = new Rig({ connections: 2 });
    const clients = [rig.connect(), rig.connect(), rig.connect()].map(({ client }) => client);
    expect(clients.map(({ ended }) => ended)).toEqual([false, false, true]);
  });

  const cipher = vncCipher();
  it.skipIf(cipher === null)("asks for a password (this Node has DES)", async () => {
    if (cipher === null) return;
    let now = 1_000;
    const rig = new Rig({ cipher, nowMs: () => now });
    const servers = new VncServers();
    servers.add({ server: rig.server, places: [] });
    const attempt = async (password: string, version = "003.008"): Promise<string> => {
      const { client } = rig.connect();
      await client.begin(version);
      const types = await client.read(version === "003.003" ? 4 : 2);
      expect([...types]).toEqual(version === "003.003" ? [0, 0, 0, 2] : [1, 2]);
      if (version !== "003.003") client.send(2);
      client.send(...cipher.response(password, await client.read(16)));
      if ((await client.read(4)).readUInt32BE(0) === 0) {
        await client.init();
        return "in";
      }
      return version === "003.008"
        ? (await client.read((await client.read(4)).readUInt32BE(0))).toString()
        : "out";
    };
    expect(await attempt("")).toBe("Authentication failed");
    expect(setVncPassword(servers, "secret")).toBe(true);
    expect(await attempt("wrong")).toBe("Authentication failed");
    expect(await attempt("secret")).toBe("in");
    expect(await attempt("secret", "003.003")).toBe("in");
    expect(await attempt("other", "003.003")).toBe("out");
    expect(await attempt("secret", "003.007")).toBe("in");
    expireVncPassword(servers, "+2", { nowMs: now });
    now += 1_999;
    expect(await attempt("secret")).toBe("in");
    now += 1;
    expect(await attempt("secret")).toBe("Authentication failed");
    expect(setVncPassword(servers, "x", "vnc2")).toBe(false);
  });
});
