/** VNC servers of a command line: a password that is in a secret. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Machine } from "@mem/flat";
import { afterAll, describe, expect, it } from "vitest";

import { Displays } from "../../src/cli/back-ends/displays.js";
import { emptyCommandLine } from "../../src/cli/command-line.js";
import { addVncServer } from "../../src/cli/options/vnc.js";
import { UserObjects } from "../../src/objects/user-objects.js";
import { vncCipher } from "../../src/vnc/node/cipher.js";

const folder = mkdtempSync(join(tmpdir(), "mem-displays-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cipher = vncCipher();
const OK = Buffer.from([0, 0, 0, 0]);

/** The verdict of a server on a password: 0 where it lets a client in. */
async function attempt(path: string, password: string): Promise<number> {
  const socket = connect(path);
  const chunks = socket[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  const read = async (bytes: number): Promise<Buffer> => {
    while (held.length < bytes) {
      const { value, done } = (await chunks.next()) as IteratorResult<Buffer>;
      if (done === true) throw new Error("ended");
      held = Buffer.concat([held, value]);
    }
    const part = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return part;
  };
  try {
    socket.write(await read(12));
    const [count = 0] = await read(1);
    const [type = 0] = await read(count);
    socket.write(Buffer.from([type]));
    const challenge = await read(16);
    socket.write(cipher?.response(password, challenge) ?? OK);
    return (await read(4)).readUInt32BE();
  } finally {
    socket.destroy();
  }
}

describe("a VNC server", () => {
  it.skipIf(cipher === null)("lets in who knows the secret (this Node has DES)", async () => {
    const objects = new UserObjects(new Machine());
    objects.add({ "qom-type": "secret", id: "s", data: "YWJj", format: "base64" }, "text");
    const session = { objects, pc: { board: null } };
    const displays = new Displays({
      session: () => session as never,
      emit: () => undefined,
      log: () => undefined,
    });
    const line = emptyCommandLine();
    const path = join(folder, "vnc");
    addVncServer(line, `unix:${path},password-secret=s`, "-vnc");
    displays.open(line);
    await displays.ready();
    try {
      expect([await attempt(path, "abc"), await attempt(path, "abd")]).toEqual([0, 1]);
    } finally {
      await displays.close();
    }
  });
});
