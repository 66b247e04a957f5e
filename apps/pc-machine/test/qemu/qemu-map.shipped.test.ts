import { readFileSync, writeFileSync } from "node:fs";

import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { MIB } from "../support/board-rig.js";
import { seabiosMissing } from "../support/firmware.js";
import { formatStep, type Step } from "../support/guest-access.js";
import { findDivergence, formatDivergence, shrink } from "../support/machine-pair.js";
import { EMPTY_ROMS, type PairOptions, pcOptions } from "../support/pair-options.js";
import { qemuMissing } from "../support/qemu-process.js";
import { RandomGuest } from "../support/random-guest.js";
import { SteppedRig } from "../support/stepped-rig.js";

const missing = qemuMissing() ?? seabiosMissing();
/** More of the same: how many seeds, from which on, and how many steps each. */
const SEEDS = Number(process.env["MEM_QEMU_SEEDS"] ?? 6);
const FIRST_SEED = Number(process.env["MEM_QEMU_FIRST_SEED"] ?? 1);
const STEPS = Number(process.env["MEM_QEMU_STEPS"] ?? 100);
const EVERY = 4;

/** Boards that the seeds take in turn. */
const BOARDS: readonly PairOptions[] = [
  {},
  { ramMib: 6144 },
  {},
  {
    serial: 2,
    drives: [
      { kind: "disk", bytes: 64 * MIB },
      { kind: "cdrom", bytes: MIB },
    ],
  },
  { devices: ["virtio-keyboard-pci", "virtio-scsi-pci"] },
  { vga: false },
];

/** For each seed, what the map was each time QEMU's was the same. MEM_QEMU_RECORD=1 writes it. */
const RECORDING = new URL("../fixtures/qemu-random-guest.json", import.meta.url);
const IS_RECORDING = process.env["MEM_QEMU_RECORD"] === "1";

function boardOf(seed: number): PairOptions {
  return BOARDS[seed % BOARDS.length] ?? {};
}

function stepsOf(seed: number, count: number): Step[] {
  const guest = new RandomGuest(seed);
  return Array.from({ length: count }, () => guest.step());
}

describe("beside a running QEMU", () => {
  beforeEach((context) => context.skip(missing !== null, missing ?? ""));

  const recording: Record<string, string[]> = {};

  afterAll(() => {
    if (IS_RECORDING) {
      writeFileSync(RECORDING, `${JSON.stringify(recording, null, 2)}\n`);
    }
  });

  it.each(Array.from({ length: SEEDS }, (_unused, index) => FIRST_SEED + index))(
    "a random guest sees the same memory map (seed %i)",
    async (seed) => {
      const options = boardOf(seed);
      const digests: string[] = [];
      const agreed = (ours: SteppedRig): void => void digests.push(ours.digest());
      const found = await findDivergence(stepsOf(seed, STEPS), {
        ...options,
        every: EVERY,
        agreed,
      });
      const least = found === null ? null : await shrink(found, options);
      expect(least === null ? "no difference" : formatDivergence(least)).toBe("no difference");
      recording[seed] = digests;
    },
    600_000,
  );
});

describe("as recorded beside QEMU", () => {
  const recording: Readonly<Record<string, readonly string[]>> = JSON.parse(
    readFileSync(RECORDING, "utf8"),
  );

  it.each(Object.entries(recording))(
    "a random guest sees the same memory map (seed %s)",
    (seed, digests) => {
      const ours = new SteppedRig(pcOptions(boardOf(Number(seed)), EMPTY_ROMS));
      const steps = stepsOf(Number(seed), digests.length * EVERY);
      const wrong = digests.findIndex((digest, index) => {
        for (const step of steps.slice(index * EVERY, (index + 1) * EVERY)) {
          step.accesses.forEach((access) => ours.access(access));
          ours.settle(step);
        }
        return ours.digest() !== digest;
      });
      const suspects = wrong < 0 ? [] : steps.slice(wrong * EVERY, (wrong + 1) * EVERY);
      expect(suspects.map(formatStep)).toEqual([]);
    },
  );
});
