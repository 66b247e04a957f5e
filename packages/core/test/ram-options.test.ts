import { DirtyClient, GiB, MemorySystem, MiB, RamBlockError, RegionOptionsError } from "@mem/core";
import { beforeEach, describe, expect, it } from "vitest";

let machine: MemorySystem;
beforeEach(() => {
  machine = new MemorySystem();
});

describe("memory that somebody mapped", () => {
  const mapped = (synced: unknown[] = []) =>
    machine.ram({
      name: "pmem",
      size: 0x3000,
      memory: new Uint8Array(0x3000),
      backing: {
        fd: 7,
        offset: 0x10000,
        path: "/dev/pmem0",
        sync: (offset, length) => synced.push([offset, length]),
      },
    });

  it("knows its handle", () => {
    const ram = mapped();
    const alias = machine.alias({ name: "a", size: 0x1000, target: ram, offset: 0x1000 });
    expect([ram.ramBlock?.fd, alias.alias?.ramBlock?.fd]).toEqual([7, 7]);
    expect(ram.ramBlock?.backing?.offset).toBe(0x10000);
    expect(machine.ram({ name: "plain", size: 0x1000 }).ramBlock?.fd).toBe(-1);
    expect(machine.container({ name: "box", size: 0x1000 }).ramBlock).toBe(null);
  });

  it("is synced where it was asked for, in offsets of the block", () => {
    const synced: unknown[] = [];
    const ram = mapped(synced);
    const alias = machine.alias({ name: "a", size: 0x1000, target: ram, offset: 0x1000 });
    const second = machine.alias({ name: "b", size: 0x100, target: alias, offset: 0x200 });
    ram.msync(0x10, 0x20);
    second.msync(4n, 8n);
    ram.msync(0, 0);
    expect(synced).toEqual([
      [0x10, 0x20],
      [0x1204, 8],
    ]);
  });

  it("is synced no further than it is used", () => {
    const synced: unknown[] = [];
    const ram = machine.resizeableRam({
      name: "growing",
      size: 0x1000,
      maxSize: 0x3000,
      memory: new ArrayBuffer(0x3000),
      backing: { sync: (...range) => synced.push(range) },
    });
    ram.msync(0x800, 0x1000);
    ram.msync(0x2000, 0x1000);
    expect(synced).toEqual([[0x800, 0x800]]);
  });

  it("is refused beyond its end, and where there is none", () => {
    expect(() => mapped().msync(0x2fff, 2)).toThrow(RamBlockError);
    expect(() => machine.container({ name: "box", size: 16 }).msync(0, 1)).toThrow("memory");
    machine.ram({ name: "plain", size: 16 }).msync(0, 16);
  });

  it("must be supplied", () => {
    const options = { name: "x", size: 0x1000, backing: { fd: 3 } };
    expect(() => machine.ram(options)).toThrow(RegionOptionsError);
  });
});

describe("shared memory", () => {
  it("is a SharedArrayBuffer when asked for, in one piece or sparse", () => {
    const small = machine.ram({ name: "small", size: 0x1000, shared: true });
    expect(small.ramBytes().buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(small.ramBlock?.isShared).toBe(true);
    const large = machine.ram({ name: "large", size: 8 * GiB, shared: true });
    expect(large.ramBytes(5 * GiB, 16).buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(large.ramBlock?.isShared).toBe(true);
  });

  it("is told apart from memory of one's own", () => {
    const own = machine.ram({ name: "own", size: 0x1000 });
    expect(own.ramBytes().buffer).toBeInstanceOf(ArrayBuffer);
    expect(own.ramBlock?.isShared).toBe(false);
    const given = new SharedArrayBuffer(0x1000);
    expect(machine.ram({ name: "g", size: 0x1000, memory: given }).ramBlock?.isShared).toBe(true);
  });

  it("is refused when the memory supplied is not shared", () => {
    const options = { name: "x", size: 0x1000, memory: new ArrayBuffer(0x1000), shared: true };
    expect(() => machine.ram(options)).toThrow(RamBlockError);
  });
});

describe("marks", () => {
  it("protected belongs to RAM and says nothing about others", () => {
    const ram = machine.ram({ name: "secret", size: 0x1000, protected: true });
    const flash = machine.romDevice({ name: "flash", size: 0x1000, protected: true, write() {} });
    expect(ram.ramBlock?.isProtected).toBe(true);
    expect(flash.isRam && flash.ramBlock?.isProtected).toBe(false);
    expect(machine.ram({ name: "open", size: 0x1000 }).ramBlock?.isProtected).toBe(false);
    expect(machine.container({ name: "box", size: 0x1000 }).ramBlock).toBe(null);
  });

  it("alignment is a page for memory, or what was asked for", () => {
    const aligned = machine.ram({ name: "dimm", size: 4 * MiB, alignment: 2 * MiB });
    expect(aligned.ramBlock?.alignment).toBe(2 * MiB);
    expect(machine.ram({ name: "ram", size: 16 }).ramBlock?.alignment).toBe(4096);
    expect(machine.container({ name: "box", size: 16 }).ramBlock).toBe(null);
    for (const alignment of [0, 3, -4096, 1.5, Number.NaN]) {
      const options = { name: "odd", size: 0x1000, alignment };
      expect(() => machine.ram(options), `${alignment}`).toThrow(RegionOptionsError);
    }
  });

  it("a display that logs is the client that is told apart", () => {
    const ram = machine.ram({ name: "vram", size: 0x1000 });
    ram.setLog(true);
    expect(ram.isLogging(DirtyClient.VGA)).toBe(true);
    expect(ram.isLogging(DirtyClient.MIGRATION)).toBe(false);
    ram.setLog(false);
    expect(ram.isLogging(DirtyClient.VGA)).toBe(false);
  });
});

describe("RAM addresses", () => {
  const owned = (size: number) => {
    const owner = machine.objects.create("device");
    const ram = machine.ram({ name: "ram", size, owner });
    return { owner, address: ram.ramBlock?.ramAddress };
  };

  it("give every block a place of its own, and a freed one to the next that fits", () => {
    const step = 64n * 4096n;
    const [a, b, c] = [owned(0x1000), owned(0x100000), owned(0x1000)];
    expect([a.address, b.address, c.address]).toEqual([0n, step, 5n * step]);
    b.owner.unref();
    expect(owned(0x200000).address).toBe(6n * step);
    expect(owned(0x80000).address).toBe(step);
    expect(owned(0x80000).address).toBe(3n * step);
    expect(owned(0x1000).address).toBe(14n * step);
  });

  it("join freed neighbours, and end with the last block", () => {
    const step = 64n * 4096n;
    const [a, b, c] = [owned(0x1000), owned(0x1000), owned(0x1000)];
    a.owner.unref();
    b.owner.unref();
    expect(owned(0x80000).address).toBe(0n);
    c.owner.unref();
    expect(owned(0x40000000).address).toBe(2n * step);
  });
});
