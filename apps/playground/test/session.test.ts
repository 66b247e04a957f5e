import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Command, MachineRequest, Report } from "../src/machine/protocol.js";
import { Session } from "../src/machine/session.js";

const PC: MachineRequest = {
  memoryMiB: 16,
  firmware: null,
  vgaBios: null,
  disks: [],
  kernel: null,
  devices: [],
  accel: "interp",
  ram: null,
};

/** A session, and what it reports. */
class Rig {
  readonly reports: Report[] = [];
  readonly session: Session;
  #waiting: (() => void)[] = [];

  constructor() {
    this.session = new Session((report) => {
      this.reports.push(report);
      for (const look of this.#waiting) look();
    });
  }

  async send(...commands: readonly Command[]): Promise<void> {
    for (const command of commands) await this.session.handle(command);
  }

  /** Resolves once `holds` does. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#waiting = this.#waiting.filter((other) => other !== look);
        resolve();
      };
      this.#waiting.push(look);
      look();
    });
  }

  get serial(): string {
    return this.reports
      .map((report) => (report.type === "serial" ? new TextDecoder().decode(report.bytes) : ""))
      .join("");
  }

  get states(): string[] {
    return this.reports.flatMap((report) =>
      report.type === "state"
        ? [
            report.state.kind === "running"
              ? "running"
              : `${report.state.kind}: ${report.state.reason}`,
          ]
        : [],
    );
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the PC in its worker", () => {
  const rig = new Rig();
  beforeAll(async () => {
    await rig.send({ type: "build", machine: PC }, { type: "screen", isShown: true });
    await rig.send({ type: "run" });
    await rig.until(() => rig.serial.includes("memory prompt, h for help"));
  });
  afterAll(() => rig.send({ type: "pause" }, { type: "screen", isShown: false }));

  it("boots its firmware's tour, on the serial line and the screen", () => {
    expect(rig.serial).toContain("18 ok, 0 FAIL");
    const pictures = rig.reports.filter(({ type }) => type === "screen");
    expect(pictures.length).toBeGreaterThan(0);
  });

  it("answers what is typed", async () => {
    await rig.send({ type: "serial", bytes: bytes("w 500 5a\rd 500 1\r") });
    await rig.until(() => /d 500 1[^>]*> $/.test(rig.serial));
    expect(rig.serial).toMatch(/00000500[^\n]*5a/i);
  });

  it("pauses, steps, and goes on until the map changes", async () => {
    await rig.send({ type: "pause" });
    await rig.until(() => rig.states.at(-1) === "paused: you paused it");
    const count = rig.session.pc?.cpu.instructionCount ?? 0;
    await rig.send({ type: "step", instructions: 1 });
    expect(rig.states.at(-1)).toBe("paused: after one instruction");
    expect((rig.session.pc?.cpu.instructionCount ?? 0) - count).toBeLessThanOrEqual(1);
    const show = {
      type: "map/show",
      space: null,
      window: null,
      maxWidth: null,
      hidden: true,
      heat: false,
    } as const;
    await rig.send(show, { type: "reset" }, { type: "next-change" });
    await rig.until(() => rig.states.at(-1) === "paused: the map has changed");
    // Also of a map that is not on the screen.
    await rig.send({ type: "map/hide" }, { type: "reset" });
    const told = rig.states.length;
    await rig.send({ type: "next-change" });
    await rig.until(() => rig.states.slice(told).includes("paused: the map has changed"));
    expect(rig.states[told]).toBe("running");
  });

  it("says why a machine cannot be, and keeps the one that is there", async () => {
    const before = rig.session.pc;
    await rig.send({ type: "build", machine: { ...PC, devices: ["no-such-thing"] } });
    const last = rig.reports.at(-1);
    expect(last).toMatchObject({ type: "refused" });
    expect(last?.type === "refused" ? last.problems.join() : "").toContain("no-such-thing");
    expect(rig.session.pc).toBe(before);
  });

  it("keeps breaks over another machine", async () => {
    await rig.send({
      type: "map/break",
      space: "cpu-memory-0",
      start: "0x700",
      last: "0x70f",
      on: "write",
    });
    const set = rig.reports.at(-1);
    await rig.send({ type: "build", machine: PC });
    const kept = rig.reports.findLast(({ type }) => type === "map/breaks");
    expect(set).toMatchObject({ breaks: [{ start: "0x700", last: "0x70f", on: "write" }] });
    expect(kept).not.toBe(set);
    expect(kept).toMatchObject({ breaks: [{ start: "0x700", last: "0x70f", on: "write" }] });
  });

  it("has floppies in their drives, where the firmware drives them", async () => {
    const bytes = new Uint8Array(1440 * 1024);
    const floppy = { name: "dos.img", kind: "floppy", bytes } as const;
    const firmware = { name: "bios.bin", bytes: new Uint8Array(0x10000) };
    const drives = () =>
      rig.session.pc?.devices
        .map(({ definition }) => definition.name)
        .filter((name) => ["floppy", "ide-hd"].includes(name));
    await rig.send({ type: "build", machine: { ...PC, disks: [floppy] } });
    expect(drives()).toEqual(["ide-hd"]);
    await rig.send({ type: "build", machine: { ...PC, firmware, disks: [floppy] } });
    expect(drives()).toEqual(["floppy"]);
  });

  it("gives RAM and disks to keep, and takes them back", async () => {
    const disk = { name: "d.img", kind: "disk", bytes: new Uint8Array(1024) } as const;
    await rig.send({ type: "build", machine: { ...PC, disks: [disk] } });
    rig.session.pc?.memory.store(0x1234, 1, 0x77);
    await rig.send({ type: "save" });
    const saved = rig.reports.at(-1);
    if (saved?.type !== "saved") throw new Error("nothing was saved");
    expect([saved.ram.length, saved.ram[0x1234], saved.disks.length]).toEqual([16 << 20, 0x77, 1]);
    await rig.send({ type: "build", machine: { ...PC, ram: saved.ram, disks: saved.disks } });
    expect(rig.session.pc?.memory.load(0x1234, 1)).toBe(0x77);
  });
});
