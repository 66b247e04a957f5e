/** The balloon in the guest's memory, by QMP and by the monitor. */
import { describe, expect, it } from "vitest";

import { plug } from "../../src/device/properties/request.js";
import { virtioBalloon } from "../../src/devices/virtio/index.js";
import { VirtioPci } from "../../src/devices/virtio/transport/virtio-pci.js";
import { Rig } from "./qmp-rig.js";

const NONE = "No balloon device has been activated";
const MIB = 2 ** 20;

function rigWithBalloon(): Rig {
  return new Rig(true, false, [plug(virtioBalloon)]);
}

function monitor(rig: Rig, line: string): string {
  return String(rig.execute("human-monitor-command", { "command-line": line })).trimEnd();
}

/** The guest says how many pages it has given up. */
function giveUp(rig: Rig, pages: number): string[] {
  rig.wire.take();
  for (const { device } of rig.session.pc.devices) {
    if (!(device instanceof VirtioPci)) continue;
    device.model.writeConfig?.(4, Uint8Array.of(pages & 0xff, pages >> 8, 0, 0));
  }
  return rig.wire.take().split("\r\n").slice(0, -1);
}

describe("the balloon", () => {
  it("is not there unless it was plugged in", () => {
    const rig = new Rig();
    const error = { class: "DeviceNotActive", desc: NONE };
    expect(rig.execute("query-balloon")).toEqual({ error });
    expect(rig.execute("balloon", { value: 0 })).toEqual({ error });
    expect(monitor(rig, "info balloon")).toBe(`Error: ${NONE}`);
    expect(monitor(rig, "balloon 4")).toBe(`Error: ${NONE}`);
  });

  it("tells what the guest has left, which changes when the guest says so", () => {
    const rig = rigWithBalloon();
    expect(rig.execute("balloon", { value: 4 * MIB })).toEqual({});
    expect(rig.execute("query-balloon")).toEqual({ actual: 16 * MIB });
    const [event] = giveUp(rig, 0x300);
    expect(JSON.parse(event ?? "")).toMatchObject({
      event: "BALLOON_CHANGE",
      data: { actual: 13 * MIB },
    });
    expect(giveUp(rig, 0x300)).toEqual([]);
    expect(rig.execute("query-balloon")).toEqual({ actual: 13 * MIB });
    expect(monitor(rig, "info balloon")).toBe("balloon: actual=13");
  });

  it("is asked for a size", () => {
    const rig = rigWithBalloon();
    const desc = "Parameter 'target' expects a size";
    const error = { class: "GenericError", desc };
    expect(rig.execute("balloon", { value: 0 })).toEqual({ error });
    expect(rig.execute("balloon", { value: -1 })).toEqual({ error });
    expect(monitor(rig, "balloon 8")).toBe("");
    expect(monitor(rig, "balloon 0")).toBe(`Error: ${desc}`);
    expect(monitor(rig, "balloon x")).toContain("invalid size");
  });
});
