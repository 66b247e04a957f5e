import { DirtyClient, MemTxResult, RamBlockError } from "@mem/core";
import { internalsOf } from "@mem/core/plumbing";
import { Machine } from "@mem/flat";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const PAGE = 4096;
const MAX = 16 * PAGE;

function build(size: number, options: { migratable?: boolean; sparse?: boolean } = {}) {
  const machine = new Machine();
  const told: [string, bigint, bigint][] = [];
  const ram = machine.resizeableRam({
    name: "acpi",
    size,
    maxSize: MAX,
    // What it sees when it is called is the new state.
    resized: (name, newSize) => told.push([name, newSize, ram.size]),
    ...options,
  });
  const system = machine.container({ name: "system", size: 2n ** 64n });
  system.addSubregion(0, ram);
  const { ramBlock: block } = ram;
  if (!block) throw new Error("no memory");
  return { machine, ram, block, told, space: machine.addressSpace(system, "cpu") };
}

/** The rule that stopped it, if any. */
function outcome(work: () => void): string {
  try {
    work();
    return "done";
  } catch (error) {
    return error instanceof RamBlockError ? error.rule : String(error);
  }
}

describe("resizeable RAM", () => {
  it("shows what it uses, keeps its bytes, and tells each change", () => {
    const { ram, block, told, space } = build(2 * PAGE, { migratable: true });
    const data = new Uint8Array([1, 2, 3]);
    expect(space.write(3 * PAGE, data)).toBe(MemTxResult.DECODE_ERROR);
    ram.ramResize(4 * PAGE - 10);
    expect([ram.size, block.usedLength, block.maxLength]).toEqual([
      BigInt(4 * PAGE - 10),
      4 * PAGE,
      MAX,
    ]);
    expect(space.write(3 * PAGE, data)).toBe(MemTxResult.OK);
    ram.ramResize(PAGE);
    expect(space.read(3 * PAGE, new Uint8Array(1))).toBe(MemTxResult.DECODE_ERROR);
    ram.ramResize(4 * PAGE);
    const into = new Uint8Array(3);
    expect(space.read(3 * PAGE, into)).toBe(MemTxResult.OK);
    expect(into).toEqual(data);
    ram.ramResize(4 * PAGE);
    expect(told).toEqual(
      [4 * PAGE - 10, PAGE, 4 * PAGE].map((size) => ["acpi", BigInt(size), BigInt(size)]),
    );
  });

  it("has no name for its callback unless it is migratable", () => {
    const { ram, told } = build(PAGE);
    ram.ramResize(2 * PAGE);
    expect(told).toEqual([["", BigInt(2 * PAGE), BigInt(2 * PAGE)]]);
  });

  it("changes its size alone within a page, and the callback still hears of it", () => {
    const { ram, block, told } = build(PAGE);
    block.dirtyBitmap(DirtyClient.MIGRATION).clear(0, 1);
    ram.ramResize(PAGE - 5);
    expect([block.usedLength, told.length]).toEqual([PAGE, 1]);
    expect(block.dirtyBitmap(DirtyClient.MIGRATION).get(0)).toBe(false);
    ram.ramResize(2 * PAGE);
    expect(block.dirtyBitmap(DirtyClient.MIGRATION).get(0)).toBe(true);
  });

  it("is refused beyond its maximum, and for RAM that is not resizeable, and nothing changes", () => {
    const { machine, ram, block, told } = build(PAGE);
    expect(() => ram.ramResize(MAX + 1)).toThrow(RamBlockError);
    expect(() => ram.ramResize(MAX + 1)).toThrow(
      "0x11000 bytes of RAM are more than its maxSize, 0x10000",
    );
    const plain = machine.ram({ name: "plain", size: 2 * PAGE });
    for (const size of [PAGE, 3 * PAGE]) {
      expect(() => plain.ramResize(size)).toThrow("machine.resizeableRam()");
      expect(() => plain.ramResize(size)).toThrow(
        expect.objectContaining({ rule: "ram-not-resizeable" }),
      );
    }
    expect([ram.size, block.usedLength, plain.size, told]).toEqual([
      BigInt(PAGE),
      PAGE,
      BigInt(2 * PAGE),
      [],
    ]);
  });

  it.each([{ sparse: true }, { sparse: false }])("agrees with a plain model, %o", (options) => {
    const step = fc.oneof(
      fc.record({ size: fc.integer({ min: 1, max: MAX + PAGE }) }),
      fc.record({ at: fc.integer({ min: 0, max: MAX }), value: fc.integer({ max: 255 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { ram, block, told, space } = build(PAGE, options);
        const bytes = new Uint8Array(MAX);
        let size = PAGE;
        let calls = 0;
        const found: unknown[] = [];
        const wanted: unknown[] = [];
        for (const one of steps) {
          if ("at" in one) {
            found.push(space.write(one.at, new Uint8Array([one.value])));
            wanted.push(one.at < size ? MemTxResult.OK : MemTxResult.DECODE_ERROR);
            if (one.at < size) bytes[one.at] = one.value;
          } else {
            found.push(outcome(() => ram.ramResize(one.size)));
            wanted.push(one.size > MAX ? "ram-max-size" : "done");
            if (one.size <= MAX && one.size !== size) calls++;
            if (one.size <= MAX) size = one.size;
          }
          found.push([ram.size, told.length, block.usedLength]);
          wanted.push([BigInt(size), calls, Math.ceil(size / PAGE) * PAGE]);
        }
        expect(found).toEqual(wanted);
        const into = new Uint8Array(size);
        expect(space.read(0, into)).toBe(MemTxResult.OK);
        expect(into.findIndex((byte, i) => byte !== bytes[i])).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });
});

describe("marks on memory", () => {
  it("protected RAM is marked, and accessed like any other", () => {
    const machine = new Machine();
    const ram = machine.ram({ name: "secret", size: PAGE, protected: true });
    const space = machine.addressSpace(ram, "cpu");
    expect(ram.ramBlock?.isProtected).toBe(true);
    expect(space.write(0, new Uint8Array([5]))).toBe(MemTxResult.OK);
    expect(ram.ramBytes(0, 1)[0]).toBe(5);
  });

  it("a RAM device is reached through accesses of its guest's sizes, in every order and alignment", () => {
    const machine = new Machine();
    const memory = new Uint8Array(PAGE);
    const device = machine.ramDevice({ name: "bar", size: PAGE, memory });
    const space = machine.addressSpace(device, "cpu");
    expect([device.isRam, internalsOf(device).isRamDevice, device.directRead]).toEqual([
      true,
      true,
      false,
    ]);
    expect(space.lookup(0).region.directRead).toBe(false);
    const data = Uint8Array.from({ length: 13 }, (_, i) => i + 1);
    expect(space.write(3, data)).toBe(MemTxResult.OK);
    expect(memory.subarray(3, 16)).toEqual(data);
    const into = new Uint8Array(13);
    expect(space.read(3, into)).toBe(MemTxResult.OK);
    expect(into).toEqual(data);
    const mapping = space.map(0, 16, { isWrite: false });
    expect(mapping?.isBounce).toBe(true);
    mapping?.unmap();
    expect(space.read(PAGE - 1, new Uint8Array(2))).toBe(MemTxResult.DECODE_ERROR);
  });
});
