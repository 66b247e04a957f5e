import { AccessTrace } from "@mem/flat";
import { describe, expect, it } from "vitest";
import { makeMachine, QUADS, WORDS } from "./machine.js";

const VALUE = 0x8877_6655_4433_22f1n;

describe("a bus whose accesses are traced", () => {
  it.each([...WORDS, ...QUADS])(
    "answers the same to $load and $store, and each is one event",
    ({ bits, load, store }) => {
      const [plain, traced] = [makeMachine(), makeMachine()];
      const at = 0x1003;
      const memories = [plain, traced].map(({ ram }) => ram(0x1000).ramBytes());
      const seen: string[] = [];
      const { space } = traced.bus;
      using trace = new AccessTrace(space);
      trace.on(({ type, address, size, value }) => {
        seen.push(`${type} ${address} ${size} ${BigInt.asUintN(bits, BigInt(value ?? 0))}`);
      });
      for (const { bus } of [plain, traced]) {
        if (bits === 64) (bus[store] as (at: number, value: bigint) => void)(at, VALUE);
        else (bus[store] as (at: number, value: number) => void)(at, Number(VALUE & 0xffff_ffffn));
      }
      expect([...(memories[1] ?? [])]).toEqual([...(memories[0] ?? [])]);
      expect(traced.bus[load](at)).toBe(plain.bus[load](at));
      // Events have values in ascending bytes, whatever order the program asked for.
      const stored = [...(memories[1] ?? [])].slice(3, 3 + bits / 8);
      const value = stored.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
      expect(seen).toEqual([`write ${at} ${bits / 8} ${value}`, `read ${at} ${bits / 8} ${value}`]);
    },
  );
});
