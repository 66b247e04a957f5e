import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Program } from "../cli/program.js";
import { seabiosMissing } from "../support/firmware.js";

const ROM = "/usr/lib/ipxe/qemu/pxe-e1000.rom";
/** A bound so that what hangs ends. */
const LIMIT_MS = 1_800_000;
const BYTES = 200_000;
const SCRIPT = [
  "#!ipxe",
  "imgfetch --name payload http://server.test/payload && imgfetch http://server.test/whole",
  "",
].join("\n");

/** The reason why iPXE cannot be booted here, `null` when it can. */
function missingHere(): string | null {
  return existsSync(ROM) ? seabiosMissing() : `${ROM} is not installed (Debian package ipxe-qemu)`;
}

/** Cards, and where their ROM comes from. */
const CARDS: readonly (readonly [string, (net: string) => readonly string[]])[] = [
  ["that is said", (net) => ["-netdev", net, "-device", `e1000,netdev=n,romfile=${ROM}`]],
  ["that every card has", (net) => ["-nic", net]],
];

describe("iPXE from the network card's option ROM", () => {
  const missing = missingHere();
  const asked: string[] = [];
  let served: () => void = () => undefined;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.setEncoding("latin1").on("data", (head: string) => {
      const [, path = ""] = /^GET (\S+) /.exec(head) ?? [];
      asked.push(path);
      const length = path === "/payload" ? BYTES : 1;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      socket.write(new Uint8Array(length).fill(0x5a));
      if (path === "/whole") served();
    });
  });
  let program: Program;

  beforeAll(async () => {
    if (missing !== null) return;
    program = new Program();
    mkdirSync(join(program.folder, "tftp"));
    writeFileSync(join(program.folder, "tftp", "boot.ipxe"), SCRIPT);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.close();
    program?.dispose();
  });

  it.for(CARDS)(
    "has an address by DHCP, a script by TFTP, and a file by HTTP from a server of the loopback: the ROM %s",
    { timeout: LIMIT_MS },
    async ([, card], context) => {
      context.skip(missing !== null, missing ?? "");
      const { port } = server.address() as AddressInfo;
      const net =
        `user,id=n,tftp=${join(program.folder, "tftp")},bootfile=boot.ipxe,name=server.test:10.0.2.9,` +
        `guestfwd=tcp:10.0.2.9:80-tcp:127.0.0.1:${port}`;
      asked.length = 0;
      const whole = new Promise<void>((resolve) => (served = resolve));
      const run = program.start(
        [
          ...["-accel", "jit", "-m", "64", "-serial", "none", "-monitor", "stdio", "-boot", "n"],
          ...card(net),
        ],
        LIMIT_MS,
      );
      await Promise.race([whole, run.ended]);
      run.type("quit\n");
      expect(await run.ended).toMatchObject({ code: 0, stderr: "" });
      expect(asked).toEqual(["/payload", "/whole"]);
    },
  );
});
