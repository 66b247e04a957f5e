/** The program under other programs' hands: qtest and QMP on sockets that these listen at. */
import { spawn } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, it } from "vitest";

import { Program } from "../cli/program.js";

const program = new Program();
afterAll(() => program.dispose());

/** A connection that the machine opens: text goes out, and is waited for. */
class Peer {
  readonly path: string;
  readonly #server: Server;
  readonly #socket: Promise<Socket>;
  text = "";
  #look = (): void => undefined;

  constructor(name: string) {
    this.path = join(program.folder, name);
    this.#server = createServer();
    this.#server.listen(this.path);
    this.#socket = new Promise((resolve) => {
      this.#server.once("connection", (socket) => {
        socket.on("error", () => undefined);
        socket.on("data", (chunk: Buffer) => {
          this.text += chunk.toString("latin1");
          this.#look();
        });
        resolve(socket);
      });
    });
  }

  /** Send `line`; what has come when `wanted` is there. */
  async say(line: string, wanted: string): Promise<string> {
    this.text = "";
    const socket = await this.#socket;
    const heard = new Promise<string>((resolve) => {
      this.#look = () => {
        if (this.text.includes(wanted)) resolve(this.text);
      };
    });
    socket.write(`${line}\n`);
    return heard;
  }

  async close(): Promise<void> {
    (await this.#socket).destroy();
    this.#server.close();
  }
}

const QUIET = ["-nodefaults", "-display", "none"];

describe("a machine that programs command", () => {
  it("runs no guest under qtest, and ends by SIGTERM with status 0", async () => {
    const qtest = new Peer("qtest-1");
    const qmp = new Peer("qmp-1");
    const run = program.start([
      ...["-qtest", `unix:${qtest.path}`, "-qtest-log", "/dev/null"],
      ...["-chardev", `socket,path=${qmp.path},id=char0`, "-mon", "chardev=char0,mode=control"],
      ...[...QUIET, "-accel", "qtest"],
    ]);
    expect(await qtest.say("endianness", "\n")).toBe("OK little\n");
    await qmp.say('{"execute":"qmp_capabilities"}', '"return"');
    expect(await qmp.say('{"execute":"query-status"}', "\r\n")).toContain('"status": "running"');
    const [, before] = (await qtest.say("clock_set 1000000000", "\n")).split(" ");
    const [, after] = (await qtest.say("clock_step 5", "\n")).split(" ");
    expect(Number(after)).toBe(Number(before) + 5);
    await qtest.say("outb 0xcf9 6", "OK");
    expect(await qmp.say('{"execute":"query-name","id":1}', '"id": 1')).toContain('"return": {}');
    run.kill("SIGTERM");
    const { code, stderr } = await run.ended;
    expect([code, stderr]).toEqual([0, "mem-pc: terminating on signal 15\n"]);
    await Promise.all([qtest.close(), qmp.close()]);
  });

  it("stays with -S, and quits when told", async () => {
    const qmp = new Peer("qmp-2");
    const run = program.start([...QUIET, "-S", "-qmp", `unix:${qmp.path}`]);
    await qmp.say('{"execute":"qmp_capabilities"}', '"return"');
    expect(await qmp.say('{"execute":"query-status"}', "\r\n")).toContain("prelaunch");
    const last = await qmp.say('{"execute":"quit"}', "SHUTDOWN");
    expect(last).toMatch(/^{"return": {}}\r\n{"timestamp": .*"host-qmp-quit"}}\r\n$/);
    expect((await run.ended).code).toBe(0);
    await qmp.close();
  });

  it("has a monitor on a socket, with QEMU's prompt", async () => {
    const monitor = new Peer("monitor");
    const run = program.start([...QUIET, "-S", "-monitor", `unix:${monitor.path}`]);
    expect(await monitor.say("info status", "(prelaunch)\r\n(qemu) ")).toContain(
      "VM status: paused",
    );
    await monitor.say("quit", "quit");
    expect((await run.ended).code).toBe(0);
    await monitor.close();
  });

  it("takes QMP from standard input", () => {
    const { code, stdout } = program.run(
      [...QUIET, "-S", "-qmp", "stdio"],
      '{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^{"QMP": .*\r\n{"return": {}}\r\n{"return": {}}\r\n{"timestamp"/);
  });

  it.each([
    [
      "-serial unix:/nowhere/socket",
      "-serial: Failed to connect to '/nowhere/socket': No such file or directory",
    ],
    [
      "-qmp unix:/nowhere/qmp",
      "-qmp: Failed to connect to '/nowhere/qmp': No such file or directory",
    ],
    ["-chardev null,id=a -mon b", '-mon: there is no character device "b" (see -chardev)'],
    [
      "-chardev pipe,id=a,path=/nowhere/p",
      "-chardev a: Could not open '/nowhere/p': No such file or directory",
    ],
    ["-chardev ringbuf,id=a -serial chardev:a -serial chardev:a", "-serial: Device 'a' is in use"],
  ])("%s is refused in a line", (text, message) => {
    const { code, stderr } = program.run([...QUIET, "-S", ...text.split(" ")]);
    expect([code, stderr]).toEqual([1, `mem-pc: ${message}\n`]);
  });
});

describe("the launchers", () => {
  it.each(["x86_64", "i386"])("are named as QEMU's programs are: %s", async (architecture) => {
    const file = fileURLToPath(
      new URL(`../../../../bin/pc-machine-${architecture}`, import.meta.url),
    );
    const child = spawn(file, ["-version"], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, text]).toEqual([0, expect.stringMatching(/^mem-pc \d/)]);
  });
});
