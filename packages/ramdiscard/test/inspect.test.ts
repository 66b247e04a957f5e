import { inspected } from "@mem/common";
import { MiB } from "@mem/core";
import { Machine } from "@mem/flat";
import { DiscardInhibitor, RamDiscardManager, VirtioMem } from "@mem/ramdiscard";
import { describe, expect, it } from "vitest";
import { GRAIN, listener, makeMachine, sectionOf } from "./machine.js";

describe("console.log of a discard manager", () => {
  it("is its region, its sources and how many listen", () => {
    const { manager, ram } = makeMachine();
    manager.populate(0, 2 * GRAIN);
    manager.populate(4 * GRAIN, GRAIN);
    manager.registerListener(listener("a", []), sectionOf(ram, 0, 0x10000));
    expect(inspected(manager).split("\n")).toEqual([
      "BitmapRamDiscardManager ram, 1 source(s), 1 listener(s)",
      "  BitmapRamDiscardSource ram, 3 of 16 block(s) of 0x1000 bytes populated",
    ]);
    expect(JSON.parse(JSON.stringify(manager))).toEqual({
      region: "ram",
      sources: ["BitmapRamDiscardSource"],
      listenerCount: 1,
      notifying: false,
    });
    expect(inspected(manager.bitmap).split("\n").slice(1)).toEqual([
      "  0x0-0x1fff populated",
      "  0x4000-0x4fff populated",
    ]);
    expect(JSON.parse(JSON.stringify(manager.bitmap))).toMatchObject({
      blocks: 16,
      populatedBlocks: 3,
      populated: [
        { offset: "0x0", size: "0x2000" },
        { offset: "0x4000", size: "0x1000" },
      ],
    });
  });

  it("asks nothing of a source that somebody wrote", () => {
    class Mine {
      asked = 0;
      getMinGranularity(): bigint {
        return 4096n;
      }
      isPopulated(): boolean {
        this.asked++;
        return true;
      }
      replayPopulated(): number {
        this.asked++;
        return 0;
      }
      replayDiscarded(): number {
        this.asked++;
        return 0;
      }
      toString(): string {
        this.asked++;
        return "mine";
      }
    }
    const machine = new Machine();
    const manager = new RamDiscardManager(machine.ram({ name: "ram", size: 0x4000 }));
    const source = new Mine();
    manager.addSource(source);
    const { asked } = source;
    expect(inspected(manager).split("\n")).toEqual([
      "RamDiscardManager ram, 1 source(s), 0 listener(s)",
      "  Mine",
    ]);
    expect(JSON.stringify(manager)).toContain('"Mine"');
    expect(source.asked).toBe(asked);
  });

  it("says that a listener is being called", () => {
    const { manager, ram } = makeMachine();
    let text = "";
    const asking = { ...listener("a", []), notifyPopulate: () => void (text = String(manager)) };
    manager.registerListener(asking, sectionOf(ram, 0, 0x10000));
    manager.populate(0, GRAIN);
    expect(text).toBe(
      "BitmapRamDiscardManager ram, 1 source(s), 1 listener(s), calling a listener",
    );
  });
});

describe("console.log of virtio-mem and of the inhibitor", () => {
  it("is a line, and data", () => {
    const machine = new Machine();
    const region = machine.ram({ name: "ram", size: 8 * MiB });
    using device = new VirtioMem({ region, address: 0x1000_0000, requestedSize: 4 * MiB });
    device.plug(0x1000_0000, 2 * MiB);
    const plugged = "VirtioMem ram, 0x200000 of 0x400000 requested bytes plugged";
    const shape = "0x800000 bytes at 0x10000000 in blocks of 0x200000";
    expect(inspected(device)).toBe(`${plugged}, ${shape}`);
    using held = device.hold();
    expect(held).toBeDefined();
    expect(String(device)).toBe(`${plugged}, ${shape}, held`);
    expect(JSON.parse(JSON.stringify(device))).toMatchObject({
      pluggedSize: "0x200000",
      blockSize: "0x200000",
      node: 0,
      disposed: false,
    });
    expect(inspected(DiscardInhibitor.of(machine))).toBe("DiscardInhibitor, coordinatedRequire 1");
    expect(String(DiscardInhibitor.of(new Machine()))).toBe("DiscardInhibitor, nothing counted");
  });
});
