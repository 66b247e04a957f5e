import assert from "node:assert/strict";
import { test } from "node:test";
import { makeConsole } from "./map.js";

test("RAM is seen four times", () => {
  const { bus } = makeConsole(new Uint8Array(0x4000), () => {});
  bus.store(0x0012, 1, 42);
  assert.deepEqual(
    [0x0812, 0x1012, 0x1812].map((address) => bus.load(address, 1)),
    [42, 42, 42],
  );
});

test("a store to the cartridge chooses a bank", () => {
  const image = new Uint8Array(0xc000).map((_, offset) => Math.floor(offset / 0x4000));
  const { bus } = makeConsole(image, () => {});
  bus.store(0x8000, 1, 1);
  assert.deepEqual([bus.load(0x8000, 1), bus.load(0xc000, 1)], [1, 2]);
});

test("the port prints", () => {
  const sent = [];
  const { bus } = makeConsole(new Uint8Array(0x4000), (byte) => sent.push(byte));
  bus.store(0x4000, 1, 0x41);
  assert.deepEqual(sent, [0x41]);
});
