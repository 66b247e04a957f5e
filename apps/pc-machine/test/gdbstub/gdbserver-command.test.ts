/** `gdbserver` of the monitor: a place for gdb that comes and goes while the machine runs. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { PcMachine } from "../../src/board/pc-machine.js";
import { CharacterHost } from "../../src/cli/back-ends/characters.js";
import { Activity } from "../../src/cli/run/activity.js";
import { GdbPlace } from "../../src/cli/run/gdb-control.js";
import { Session } from "../../src/cli/run/session.js";
import { embeddedFirmware } from "../../src/firmware/embedded.js";
import { InstructionClock } from "../../src/host/instruction-clock.js";
import { Monitor } from "../../src/monitor/monitor.js";
import { PassThrough } from "node:stream";
import { Terminal, TerminalMux } from "../../src/terminal/index.js";

const folder = mkdtempSync(join(tmpdir(), "mem-gdbserver-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A machine with a monitor. */
function machine(): { hmp(line: string): string; host: CharacterHost; session: Session } {
  const pc = new PcMachine({
    ramSize: 2 ** 24,
    bios: embeddedFirmware(),
    vga: false,
    clock: new InstructionClock(),
  });
  const terminal = new Terminal(new PassThrough(), new PassThrough());
  const mux = new TerminalMux(
    terminal,
    { quit: () => undefined, inputEnded: () => undefined },
    { escapes: false },
  );
  const host = new CharacterHost({
    mux,
    activity: new Activity(),
    terminalOpen: () => false,
    complain: () => undefined,
    quit: () => undefined,
  });
  const session = new Session(pc, {
    name: null,
    startStopped: true,
    actions: { reboot: "reset", shutdown: "poweroff", panic: "none", watchdog: "none" },
    runsGuest: true,
    characters: host.devices,
    inputOpen: () => true,
    keepsHaltedGuest: () => true,
  });
  session.gdb = new GdbPlace(session, host, () => undefined);
  let text = "";
  const monitor = new Monitor(session, (printed) => (text += printed));
  const hmp = (line: string): string => {
    text = "";
    monitor.execute(line);
    return text;
  };
  return { hmp, host, session };
}

/** What comes over `socket` until `end`. */
function heard(socket: Socket, end: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      if (end.test(text)) resolve(text);
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(`${text}closed`));
  });
}

describe("gdbserver", () => {
  it("waits for gdb where it is told to, answers it, and lets go of it", async () => {
    const { hmp, host } = machine();
    const path = join(folder, "gdb.sock");
    const device = `unix:${path}`;
    expect(hmp(`gdbserver ${device}`)).toBe(`Waiting for gdb connection on device '${device}'\n`);
    expect(hmp("info chardev")).toContain("gdb: filename=");
    await host.devices.get("gdb")?.backend.ready;
    const socket = connect(path);
    socket.write("$?#3f");
    expect(await heard(socket, /#[0-9a-f]{2}$/)).toMatch(/^\+\$T05thread:01;#/);
    const closed = heard(socket, /never/);
    expect(hmp("gdbserver none")).toBe("Disabled gdbserver\n");
    expect(await closed).toBe("closed");
    expect(hmp("info chardev")).toBe("");
    await host.close();
  });

  it("moves from place to place, and tells what is none", async () => {
    const { hmp, host } = machine();
    for (const name of ["a", "b"]) hmp(`gdbserver unix:${join(folder, name)}`);
    expect(hmp("info chardev").match(/gdb: /g)).toHaveLength(1);
    expect(hmp("gdbserver nonsense")).toMatch(/\nCould not open gdbserver on device 'nonsense'\n$/);
    expect(hmp("gdbserver none") + hmp("info chardev")).toBe("Disabled gdbserver\n");
    await host.close();
  });
});
