import { inspected } from "@mem/common";
import { Data64 } from "@mem/core";
import { describe, expect, it } from "vitest";
import { CopiedBytes } from "../src/inspect/copied-bytes.js";
import { QUADS, valueOf, WORDS } from "./machine.js";

function copied() {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => 0xf0 ^ (37 * i));
  return { bytes, copy: new CopiedBytes(bytes) };
}

describe("a copy of bytes", () => {
  it.each(WORDS)("has $bits bits, $order, as memory has them", ({ bits, order, load, store }) => {
    const { bytes, copy } = copied();
    for (const at of [0, 1, 3, 8]) {
      const there = bytes.subarray(at, at + bits / 8);
      expect(copy[load](at)).toBe(Number(valueOf(there, order)));
      copy[store](at, 0x8123_4567);
      expect(valueOf(there, order)).toBe(BigInt.asUintN(bits, 0x8123_4567n));
    }
  });

  it.each(QUADS)("has $bits bits, $order, as memory has them", ({ order, load, store }) => {
    const { bytes, copy } = copied();
    for (const at of [0, 5]) {
      const there = bytes.subarray(at, at + 8);
      expect(copy[load](at)).toBe(valueOf(there, order));
      copy[store](at, 0x8123_4567_89ab_cdefn);
      expect(valueOf(there, order)).toBe(0x8123_4567_89ab_cdefn);
    }
  });

  it("has 64 bits as two halves, and runs of bytes", () => {
    const { bytes, copy } = copied();
    const halves = new Data64();
    copy.ld64leInto(3, halves);
    expect(halves.value64).toBe(valueOf(bytes.subarray(3, 11), "little"));
    copy.st64beFrom(8, halves);
    expect(valueOf(bytes.subarray(8, 16), "big")).toBe(halves.value64);
    copy.write(20, Uint8Array.of(1, 2, 3));
    const read = new Uint8Array(4);
    copy.read(19, read);
    expect([...read]).toEqual([bytes[19], 1, 2, 3]);
    expect(inspected(copy)).toBe("CopiedBytes");
  });
});
