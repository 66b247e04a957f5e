import { Data64, type Endianness, memOp, MemorySystem, MEMTXATTRS_UNSPECIFIED } from "@mem/core";
import { internalsOf } from "../src/plumbing.js";
import { fastMmioRead, fastMmioWrite, NOT_FAST } from "@mem/core/plumbing";
import { describe, expect, it } from "vitest";

describe("the short way to a device", () => {
  it("moves what the general one does, in each byte order and size", () => {
    const machine = new MemorySystem();
    const attrs = MEMTXATTRS_UNSPECIFIED;
    const data = new Data64();
    for (const endianness of ["little", "big", "native"] as const satisfies Endianness[]) {
      const written: string[] = [];
      const device = {
        seed: 0x89abcdef,
        endianness,
        read(offset: number, size: number) {
          return this.seed + offset * size;
        },
        write(offset: number, value: number, size: number) {
          written.push(`${offset} ${value} ${size} ${this.seed}`);
        },
      };
      const region = machine.mmio({ name: endianness, size: 64, ...device });
      const { ops } = internalsOf(region);
      if (!ops) throw new Error("no callbacks");
      for (const size of [1, 2, 4]) {
        for (const offset of [0, 8, 12]) {
          const fast = fastMmioRead(internalsOf(region), offset, size, attrs);
          expect(region.dispatchRead(offset, memOp(size, "little"), data)).toBe(0);
          data.truncate(size);
          expect(fast).toBe(data.lo);
          const value = 0x91827364 % 256 ** size;
          expect(fastMmioWrite(internalsOf(region), offset, value, size, attrs)).toBe(0);
          data.value = value;
          expect(region.dispatchWrite(offset, memOp(size, "little"), data)).toBe(0);
          const [short, general] = written.splice(0);
          expect(short).toBe(general);
        }
      }
      expect(fastMmioRead(internalsOf(region), 1, 2, attrs)).toBe(NOT_FAST);
      expect(fastMmioRead(internalsOf(region), 0, 8, attrs)).toBe(NOT_FAST);
    }
  });
});
