import { Random } from "@mem/common";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Disassembler } from "../src/index.js";

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/**
 * What QEMU 7.2's monitor printed for these bytes at these addresses. Left out is what it misreads:
 * mandatory prefixes in 16-bit code, ENTER's operands as negative numbers, jumps of 16 bits elsewhere.
 */
function recorded(
  bits: number,
): readonly (readonly [address: string, hex: string, text: string])[] {
  const url = new URL(`recorded/disassembly.${bits}.txt`, import.meta.url);
  const lines = readFileSync(url, "utf8").trim().split("\n");
  return lines.map((line) => {
    const [, address = "", hex = "", text = ""] = /^(\S+) (\S+) (.*)$/.exec(line) ?? [];
    return [address, hex, text];
  });
}

describe("the disassembler", () => {
  const disassembler = new Disassembler();

  it.each([16, 32, 64] as const)("prints code of %i bits as QEMU's monitor does", (bits) => {
    const rows = recorded(bits);
    expect(rows.length).toBeGreaterThan(500);
    for (const [address, hex, text] of rows) {
      const one = disassembler.one(bytesOf(hex), { bits, address: BigInt(`0x${address}`) });
      expect(`${hex} ${one?.text}`).toBe(`${hex} ${text}`);
      expect(one?.length).toBe(hex.length / 2);
    }
  });

  it("goes from one instruction to the next, and byte by byte where there is none", () => {
    const code = bytesOf("b834128ff8cd10");
    const lines = [...disassembler.disassemble(code, { bits: 16, address: 0x7c00n })];
    expect(lines.map(({ address, text }) => [Number(address), text])).toEqual([
      [0x7c00, "movw     $0x1234, %ax"],
      [0x7c03, ".byte    0x8f"],
      [0x7c04, "clc"],
      [0x7c05, "int      $0x10"],
    ]);
    expect(disassembler.one(new Uint8Array(), { bits: 32 })).toBe(null);
  });

  it("takes no more bytes than an instruction may have, whatever they are", () => {
    const random = new Random(1);
    for (let n = 0; n < 3000; n++) {
      const bytes = Uint8Array.from({ length: 16 }, () => random.below(256));
      for (const bits of [16, 32, 64] as const) {
        const one = disassembler.one(bytes, { bits });
        expect(one?.length).toBeGreaterThan(0);
        expect(one?.length).toBeLessThanOrEqual(15);
      }
    }
    expect(disassembler.one(new Uint8Array(16).fill(0x66), { bits: 32 })?.length).toBe(1);
  });
});
