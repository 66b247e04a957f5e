/** The devices by which guests and tests tell the host something. */
import { afterAll, describe, expect, it } from "vitest";

import type { GuestEvent } from "../../src/device/context.js";
import { plug } from "../../src/device/properties/request.js";
import { ib700 } from "../../src/devices/ib700/index.js";
import { isaDebugExit } from "../../src/devices/isa-debug-exit/index.js";
import { pcTestdev } from "../../src/devices/pc-testdev/index.js";
import { pvpanic } from "../../src/devices/pvpanic/index.js";
import { Session } from "../../src/cli/run/session.js";
import { InProcess } from "../cli/in-process.js";
import { Rig } from "../support/board-rig.js";

const SECOND = 1e9;

describe("isa-debug-exit", () => {
  const program = new InProcess();
  afterAll(() => program.dispose());

  it.each([
    [0, 1],
    [0x10, 0x21],
    [0x7f, 0xff],
    [0x80, 0x01],
  ])("ends the machine for a write of %i with status %i", (value, status) => {
    const rig = new Rig({ devices: [plug(isaDebugExit, { iobase: 0xf4, iosize: 4 })] });
    expect(rig.in(0xf4, 1)).toBe(0);
    rig.out(0xf4, 4, value);
    expect(rig.pc.serveRequests()).toEqual({ kind: "exit", status });
    rig.pc.reset();
    expect(rig.pc.end).toBe(null);
  });

  it("makes the program's exit status", async () => {
    // mov al, 0x10; out 0xf4, al; hlt: where the processor begins.
    const image = new Uint8Array(0x1_0000).fill(0xf4);
    image.set([0xb0, 0x10, 0xe6, 0xf4], 0xfff0);
    const bios = program.write("exit.bin", image);
    const args = ["-bios", bios, "-display", "none", "-monitor", "none", "-serial", "none"];
    const { code, stderr } = await program.run([...args, "-device", "isa-debug-exit,iobase=0xf4"]);
    expect([code, stderr]).toEqual([0x21, ""]);
  });
});

describe("pc-testdev", () => {
  it("keeps what was written, at ports and in memory, of every width", () => {
    const rig = new Rig({ devices: [plug(pcTestdev)] });
    rig.out(0xe0, 4, 0x87654321);
    expect([rig.in(0xe0, 1), rig.in(0xe1, 1), rig.in(0xe2, 2)]).toEqual([0x21, 0x43, 0x8765]);
    rig.out(0xe2, 1, 0x99);
    expect(rig.in(0xe0, 4)).toBe(0x87994321);
    // The ports of bytes show the same.
    expect(rig.in(0xe8, 4)).toBe(0x87994321);
    rig.out(0xe8, 2, 0xabcd);
    expect(rig.in(0xe0, 4)).toBe(0x8799abcd);
    rig.write(0xff00_fffc, 0x1234_5678);
    expect(rig.read(0xff00_fffc)).toBe(0x1234_5678);
  });

  it("drives interrupt requests", () => {
    const rig = new Rig({ devices: [plug(pcTestdev)] });
    const requests = (): number => {
      rig.out(0x20, 1, 0x0a);
      return rig.in(0x20, 1);
    };
    rig.out(0x2005, 1, 1);
    expect(requests()).toBe(0x20);
    rig.out(0x2005, 1, 0);
    rig.out(0x2003, 1, 1);
    expect(requests() & 0x08).toBe(0x08);
    // Beyond the lines of the bus nothing happens.
    rig.out(0x2000 + 23, 1, 1);
  });
});

/** A machine with a device, and a session that writes down what it tells. */
function session(
  device: typeof pvpanic | typeof ib700,
  actions: Partial<Session["actions"]> = {},
): { rig: Rig; run: Session; told: [string, unknown][]; complaints: string[] } {
  const told: [string, unknown][] = [];
  const complaints: string[] = [];
  const rig = new Rig({
    devices: [{ device: device.name }],
    onGuestEvent: (event: GuestEvent) => run.guestEvent(event),
    onReset: () => run.wasReset(),
  });
  const run: Session = new Session(rig.pc, {
    name: null,
    startStopped: false,
    actions: {
      reboot: "reset",
      shutdown: "poweroff",
      panic: "shutdown",
      watchdog: "reset",
      ...actions,
    },
    runsGuest: false,
    complain: (text) => complaints.push(text),
    inputOpen: () => false,
    keepsHaltedGuest: () => false,
  });
  run.observe((event, data) => told.push([event, data]));
  return { rig, run, told, complaints };
}

describe("pvpanic", () => {
  it("says what it takes, and complains about the rest", () => {
    const rig = new Rig({ devices: [plug(pvpanic, { events: 1 })], onGuestEvent: () => undefined });
    expect(rig.in(0x505, 1)).toBe(1);
    rig.out(0x505, 1, 0x80);
    expect(rig.messages).toEqual(["pvpanic: unknown event 0x80"]);
  });

  it("ends a machine that nobody decides for", () => {
    const rig = new Rig({ devices: [plug(pvpanic)] });
    rig.out(0x505, 1, 2);
    expect(rig.pc.serveRequests()).toBe(null);
    rig.out(0x505, 1, 1);
    expect(rig.pc.serveRequests()).toEqual({ kind: "panicked" });
  });

  it.each([
    ["pause", [["GUEST_PANICKED", "pause"], ["STOP"]], "guest-panicked", 0],
    ["none", [["GUEST_PANICKED", "run"]], "running", 0],
    ["shutdown", [["GUEST_PANICKED", "poweroff"], ["STOP"], ["SHUTDOWN"]], "guest-panicked", 0],
    ["exit-failure", [["GUEST_PANICKED", "poweroff"], ["STOP"], ["SHUTDOWN"]], "guest-panicked", 1],
  ] as const)("does what -action panic=%s says", (panic, events, state, status) => {
    const { rig, run, told } = session(pvpanic, { panic });
    rig.out(0x505, 1, 1);
    expect(told.map(([name, data]) => [name, ...actionOf(data)])).toEqual(events);
    expect([run.runState, run.exitStatus]).toEqual([state, status]);
  });

  it("tells of a kernel that looks why", () => {
    const { rig, run, told } = session(pvpanic);
    rig.out(0x505, 1, 2);
    expect(told).toEqual([["GUEST_CRASHLOADED", { action: "run" }]]);
    expect(run.runState).toBe("running");
  });
});

describe("ib700", () => {
  const pass = (rig: Rig, seconds: number): void => {
    rig.clock.advance(seconds * SECOND);
    rig.clock.runDue();
  };

  it("runs from a write on, for 30 seconds less two for each number, until it is fed or off", () => {
    let late = 0;
    const rig = new Rig({ devices: [plug(ib700)], onGuestEvent: () => late++ });
    pass(rig, 40);
    rig.out(0x443, 1, 14);
    pass(rig, 1);
    rig.out(0x443, 1, 14);
    pass(rig, 1);
    rig.out(0x441, 1, 1);
    pass(rig, 40);
    expect(late).toBe(0);
    rig.out(0x443, 1, 13);
    pass(rig, 3);
    expect(late).toBe(0);
    pass(rig, 2);
    expect(late).toBe(1);
    pass(rig, 40);
    expect(late).toBe(1);
    rig.out(0x444, 1, 0xf0);
    rig.pc.reset();
    pass(rig, 40);
    expect(late).toBe(1);
  });

  it.each([
    ["reset", [["WATCHDOG", "reset"], ["RESET"]], "running"],
    ["pause", [["WATCHDOG", "pause"], ["STOP"]], "watchdog"],
    ["shutdown", [["WATCHDOG", "shutdown"], ["POWERDOWN"]], "running"],
    ["poweroff", [["WATCHDOG", "poweroff"]], "running"],
    ["none", [["WATCHDOG", "none"]], "running"],
    ["inject-nmi", [["WATCHDOG", "inject-nmi"]], "running"],
    ["debug", [["WATCHDOG", "debug"]], "running"],
  ] as const)("does what -watchdog-action %s says", (watchdog, events, state) => {
    const { rig, run, told, complaints } = session(ib700, { watchdog });
    rig.out(0x443, 1, 15);
    pass(rig, 1);
    expect(told.map(([name, data]) => [name, ...actionOf(data)])).toEqual(events);
    expect(run.runState).toBe(state);
    expect(complaints).toEqual(watchdog === "debug" ? ["watchdog: timer fired"] : []);
  });

  it("ends the machine where a reset does", () => {
    const { rig, told } = session(ib700, { watchdog: "reset", reboot: "shutdown" });
    rig.out(0x443, 1, 15);
    pass(rig, 1);
    expect(told.at(-1)).toEqual(["SHUTDOWN", { guest: true, reason: "guest-reset" }]);
  });
});

/** The action of an event's data, if it has one. */
function actionOf(data: unknown): readonly unknown[] {
  return typeof data === "object" && data !== null && "action" in data ? [data.action] : [];
}
