import { describe, expect, it } from "vitest";
import { emptyRecords, runOnHost, whyNoOracle } from "./host.js";
import { Signal } from "./record.js";

const why = whyNoOracle("sse2");
if (why !== null) console.log(`the host's processor is not asked: ${why}`);

describe.skipIf(why !== null)("the host's processor as an oracle", () => {
  it("executes instructions one by one, and tells of signals", () => {
    const { bytes, records } = emptyRecords(100);
    for (const [k, record] of records.entries()) {
      record.instruction = k % 3 === 0 ? [0x01, 0xc1] : k % 3 === 1 ? [0x0f, 0x0b] : [0xff, 0xe0];
      record.setRegister(0, 0xffffffffn);
      record.setRegister(1, BigInt(k));
      record.xmm(15).fill(k);
    }
    const after = runOnHost(bytes);
    after.forEach((record, k) => {
      expect(record.xmm(15)[3]).toBe(k);
      expect(record.signal).toBe([Signal.NONE, Signal.ILL, Signal.SEGV][k % 3]);
      if (k % 3 !== 0) return;
      expect(record.register(1)).toBe(k === 0 ? 0xffffffffn : BigInt(k - 1));
      expect((record.flags & 1) !== 0).toBe(k !== 0);
    });
  });
});
