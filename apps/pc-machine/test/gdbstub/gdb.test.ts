/** The gdb stub with gdb itself. */
import { spawn, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import { SocketBackend } from "../../src/chardev/node/socket.js";
import { DebuggedMachine } from "./debugged-machine.js";

const hasGdb = spawnSync("gdb", ["--version"]).status === 0;
if (!hasGdb) console.log("gdb is not installed: the stub is not tried with it");

const SCRIPT = [
  "break *0x7c0c",
  "continue",
  "p $eip",
  "p/x $cx",
  "delete",
  "watch *(short *)0x600",
  "continue",
  "p *(short *)0x600",
  "delete",
  "hbreak *0x7c3b",
  "continue",
  "p/x $eax",
  "p $st0",
  "p/x $cs",
  "p $cr0 & 1",
  "delete",
  "stepi",
  "p $eip",
  "stepi",
  "p $eip",
  "set $ebx = 0xabcd",
  "p/x $ebx",
  "set var *(int *)0x700 = 0x99",
  "x/wx 0x700",
  "x/i 0x7c3b",
  "info threads",
  "monitor info status",
  "detach",
];

async function gdb(port: number): Promise<string> {
  const commands = ["set pagination off", `target remote 127.0.0.1:${port}`, ...SCRIPT];
  const child = spawn(
    "gdb",
    ["-q", "-nx", "-batch", ...commands.flatMap((command) => ["-ex", command])],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (text += part));
  await new Promise((resolve) => child.on("close", resolve));
  return text;
}

describe.runIf(hasGdb)("gdb", () => {
  it.each(["interp", "jit"] as const)(
    "debugs a program in 16 and 32 bits under %s",
    async (accel) => {
      const backend = new SocketBackend({
        backend: "socket",
        place: { type: "inet", host: "127.0.0.1", port: 0 },
        server: true,
        wait: false,
        telnet: false,
        nodelay: true,
        reconnect: 0,
      });
      await backend.ready;
      const machine = new DebuggedMachine(backend, accel);
      const running = machine.session.run();
      const port = Number(/:(\d+),server/.exec(backend.filename)?.[1]);
      const text = await gdb(port);
      machine.session.quit();
      await running;
      await backend.close();
      const values = [...text.matchAll(/^\$\d+ = (.*)$/gm)].map(([, value]) => value);
      expect(values).toEqual([
        "(void (*)()) 0x7c0c",
        "0x5",
        "1",
        "0x12345678",
        "3.14159265358979323851",
        "0x8",
        "1",
        "(void (*)()) 0x7c41",
        "(void (*)()) 0x7c3b",
        "0xabcd",
      ]);
      expect(text).toContain("Hardware watchpoint 2: *(short *)0x600");
      expect(text).toMatch(/0x700:\s+0x00000099/);
      expect(text).toMatch(/0x7c3b:\s+incl\s+0x704/);
      expect(text).toMatch(/\* 1\s+Thread 1 \(CPU#0/);
      expect(text).toContain("VM status: paused (debug)");
      expect(text).toMatch(/detached/);
      machine.pc.dispose();
    },
  );
});
