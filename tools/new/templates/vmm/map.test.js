import assert from "node:assert/strict";
import { test } from "node:test";
import { GiB } from "@mem/flat";
import { addDevice, makeMap } from "./map.js";
import { followSlots } from "./slots.js";

test("RAM goes on above 4 GiB", () => {
  const { slots } = followSlots(makeMap(4 * GiB).memory, () => {});
  assert.deepEqual(
    [...slots].map(([address, { size }]) => [Number(address) / GiB, Number(size) / GiB]),
    [
      [0, 3],
      [4, 1],
    ],
  );
});

test("slots follow the map", () => {
  const map = makeMap(1 * GiB);
  const { slots, end } = followSlots(map.memory, () => {});
  const rom = map.machine.rom({ name: "rom", size: 0x10000 });
  map.system.addSubregion(0xf0000, rom, { priority: 1 });
  assert.equal(slots.size, 3);
  assert.equal(slots.get(0xf0000n).readonly, true);
  rom.enabled = false;
  assert.equal(slots.size, 1);
  end();
  assert.equal(slots.size, 0);
});

test("a doorbell rings", () => {
  const map = makeMap(1 * GiB);
  let rings = 0;
  addDevice(map, 0, () => {
    rings++;
  });
  map.memory.store(0xe000_0000, 4, 1);
  assert.equal(rings, 1);
});
