import { CodeWriter } from "@mem/wasm-emit";
import { expect, it } from "vitest";
import { KernelTable } from "../src/engine/kernel-table.js";
import { Modules } from "../src/engine/modules.js";
import type { UnitCalls } from "../src/engine/unit-calls.js";

const nothing = (): number => 0;
const CALLS: UnitCalls = {
  miss: nothing,
  longMiss: nothing,
  interpret: nothing,
  calm: nothing,
  step: nothing,
  segment: nothing,
  input: nothing,
  output: nothing,
  load: nothing,
  store: nothing,
  ownFlags: nothing,
  flagResult: nothing,
  flagRest: nothing,
  entered: () => {},
};

/** A unit that answers a number. */
function unit(slot: number, answer: number) {
  const code = new CodeWriter(16);
  code.begin(0);
  code.i32Const(answer);
  return { body: code.finish(), slot, live: true };
}

it("does not keep dead units among those that live on", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const kernels = new KernelTable(() => nothing);
  const modules = new Modules(memory, 8192, CALLS, kernels);
  const units = [];
  let most = 0;
  for (let batch = 0; batch < 2000; batch++) {
    const added = Array.from({ length: 4 }, (_none, k) => unit(4 * batch + k, 4 * batch + k));
    modules.add(added);
    units.push(...added);
    // All but one in a hundred die after a while, when they are in modules with others.
    for (const dead of units.slice(
      Math.max(0, 4 * (batch - 600)),
      Math.max(0, 4 * (batch - 599)),
    )) {
      if (dead.slot % 100 === 0) continue;
      dead.live = false;
      modules.drop(dead.slot);
    }
    most = Math.max(most, modules.held);
  }
  const lasting = units.filter(({ live }) => live);
  for (const { slot } of lasting) expect(modules.enter(slot)).toBe(slot);
  expect(most).toBeLessThan(2 * lasting.length);
});
