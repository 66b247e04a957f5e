import { describe, expect, it } from "vitest";
import { OpFields } from "../src/op-fields.js";

const op = new OpFields({
  op: "set_size",
  hex: "0x10",
  number: 16,
  all: "0xffffffffffffffff",
  yes: true,
  one: 1,
  zero: 0,
  nothing: null,
  data: "00ff",
  odd: "0",
});

describe("OpFields", () => {
  it("takes hex strings and numbers alike", () => {
    expect(op.address("hex")).toBe(16n);
    expect(op.address("number")).toBe(16n);
    expect(op.integer("hex")).toBe(16);
  });

  it("reads 2^64-1 as 2^64 where it is a size, and only there", () => {
    expect(op.size("all")).toBe(1n << 64n);
    expect(op.address("all")).toBe((1n << 64n) - 1n);
  });

  it("takes flags as booleans and as numbers", () => {
    expect([op.flag("yes"), op.flag("one"), op.flag("zero"), op.flag("absent")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it("treats null as absent", () => {
    expect(op.has("nothing")).toBe(false);
    expect(op.textOrNull("nothing")).toBeNull();
    expect(op.address("nothing", 5n)).toBe(5n);
  });

  it("decodes byte strings", () => {
    expect([...op.bytes("data")]).toEqual([0, 255]);
    expect(() => op.bytes("odd")).toThrow(RangeError);
  });

  it("names the field that is missing or wrong", () => {
    expect(() => op.address("absent")).toThrow('"absent"');
    expect(() => op.text("number")).toThrow('"number"');
    expect(() => op.list("hex")).toThrow('"hex"');
  });
});
