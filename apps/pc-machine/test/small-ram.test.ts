/** A PC with less RAM than ever had one: as QEMU's with `-m 64k`. */
import { describe, expect, it } from "vitest";

import { processorPlaces } from "../src/board/processor/processor-places.js";
import { MIB, Rig } from "./support/board-rig.js";

const KIB = 1024;

/** Names of what answers at the ports. */
function portNames(rig: Rig): string[] {
  return [...rig.pc.io.flatView.ranges()].map(({ region }) => region.name);
}

describe("64 KiB of RAM", () => {
  it("are all that there is below the display", () => {
    const rig = new Rig({ ramSize: 64 * KIB });
    const [first] = [...rig.pc.memory.flatView.ranges()];
    expect([first?.region.name, first?.start, first?.end]).toEqual(["pc.ram", 0n, 0x10000n]);
    expect(rig.pc.board.isa.rtc.cmos(0x15)).toBe(64);
    expect(rig.pc.board.isa.rtc.cmos(0x17)).toBe(0);
  });

  it("have no room for the option ROM of kvmvapic, which a MiB has", () => {
    expect(portNames(new Rig({ ramSize: 64 * KIB }))).not.toContain("kvmvapic");
    expect(portNames(new Rig({ ramSize: MIB }))).toContain("kvmvapic");
  });

  it("leave each processor where it is found", () => {
    for (const ramSize of [64 * KIB, MIB]) {
      const { pc } = new Rig({ ramSize, cpus: 2 });
      const types = processorPlaces(pc).map(({ type }) => type);
      expect([ramSize, types]).toEqual([ramSize, ["qemu32-i386-cpu", "qemu32-i386-cpu"]]);
    }
  });
});
