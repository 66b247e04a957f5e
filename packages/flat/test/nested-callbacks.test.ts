import { MAX_NESTED_CALLBACKS, MemTxResult } from "@mem/flat";
import { describe, expect, it } from "vitest";
import { declareBoundOfCallbacks, NestedRig } from "./nested-callbacks-suite.js";

const { OK, ACCESS_ERROR } = MemTxResult;

// One of words; the others, and blocks, are in the long suite.
declareBoundOfCallbacks(["load"]);

function rigged() {
  const rig = new NestedRig();
  return { ...rig, regs: rig.regs.bind(rig) };
}

describe("callbacks inside others", () => {
  it("leave alone a device that moves more data than that, between devices", () => {
    const { bus, log, regs } = rigged();
    let moved = 0;
    let results = 0;
    const block = new Uint8Array(0x100);
    const count = () => void moved++;
    regs(0x1000, count);
    regs(0x2000, count);
    regs(0, () => {
      while (moved <= MAX_NESTED_CALLBACKS) {
        results |= bus.read(0x1000, block) | bus.write(0x2000, block);
        results |= bus.store(0x2000, 4, bus.load(0x1000, 4)) | bus.lastResult;
      }
    });
    for (const start of [() => bus.store(0, 4, 1), () => bus.write(0, block.subarray(0, 4))]) {
      moved = 0;
      expect([start(), results, moved > MAX_NESTED_CALLBACKS]).toEqual([OK, OK, true]);
    }
    expect(log).toEqual([]);
  });

  it("count anew with each outermost access", () => {
    const { bus, log, regs } = rigged();
    let left = 0;
    let results = 0;
    const some = 1000;
    regs(0x200, () => void left--);
    regs(0x100, () => {
      while (left > 0) results |= bus.store(0x200, 4, 0);
    });
    regs(0, () => void bus.store(0x100, 4, 0));
    for (let done = 0; done <= MAX_NESTED_CALLBACKS; done += some) {
      left = some;
      results |= bus.store(0, 4, 0);
    }
    expect([results, left, log]).toEqual([OK, 0, []]);
  });

  it("that signals and checks set off count as well", () => {
    const { bus, log, machine, regs, root } = rigged();
    let checks = 0;
    let refused = 0;
    const checked = machine.mmio({
      name: "checked",
      size: 8,
      valid: { accepts: () => (checks++, false) },
      read: () => 0,
    });
    root.addSubregion(0x200, checked);
    regs(0x100, () => {
      for (let i = 0; i < MAX_NESTED_CALLBACKS + 10; i++) bus.load(0x200, 4);
    });
    regs(0, () => {
      bus.load(0x100, 4);
      if (bus.load(0x100, 4) === 0 && bus.lastResult === ACCESS_ERROR) refused++;
    });
    bus.load(0, 4);
    expect([checks, refused, log.length]).toEqual([MAX_NESTED_CALLBACKS, 1, 1]);
  });
});
