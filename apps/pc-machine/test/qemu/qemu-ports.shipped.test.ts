import { beforeEach, describe, expect, it } from "vitest";

import { seabiosMissing } from "../support/firmware.js";
import { findDivergence, formatDivergence, shrink } from "../support/machine-pair.js";
import { qemuMissing } from "../support/qemu-process.js";
import { PORT_GROUPS, RandomPorts } from "../support/random-ports.js";

const missing = qemuMissing() ?? seabiosMissing();
const SEEDS = Number(process.env["MEM_QEMU_SEEDS"] ?? 1);
const STEPS = Number(process.env["MEM_QEMU_STEPS"] ?? 200);
const OPTIONS = { serial: 2 };

describe("beside a running QEMU", () => {
  beforeEach((context) => context.skip(missing !== null, missing ?? ""));

  it.each(PORT_GROUPS)(
    "random accesses to the registers of %s read the same",
    async (group) => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const guest = new RandomPorts(seed, group);
        const steps = [guest.setUp(), ...Array.from({ length: STEPS }, () => guest.step())];
        const found = await findDivergence(steps, { ...OPTIONS, every: steps.length });
        const least = found === null ? null : await shrink(found, OPTIONS);
        expect(least === null ? "no difference" : formatDivergence(least)).toBe("no difference");
      }
    },
    600_000,
  );
});
