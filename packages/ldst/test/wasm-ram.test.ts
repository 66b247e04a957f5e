import type { MemoryRegion } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { Bus, MemoryRegionCache } from "@mem/ldst";
import { beforeEach, describe, expect, it } from "vitest";

let machine: Machine;
let space: AddressSpace;
let bus: Bus;

beforeEach(() => {
  machine = new Machine();
  space = machine.addressSpace(machine.container({ name: "system", size: 2n ** 64n }), "cpu");
  bus = new Bus(space);
});

function show(memory: WebAssembly.Memory, memoryOffset = 0): MemoryRegion {
  const ram = machine.ram({ name: "ram", size: 0x1000, memory, memoryOffset });
  space.root.addSubregion(0x4000, ram);
  return ram;
}

describe("RAM in a WebAssembly.Memory", () => {
  it("is a part of its bytes", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    show(memory, 0x800);
    bus.st32(0x4004, 0xcafe);
    expect(new DataView(memory.buffer).getUint32(0x804, true)).toBe(0xcafe);
    new Uint8Array(memory.buffer)[0x810] = 0x77;
    expect(bus.ld8(0x4010)).toBe(0x77);
  });

  it("goes on after it grew, once it is refreshed", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const ram = show(memory, 0x800);
    bus.st32(0x4004, 0xcafe);
    memory.grow(1);
    ram.ramBlock?.refresh();
    expect(bus.ld32(0x4004)).toBe(0xcafe);
    bus.st32(0x4008, 0xbeef);
    expect(new DataView(memory.buffer).getUint32(0x808, true)).toBe(0xbeef);
    expect(ram.ramBytes(8, 1)[0]).toBe(0xef);
    expect(machine.regionOfBytes(new Uint8Array(memory.buffer, 0x808))).toEqual({
      region: ram,
      offset: 8,
    });
  });

  it("is refreshed by the end of a transaction, and by whoever asks for its bytes", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const ram = show(memory);
    bus.st32(0x4004, 1);
    machine.transaction(() => memory.grow(1));
    expect(bus.ld32(0x4004)).toBe(1);
    memory.grow(1);
    expect(ram.ramBytes(4, 1)[0]).toBe(1);
    ram.ramBlock?.discard(0, 0x1000);
    expect(new Uint8Array(memory.buffer)[4]).toBe(0);
    machine.begin();
    machine.begin();
    machine.commit();
    machine.commit();
    expect(bus.ld32(0x4004)).toBe(0);
    const cache = new MemoryRegionCache(space, 0x4000, 16, true);
    cache.st8(0, 5);
    expect(new Uint8Array(memory.buffer)[0]).toBe(5);
    cache.destroy();
  });

  it("renews nothing while it stays, and nothing for a region that has ended", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const ram = show(memory);
    const commits: number[] = [];
    space.listen({ commit: () => commits.push(1) });
    commits.length = 0;
    ram.ramBlock?.refresh();
    expect(commits.length).toBe(0);
    space.root.removeSubregion(ram);
    ram.unparent();
    memory.grow(1);
    commits.length = 0;
    machine.transaction(() => undefined);
    ram.ramBlock?.refresh();
    expect(commits.length).toBe(0);
  });

  it("needs no care where it is shared: it grows in place", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    const ram = show(memory);
    expect(ram.ramBlock?.isShared).toBe(true);
    bus.st32(0x4000, 3);
    memory.grow(1);
    expect(bus.ld32(0x4000)).toBe(3);
    bus.st32(0x4000, 4);
    expect(new DataView(memory.buffer).getUint32(0, true)).toBe(4);
  });
});
