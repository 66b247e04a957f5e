import { MemorySystem } from "@mem/core";
import { BitmapRamDiscardSource, DiscardInhibitor, VirtioMemResponse } from "@mem/ramdiscard";
import { describe, expect, it } from "vitest";
import { BASE, BLOCK, makePluggable, Passthrough } from "./pc-memory.js";

const { ACK, NACK, BUSY } = VirtioMemResponse;

describe("a device that is passed through beside a memory device", () => {
  it("can reach what is plugged, and nothing else", () => {
    const { device, memory, at } = makePluggable();
    device.plug(at(1), 2 * BLOCK);
    const passed = new Passthrough(memory, 100);
    expect(passed.blocks).toEqual([1, 2]);
    device.plug(at(5), 3 * BLOCK);
    device.unplug(at(2), BLOCK);
    expect(passed.blocks).toEqual([1, 5, 6, 7]);
    expect(passed.mappings.get(BigInt(at(5)))).toBe(BigInt(BLOCK));
    device.unplugAll();
    expect(passed.blocks).toEqual([]);
    device.plug(at(0), BLOCK);
    passed[Symbol.dispose]();
    expect(passed.blocks).toEqual([]);
  });

  it("limits what can be plugged, and gets nothing of what is refused", () => {
    const { device, memory, at } = makePluggable();
    const passed = new Passthrough(memory, 4);
    const other = new Passthrough(memory, 100);
    expect([device.plug(at(0), 3 * BLOCK), device.plug(at(4), 2 * BLOCK)]).toEqual([ACK, BUSY]);
    for (const one of [passed, other]) expect(one.blocks).toEqual([0, 1, 2]);
    expect(device.pluggedSize).toBe(BigInt(3 * BLOCK));
    expect([device.plug(at(4), BLOCK), device.plug(at(5), BLOCK)]).toEqual([ACK, BUSY]);
    expect([device.unplug(at(1), 2 * BLOCK), device.plug(at(6), 2 * BLOCK)]).toEqual([ACK, ACK]);
    for (const one of [passed, other]) expect(one.blocks).toEqual([0, 4, 6, 7]);
    passed.limit = 100;
    expect([device.plug(at(1), 4 * BLOCK), device.plug(at(8), 4 * BLOCK)]).toEqual([
      VirtioMemResponse.ERROR,
      ACK,
    ]);
    expect(device.plug(at(5), BLOCK)).toBe(NACK);
  });

  it("follows the memory through the map", () => {
    const { device, memory, region, system, at } = makePluggable();
    const passed = new Passthrough(memory, 100);
    device.plug(at(0), 4 * BLOCK);
    region.enabled = false;
    expect(passed.blocks).toEqual([]);
    device.unplug(at(0), BLOCK);
    region.enabled = true;
    expect(passed.blocks).toEqual([1, 2, 3]);
    // A window of other memory hides a part of it.
    system.addSubregion(at(2), MemorySystem.of(region).ram({ name: "over", size: BLOCK }), {
      priority: 1,
    });
    expect(passed.blocks).toEqual([1, 3]);
    device.unplug(at(1), 3 * BLOCK);
    expect(passed.blocks).toEqual([]);
    system.removeSubregion(region);
    expect(device.plug(at(0), 8 * BLOCK)).toBe(ACK);
    system.addSubregion(BASE, region);
    expect(passed.blocks).toEqual([0, 1, 3, 4, 5, 6, 7]);
  });

  it("loses the whole memory when it cannot take all of what is there", () => {
    const { device, memory, at } = makePluggable();
    device.plug(at(0), BLOCK);
    device.plug(at(2), 3 * BLOCK);
    const passed = new Passthrough(memory, 2);
    expect([passed.blocks, device.manager?.listenerCount]).toEqual([[], 0]);
  });

  it("and others that insist on unannounced discards exclude each other", () => {
    const { machine, memory } = makePluggable();
    const inhibitor = DiscardInhibitor.of(machine);
    const passed = new Passthrough(memory, 2);
    expect(inhibitor.require(true)).toBe(-16);
    passed[Symbol.dispose]();
    expect(inhibitor.require(true)).toBe(0);
    expect(() => new Passthrough(memory, 2)).toThrow("discards are required");
  });

  it("is asked when another source of the memory leaves", () => {
    const { device, memory, region, at } = makePluggable();
    const secret = new BitmapRamDiscardSource(region, BLOCK);
    device.manager?.addSource(secret);
    const passed = new Passthrough(memory, 2);
    device.plug(at(0), 4 * BLOCK);
    secret.populate(BLOCK, BLOCK);
    expect(passed.blocks).toEqual([1]);
    expect([device.manager?.removeSource(secret), passed.blocks]).toEqual([-16, [1]]);
    passed.limit = 4;
    expect([device.manager?.removeSource(secret), passed.blocks]).toEqual([0, [0, 1, 2, 3]]);
  });
});
