/** The gdb stub with gdb itself. */
import { spawn, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import { SocketBackend } from "../../src/chardev/node/socket.js";
import { DebuggedMachine, LONG_PROGRAM } from "./debugged-machine.js";

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

const LONG_SCRIPT = [
  "p/x $rax",
  "p/x $r12",
  "break *0x7c7b",
  "continue",
  "p $rip",
  "delete",
  "watch *(long *)0x700",
  "set $rax = 0x7766554433221100",
  "continue",
  "p/x *(long *)0x700",
  "p $rip",
  "delete",
  "set $r15 = 0x8000000000000001",
  "p/x $r15",
  "p/x $cr3",
  "p/x $efer",
  "x/i 0x7c75",
  "set $rip = 0x7c66",
  "stepi",
  "p $rip",
  "detach",
];

async function gdb(port: number, script = SCRIPT): Promise<string> {
  const commands = ["set pagination off", `target remote 127.0.0.1:${port}`, ...script];
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

/** A port that gdb can connect to. */
async function listen(): Promise<{ backend: SocketBackend; port: number }> {
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
  return { backend, port: Number(/:(\d+),server/.exec(backend.filename)?.[1]) };
}

describe.runIf(hasGdb)("gdb", () => {
  it.each(["interp", "jit"] as const)(
    "debugs a program in 16 and 32 bits under %s",
    async (accel) => {
      const { backend, port } = await listen();
      const machine = new DebuggedMachine(backend, accel);
      const running = machine.session.run();
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

  it("debugs 64-bit code", async () => {
    const { backend, port } = await listen();
    const machine = new DebuggedMachine(backend, "interp", 1, LONG_PROGRAM);
    machine.pc.cpu.run(20_000);
    const running = machine.session.run();
    const text = await gdb(port, LONG_SCRIPT);
    machine.session.quit();
    await running;
    await backend.close();
    const values = [...text.matchAll(/^\$\d+ = (.*)$/gm)].map(([, value]) => value);
    expect(values, text).toEqual([
      "0x123456789abcdef0",
      "0xfedcba9876543210",
      "(void (*)()) 0x7c7b",
      "0x7766554433221100",
      "(void (*)()) 0x7c78",
      "0x8000000000000001",
      "0x1000",
      "0x500",
      "(void (*)()) 0x7c70",
    ]);
    expect(text).toMatch(/0x7c75:\s+mov\s+%rax,\(%rbx\)/);
    machine.pc.dispose();
  });
});
