/** The machine that has nothing. */
import { describe, expect, it } from "vitest";

import { PcOptionsError } from "../src/board/index.js";
import { NoneMachine } from "../src/board/none-machine.js";
import { Session } from "../src/cli/run/session.js";
import { InstructionClock } from "../src/host/instruction-clock.js";
import { Monitor } from "../src/monitor/monitor.js";

function rig(): { session: Session; events: string[]; run(line: string): string } {
  const session = new Session(new NoneMachine({ clock: new InstructionClock() }), {
    name: null,
    startStopped: false,
    preconfig: true,
    actions: { reboot: "reset", shutdown: "poweroff", panic: "shutdown", watchdog: "reset" },
    runsGuest: true,
    inputOpen: () => true,
    keepsHaltedGuest: () => true,
  });
  const events: string[] = [];
  session.observe((event) => events.push(event));
  let printed = "";
  const monitor = new Monitor(session, (text) => (printed += text));
  return {
    session,
    events,
    run: (line) => {
      printed = "";
      monitor.execute(line);
      return printed;
    },
  };
}

describe("a machine without anything", () => {
  it("has memory and ports in which nothing answers", () => {
    const { run } = rig();
    expect(run("info mtree -f")).toContain("No rendered FlatView");
    expect(run("info qtree")).toBe("bus: main-system-bus\n  type System\n");
    expect(run("info pci")).toBe("");
    expect(run("info registers")).toBe("No CPU available\n");
    expect(run("x 0")).toBe("No CPU available\n");
    expect(run("info mice")).toBe("No mouse devices connected\n");
    expect(run("p 1+1")).toBe("0x2\n");
  });

  it("has no bus to plug a device into", () => {
    const { session } = rig();
    expect(() => session.pc.plug({ device: "edu" })).toThrow(PcOptionsError);
    expect(() => session.pc.plug({ device: "edu" })).toThrow("No 'PCI' bus found for device 'edu'");
  });

  it("waits until it is described, and starts then", async () => {
    const { session, events } = rig();
    expect([session.preconfig, session.runState]).toEqual([true, "prelaunch"]);
    const run = session.run();
    session.exitPreconfig();
    expect([session.preconfig, session.runState]).toEqual([false, "running"]);
    session.quit();
    await run;
    expect(events).toEqual(["RESUME", "SHUTDOWN"]);
  });
});
