import { describe, expect, it } from "vitest";
import { sseRows } from "../../../src/operations/sse/rows.js";
import type { SseRow } from "../../../src/operations/sse/row.js";
import { OracleGuest } from "../guest.js";
import { emptyRecords, runOnHost, whyNoOracle } from "../host.js";
import { Operands } from "../operands.js";
import { areSame, OracleRecord, Parts, Signal } from "../record.js";
import { prepare, prepareOther } from "../sse-case.js";

/** Where the random numbers begin. */
const SEED = Number(process.env["MEM_X86_ORACLE_SEED"] ?? 1);
/** Only rows of this mnemonic. */
const ONLY = process.env["MEM_X86_ORACLE_ONLY"];
/** Records handed over at once. */
const BATCH = 20_000;

const why = whyNoOracle("sse4_2", "ssse3");
/** The architecture bounds the error of these, and processors differ. */
const APPROXIMATE = /^(rcp|rsqrt)/;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A case as text: what there was, and what came of it. */
function show(before: OracleRecord, outcome: Record<string, unknown>): string {
  return JSON.stringify({ code: hex(before.instruction), ...outcome });
}

/** The exception that a signal tells of, or -1. */
const VECTORS: Readonly<Record<number, number>> = {
  [Signal.FPE]: 19,
  [Signal.SEGV]: 13,
  [Signal.ILL]: 6,
};

/** What an instruction may change; flags are compared besides. */
const COMPARED = [
  ...Parts.narrowRegisters,
  ...Parts.mxcsr,
  ...Parts.mmx,
  ...Parts.narrowXmm,
  ...Parts.operand,
];

/** What came of an instruction, as texts. */
function outcome(record: OracleRecord, vector: number): Readonly<Record<string, string>> {
  const eight = (of: (n: number) => string): string =>
    Array.from({ length: 8 }, (_, n) => of(n)).join(" ");
  return {
    vector: `${vector}`,
    registers: eight((n) => (record.narrowRegister(n) >>> 0).toString(16)),
    flags: (record.flags & 0x8d5).toString(16),
    mxcsr: record.mxcsr.toString(16),
    xmm: eight((n) => hex(record.xmm(n))),
    mmx: eight((n) => hex(record.st(n).subarray(0, 8))),
    operand: hex(record.operand),
  };
}

/** Which instructions differ from the host, with an example of each. */
function compare(
  write: (record: OracleRecord, random: Operands, k: number) => string,
  count: number,
  seed: number,
): Map<string, string[]> {
  const random = new Operands(seed);
  const { bytes, records } = emptyRecords(count);
  const names = records.map((record, k) => write(record, random, k));
  const guest = new OracleGuest();
  const differing = new Map<string, string[]>();
  runOnHost(bytes).forEach((host, k) => {
    const record = records[k] as OracleRecord;
    const ours = new OracleRecord(record.bytes.slice(), 0);
    const vector = guest.run(ours);
    const expected = VECTORS[host.signal] ?? -1;
    const isFlags = ((ours.flags ^ host.flags) & 0x8d5) === 0;
    if (vector === expected && isFlags && areSame(ours, host, COMPARED)) return;
    const [theirs, mine] = [outcome(host, expected), outcome(ours, vector)];
    const keys = Object.keys(theirs).filter((key) => theirs[key] !== mine[key]);
    const pick = (of: Readonly<Record<string, string>>): string =>
      show(record, Object.fromEntries(keys.map((key) => [key, of[key]])));
    const name = names[k] as string;
    const given = `xmm ${Array.from({ length: 8 }, (_, n) => hex(record.xmm(n))).join(" ")} mem ${hex(record.operand.subarray(0, 32))} mxcsr ${record.mxcsr.toString(16)}`;
    const list = differing.get(name) ?? [];
    differing.set(name, list);
    list.push(`${name}: ${given}\n  host ${pick(theirs)}\n  here ${pick(mine)}`);
  });
  return differing;
}

/** Compares random cases of SSE instructions with what the host's processor does. */
export function declareSse(cases: number): void {
  if (why !== null) console.log(`SSE is not compared with the host's processor: ${why}`);
  describe.skipIf(why !== null)("SSE, as the host's processor has it", () => {
    const rows = sseRows().filter(
      (row) => !APPROXIMATE.test(row.mnemonic) && (ONLY === undefined || row.mnemonic === ONLY),
    );
    /** What differs, batch after batch, until something does. */
    const differences = (count: number, write: Parameters<typeof compare>[0]): string => {
      for (let done = 0; done < count; done += BATCH) {
        const differing = compare(write, Math.min(BATCH, count - done), SEED + done);
        const told = [...differing.values()].map((list) => `${list.length} x ${list[0]}`);
        if (told.length > 0) return told.join("\n");
      }
      return "";
    };
    it(`agrees in ${cases} random cases of the table`, { timeout: 3_600_000 }, () => {
      const told = differences(cases, (record, random, k) => {
        const row = rows[k % rows.length] as SseRow;
        prepare(row, random, record);
        return row.mnemonic;
      });
      expect(told).toBe("");
    });
    it("approximates as closely as the architecture asks for, and has its special cases", () => {
      const { bytes, records } = emptyRecords(Math.min(cases / 10, BATCH));
      const random = new Operands(SEED);
      const approximate = sseRows().filter((row) => APPROXIMATE.test(row.mnemonic));
      for (const [k, record] of records.entries()) {
        prepare(approximate[k % approximate.length] as SseRow, random, record);
        // From register 1 to register 0, with numbers that are normal more often than not.
        const code = [...record.instruction].slice(0, record.instruction[0] === 0x0f ? 2 : 3);
        record.instruction = [...code, 0xc1];
      }
      const guest = new OracleGuest();
      const wrong: string[] = [];
      const singles = (of: Uint8Array): Float32Array =>
        new Float32Array(Uint8Array.from(of.subarray(0, 16)).buffer);
      runOnHost(bytes).forEach((host, k) => {
        const record = records[k] as OracleRecord;
        const ours = new OracleRecord(record.bytes.slice(), 0);
        const name = (approximate[k % approximate.length] as SseRow).mnemonic;
        expect(guest.run(ours)).toBe(-1);
        expect(ours.mxcsr).toBe(host.mxcsr);
        const [mine, theirs, given] = [ours.xmm(0), host.xmm(0), record.xmm(1)].map(singles);
        mine?.forEach((value, lane) => {
          const other = theirs?.[lane] ?? 0;
          const x = given?.[lane] ?? 0;
          const exact = name.startsWith("rcp") ? 1 / x : 1 / Math.sqrt(x);
          const isNumber = Number.isFinite(exact) && Math.abs(exact) >= 2 ** -126;
          const isComputed = lane === 0 || name.endsWith("ps");
          const isSpecial = !isComputed || !isNumber || !Number.isFinite(other) || other === 0;
          const isGood = isSpecial
            ? Object.is(value, other)
            : Math.abs(value / exact - 1) <= 1.5 * 2 ** -12;
          if (!isGood) wrong.push(`${name} ${x}: ${value}, and ${other} on the host`);
        });
      });
      expect(wrong).toEqual([]);
    });
    it(`agrees in ${cases / 10} cases beside the table`, { timeout: 3_600_000 }, () => {
      const told = differences(cases / 10, (record, random) => prepareOther(random, record));
      expect(told).toBe("");
    });
  });
}
