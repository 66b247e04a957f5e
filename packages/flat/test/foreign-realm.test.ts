import { runInNewContext } from "node:vm";
import { MemTxResult } from "@mem/core";
import { Machine } from "@mem/flat";
import { describe, expect, it } from "vitest";

describe("a Uint8Array of another realm", () => {
  const foreign = runInNewContext("Uint8Array.of(1, 2, 3, 4)") as Uint8Array;

  it("is read into and written from", () => {
    const machine = new Machine();
    const bus = machine.addressSpace(machine.ram({ name: "ram", size: 4096 }), "cpu");
    expect(bus.write(0x10, foreign)).toBe(MemTxResult.OK);
    foreign.fill(0);
    expect(bus.read(0x10, foreign)).toBe(MemTxResult.OK);
    expect([...foreign]).toEqual([1, 2, 3, 4]);
  });

  it("is the memory of a region", () => {
    const machine = new Machine();
    const buffer = runInNewContext("new Uint8Array(new ArrayBuffer(8192), 4096)") as Uint8Array;
    const ram = machine.ram({ name: "ram", size: 4096, memory: buffer });
    machine.addressSpace(ram, "cpu").write(0, Uint8Array.of(7));
    expect(buffer[0]).toBe(7);
  });
});
