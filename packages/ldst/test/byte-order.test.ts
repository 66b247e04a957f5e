import { AddressError, RegionOptionsError } from "@mem/core";
import { loadBytes, storeBytes } from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { valueOf } from "./machine.js";

const ORDERS = ["little", "big", "native"] as const;

describe("values in a buffer", () => {
  it.each(ORDERS)("are loaded and stored, %s", (order) => {
    const memory = Uint8Array.from({ length: 32 }, (_, i) => i * 7 + 3);
    const bytes = memory.subarray(1);
    for (const size of [1, 2, 4] as const) {
      expect(BigInt(loadBytes(bytes, 5, size, order))).toBe(
        valueOf(bytes.subarray(5, 5 + size), order),
      );
      storeBytes(bytes, 5, size, 0x1_f2e3_d4c5, order);
      expect(loadBytes(bytes, 5, size, order)).toBe(0xf2e3_d4c5 % 2 ** (8 * size));
    }
    expect(loadBytes(bytes, 9, 8, order)).toBe(valueOf(bytes.subarray(9, 17), order));
    storeBytes(bytes, 9, 8, -2n, order);
    expect(loadBytes(bytes, 9, 8, order)).toBe(2n ** 64n - 2n);
  });

  it("must lie within it", () => {
    const bytes = new Uint8Array(8);
    expect(loadBytes(bytes, 0, 8)).toBe(0n);
    for (const offset of [1, -1, 0.5, Number.NaN]) {
      expect(() => loadBytes(bytes, offset, 8)).toThrow(AddressError);
      expect(() => storeBytes(bytes, offset, 8, 1n)).toThrow(AddressError);
    }
    expect(() => storeBytes(bytes, 7, 2, 1)).toThrow("leave a buffer of 8 bytes");
    expect([...bytes]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("have 1, 2, 4 or 8 bytes", () => {
    const size = 3 as 4;
    expect(() => loadBytes(new Uint8Array(8), 0, size)).toThrow(RegionOptionsError);
  });
});
