import { inspected } from "@mem/common";
import { MemTxResult } from "@mem/core";
import {
  array,
  bytes,
  defineLayout,
  i16be,
  i8,
  MemoryRegionCache,
  TxStatus,
  u16le,
  u8,
} from "@mem/ldst";
import { describe, expect, it } from "vitest";
import { makeMachine } from "./machine.js";

/** What `JSON.stringify` writes of a value, read back. */
const data = (shown: unknown): unknown => JSON.parse(JSON.stringify(shown));

describe("the data of a cache", () => {
  it("are where it reaches, and how", () => {
    const { ram, space } = makeMachine();
    ram(0x1000);
    using cache = new MemoryRegionCache(space, 0x1010, 0x40, true);
    const reached = { length: 0x40, region: "ram", offset: "0x10" };
    expect(data(cache)).toEqual({ address: "0x1010", ...reached, isWrite: true, isDirect: true });
    cache.destroy();
    expect(data(cache)).toMatchObject({ address: null, region: null, offset: null });
  });

  it("say of a device that it is asked at each access", () => {
    const { mmio, space } = makeMachine();
    mmio(0x1000, { read: () => 0, write() {} });
    using cache = new MemoryRegionCache(space, 0x1000, 4, false);
    expect(data(cache)).toMatchObject({ region: "io", isWrite: false, isDirect: false });
  });
});

describe("the data of a status", () => {
  it("are the bits and their names", () => {
    const status = new TxStatus();
    expect(data(status)).toEqual({ result: 0, bits: "OK" });
    status.result = MemTxResult.ERROR | MemTxResult.DECODE_ERROR;
    expect(data(status)).toEqual({ result: 3, bits: "ERROR|DECODE_ERROR" });
  });
});

describe("structures as they are shown", () => {
  const PACKET = defineLayout({
    kind: u8,
    delta: i8,
    level: i16be,
    tags: array(u8, 20),
    body: bytes(17),
    ports: array(u16le, 2),
  });

  it("have values of every width and sign, and the first of many", () => {
    const { ram, bus } = makeMachine();
    ram(0);
    const packet = PACKET.view(bus, 0x100);
    packet.assign({
      kind: 200,
      delta: -3,
      level: -400,
      tags: Array.from({ length: 20 }, (_, i) => i),
      body: new Uint8Array(17).fill(0xab),
      ports: [80, 443],
    });
    const first16 = Array.from({ length: 16 }, (_, i) => i).join(", ");
    expect(inspected(packet).split("\n").slice(1)).toEqual([
      "  kind 1 byte(s) = 200",
      "  delta 1 byte(s) = -3",
      "  level 2 byte(s) = -400",
      `  tags 20 byte(s) = [${first16}, …]`,
      `  body 17 byte(s) = ${Array(16).fill("ab").join(" ")} …`,
      "  ports 4 byte(s) = [80, 443]",
    ]);
    expect(data(packet)).toMatchObject({
      fields: { kind: 200, delta: -3, level: -400, ports: [80, 443] },
    });
  });

  it("have no values where memory begins inside them", () => {
    const { root, machine, bus } = makeMachine();
    root.addSubregion(0x104, machine.ram({ name: "high", size: 0x1000 }));
    expect(inspected(PACKET.view(bus, 0x100)).split("\n")[1]).toBe("  kind 1 byte(s)");
  });
});
