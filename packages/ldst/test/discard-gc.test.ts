import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { GiB, RAM_CHUNK_BYTES } from "@mem/core";
import { Machine } from "@mem/flat";
import { Bus } from "@mem/ldst";
import { expect, it } from "vitest";

const CHUNK = RAM_CHUNK_BYTES;

it("sparse memory that is discarded goes back to the host", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const machine = new Machine();
  const ram = machine.ram({ name: "ram", size: GiB, sparse: true });
  const bus = new Bus(machine.addressSpace(ram, "cpu"));
  for (let at = 0; at < 100 * CHUNK; at += CHUNK) ram.ramBytes(at, CHUNK).fill(1);
  collect();
  const full = process.memoryUsage().arrayBuffers;
  expect(bus.ld8(5 * CHUNK)).toBe(1);
  ram.ramBlock?.discard(0, GiB);
  // A buffer that was looked at lives until the end of the turn; sweeping takes several.
  let freed = 0;
  for (let tries = 0; tries < 200 && freed < 90 * CHUNK; tries++) {
    await setImmediate();
    collect();
    freed = full - process.memoryUsage().arrayBuffers;
  }
  expect(freed).toBeGreaterThanOrEqual(90 * CHUNK);
});
