import { beforeEach, describe, expect, it } from "vitest";
import { MICRO_PROGRAMS } from "../../bench/micro/programs.js";
import { checksumsOf, microMissing } from "./checksums.js";

const missing = microMissing();
/** The shipped suite has all of them. */
const EACH = 8;

describe("micro programs", () => {
  beforeEach((context) => context.skip(missing !== null, missing ?? ""));

  it.each(MICRO_PROGRAMS.filter(({ number }) => number % EACH === 0))(
    "$name of $bits bits has QEMU's checksum, interpreted and translated",
    (program) => {
      const [qemus, ...ours] = checksumsOf(program);
      expect(ours).toEqual([qemus, qemus]);
    },
  );
});
