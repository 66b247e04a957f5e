import { GiB } from "@mem/core";
import { VirtioMem, VirtioMemResponse } from "@mem/ramdiscard";
import { describe, expect, it } from "vitest";
import { listener, sectionOf } from "./machine.js";
import { BASE, BLOCK, load, makePluggable, store } from "./pc-memory.js";

const { ACK, BUSY } = VirtioMemResponse;

describe("the memory of a device", () => {
  it("is what the guest touched of what is plugged", () => {
    const { device, memory, at, block } = makePluggable();
    device.plug(at(0), 4 * BLOCK);
    // Whoever looks a region up holds its first bytes.
    store(memory, at(0), 1);
    const before = block?.allocatedBytes ?? 0;
    for (const i of [1, 2, 3]) store(memory, at(i), 0xc0ffee);
    expect((block?.allocatedBytes ?? 0) - before).toBe(3 * BLOCK);
    device.unplug(at(1), 2 * BLOCK);
    expect((block?.allocatedBytes ?? 0) - before).toBe(BLOCK);
    expect([load(memory, at(3)), device.unplugAll()]).toEqual([0xc0ffee, ACK]);
    expect(block?.allocatedBytes).toBeLessThanOrEqual(BLOCK);
  });

  it("goes back to the host when all small blocks of a chunk are unplugged", () => {
    const { device, memory, block } = makePluggable({ blockSize: 0x1000, usableExtent: GiB });
    const chunks = () => (block?.allocatedBytes ?? 0) / BLOCK;
    device.plug(BASE + BLOCK, BLOCK);
    store(memory, BASE + BLOCK, 1);
    const before = chunks();
    device.unplug(BASE + BLOCK, BLOCK - 0x1000);
    expect(chunks()).toBe(before);
    device.unplug(BASE + 2 * BLOCK - 0x1000, 0x1000);
    expect(chunks()).toBe(before - 1);
  });

  it("does not lose a neighbour's bytes with a small block", () => {
    const { device, memory, at } = makePluggable({ blockSize: 0x1000, usableExtent: GiB });
    device.plug(at(0), 0x5000);
    for (let page = 0; page < 5; page++) store(memory, at(0) + page * 0x1000 + 0xffc, page + 1);
    device.unplug(at(0) + 0x2000, 0x1000);
    const read = [0, 1, 2, 3, 4].map((page) => load(memory, at(0) + page * 0x1000 + 0xffc));
    expect(read).toEqual([1, 2, 0, 4, 5]);
  });

  it.each([true, false])(
    "reads as 0 when unplugged, and when plugged again (sparse: %s)",
    (sparse) => {
      const { machine, system, memory } = makePluggable();
      const region = machine.ram({ name: "other", size: 4 * BLOCK, sparse });
      region.ramBlock?.write(2 * BLOCK, Uint8Array.of(9));
      system.addSubregion(BASE + GiB, region);
      const device = new VirtioMem({ region, address: BASE + GiB, requestedSize: 4 * BLOCK });
      const at = (block: number) => BASE + GiB + block * BLOCK;
      expect(load(memory, at(2))).toBe(0);
      device.plug(at(1), BLOCK);
      store(memory, at(1) + 8, 0x1234);
      device.unplug(at(1), BLOCK);
      expect(load(memory, at(1) + 8)).toBe(0);
      // Stores are not stopped; what they leave is forgotten.
      store(memory, at(1) + 8, 0x5678);
      expect(load(memory, at(1) + 8)).toBe(0x5678);
      device.plug(at(1), BLOCK);
      expect(load(memory, at(1) + 8)).toBe(0);
    },
  );

  it("is the same for views that were taken before", () => {
    const { device, memory, region, at } = makePluggable();
    device.plug(at(0), BLOCK);
    const view = region.ramBytes(16, 4);
    store(memory, at(0) + 16, 0x01020304);
    device.unplug(at(0), BLOCK);
    expect([...view]).toEqual([0, 0, 0, 0]);
    device.plug(at(0), BLOCK);
    store(memory, at(0) + 16, 0x05060708);
    expect([...view]).toEqual([8, 7, 6, 5]);
  });

  it("that a listener touched before another one refused is given back", () => {
    const { device, region, at, block } = makePluggable();
    const refuse = listener("no", [], { refuse: () => -1 });
    const all = sectionOf(region, 0, 16 * BLOCK);
    device.manager?.registerListener(refuse, all);
    device.manager?.registerListener(
      { notifyPopulate: () => void region.ramBytes(3 * BLOCK, 1).fill(7), notifyDiscard: () => {} },
      all,
    );
    const before = block?.allocatedBytes;
    expect(device.plug(at(3), BLOCK)).toBe(BUSY);
    expect([block?.allocatedBytes, region.ramBytes(3 * BLOCK, 1)[0]]).toEqual([before, 0]);
  });

  it("goes back even when somebody who watches the map throws", () => {
    const { device, memory, at, log } = makePluggable();
    device.plug(at(1), BLOCK);
    store(memory, at(1), 1);
    let angry = false;
    memory.listen({
      commit: () => {
        if (angry) throw new Error("bad listener");
      },
    });
    angry = true;
    expect(device.unplug(at(1), BLOCK)).toBe(ACK);
    angry = false;
    expect([load(memory, at(1)), device.pluggedSize]).toEqual([0, 0n]);
    expect(log.join()).toContain("bad listener");
  });

  it("costs nothing for being large", () => {
    const { device, memory, block } = makePluggable({
      blocks: 1 << 18,
      requestedSize: 2 ** 39,
      usableExtent: 0,
    });
    expect(device.plug(BASE, 2 ** 39)).toBe(ACK);
    store(memory, BASE + 2 ** 39 - 4, 42);
    expect(block?.allocatedBytes).toBeLessThanOrEqual(2 * BLOCK);
    expect([load(memory, BASE + 2 ** 39 - 4), device.unplugAll()]).toEqual([42, ACK]);
    expect(load(memory, BASE + 2 ** 39 - 4)).toBe(0);
  });
});
