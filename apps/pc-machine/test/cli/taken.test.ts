/** Places on the host that somebody else has: one line, and the end. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { InProcess } from "./in-process.js";

const server = createServer();
const datagrams = createSocket("udp4");
let tcp = 0;
let udp = 0;
const program = new InProcess();

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  datagrams.bind(0, "127.0.0.1");
  await once(datagrams, "listening");
  tcp = (server.address() as AddressInfo).port;
  udp = datagrams.address().port;
});

afterAll(() => {
  server.close();
  datagrams.close();
  program.dispose();
});

const WAITS = ["-display", "none", "-S", "-qmp", "stdio", "-firmware", "embedded"];
const IN_USE = "Address already in use\n";

describe("a place that is taken", () => {
  it("is told of where a port of the host leads to the guest", async () => {
    const forward = `tcp:127.0.0.1:${tcp}-:22`;
    const refused = `Could not set up host forwarding rule '${forward}': ${IN_USE}`;
    const nic = await program.run([...WAITS, "-nic", `user,hostfwd=${forward}`]);
    expect([nic.code, nic.stderr]).toEqual([1, `mem-pc: -nic: ${refused}`]);
    const netdev = ["-netdev", `user,id=n,hostfwd=${forward}`, "-device", "e1000,netdev=n"];
    const named = await program.run([...WAITS, ...netdev]);
    expect([named.code, named.stderr]).toEqual([1, `mem-pc: -netdev n: ${refused}`]);
  });

  it("is told of where datagrams do, and where two rules want it", async () => {
    const forward = `udp:127.0.0.1:${udp}-:53`;
    const taken = await program.run([...WAITS, "-nic", `user,hostfwd=${forward}`]);
    expect([taken.code, taken.stderr]).toEqual([
      1,
      `mem-pc: -nic: Could not set up host forwarding rule '${forward}': ${IN_USE}`,
    ]);
    const free = `tcp:127.0.0.1:0-:22,hostfwd=tcp:127.0.0.1:0-:23`;
    const twice = await program.run([...WAITS, "-nic", `user,hostfwd=${free}`]);
    expect([twice.code, twice.stderr]).toEqual([
      1,
      "mem-pc: -nic: Could not set up host forwarding rule 'tcp:127.0.0.1:0-:23': there is one like it already\n",
    ]);
  });

  it("is told of where a serial port waits for somebody", async () => {
    const place = `127.0.0.1:${tcp}`;
    const { code, stderr } = await program.run([
      ...WAITS,
      ...["-serial", `tcp:${place},server=on,wait=off`],
    ]);
    expect([code, stderr]).toEqual([1, `mem-pc: -serial: Failed to listen at ${place}: ${IN_USE}`]);
  });
});
