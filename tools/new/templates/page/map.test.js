import assert from "node:assert/strict";
import { test } from "node:test";
import { makeMap } from "./map.js";

test("the window shows the bank that was chosen", () => {
  const map = makeMap();
  map.selectBank(3);
  assert.equal(map.bus.lookup(0x8000).offset, 0x6000);
});

test("the picture has all that is seen", () => {
  const svg = makeMap().draw();
  for (const name of ["ram", "window", "display"]) assert.ok(svg.includes(`>${name}<`), name);
});
