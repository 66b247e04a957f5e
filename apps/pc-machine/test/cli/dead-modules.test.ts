import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { collectDeadModules } from "../../src/cli/run/dead-modules.js";

const MIB = 1 << 20;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("asks for a collection each time that much has been compiled", () => {
  let compiled = 0;
  let collections = 0;
  const collecting = collectDeadModules(
    () => compiled,
    () => collections++,
  );
  const seen: number[] = [];
  for (const more of [0, 63, 1, 63, 0, 200, 10]) {
    compiled += more * MIB;
    vi.advanceTimersByTime(1000);
    seen.push(collections);
  }
  expect(seen).toEqual([0, 0, 1, 1, 1, 2, 2]);
  collecting[Symbol.dispose]();
  compiled += 1000 * MIB;
  vi.advanceTimersByTime(1000);
  expect(collections).toBe(2);
});

it("has V8 collect what nothing holds", async () => {
  vi.useRealTimers();
  let compiled = 0;
  let isGone = false;
  const registry = new FinalizationRegistry(() => (isGone = true));
  registry.register({ big: new Array(1000) }, "it");
  using _ = collectDeadModules(() => (compiled += 65 * MIB));
  while (!isGone) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isGone).toBe(true);
});
