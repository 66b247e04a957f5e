import { beforeEach, describe, expect, it } from "vitest";
import { MICRO_PROGRAMS } from "../../bench/micro/programs.js";
import { checksumsOf, microMissing } from "./checksums.js";

const missing = microMissing();

describe("micro programs", () => {
  beforeEach((context) => context.skip(missing !== null, missing ?? ""));

  it("are 31 in protected mode and 24 in long mode", () => {
    const count = (bits: number): number => MICRO_PROGRAMS.filter((p) => p.bits === bits).length;
    expect([count(32), count(64)]).toEqual([31, 24]);
  });

  it.each(MICRO_PROGRAMS)(
    "$name of $bits bits has QEMU's checksum, interpreted and translated",
    { timeout: 120_000 },
    (program) => {
      const [qemus, ...ours] = checksumsOf(program);
      expect(ours).toEqual([qemus, qemus]);
    },
  );
});
