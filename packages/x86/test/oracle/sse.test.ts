import { describe, expect, it } from "vitest";
import { sseRows } from "../../src/operations/sse/rows.js";
import type { SseRow } from "../../src/operations/sse/row.js";
import { GuestRunner } from "./guest-runner.js";
import type { Outcome } from "./guest-runner.js";
import { emptyRecords, runOnHost, whyNoOracle } from "./host.js";
import { Random } from "./random.js";
import type { OracleRecord } from "./record.js";
import { Signal } from "./record.js";
import { prepare, prepareOther } from "./sse-case.js";

/** Cases in all; MEM_X86_ORACLE=1000000 is the long form, MEM_X86_ORACLE_SEED another beginning. */
const CASES = Number(process.env["MEM_X86_ORACLE"] ?? 20_000);
const SEED = Number(process.env["MEM_X86_ORACLE_SEED"] ?? 1);
/** Only rows of this mnemonic. */
const ONLY = process.env["MEM_X86_ORACLE_ONLY"];
/** Records handed over at once. */
const BATCH = 20_000;

const why = whyNoOracle("sse4_2", "ssse3");
if (why !== null) console.log(`SSE is not compared with the host's processor: ${why}`);

/** The architecture bounds the error of these, and processors differ. */
const APPROXIMATE = /^(rcp|rsqrt)/;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A case as text: what there was, and what came of it. */
function show(before: OracleRecord, outcome: Record<string, unknown>): string {
  return JSON.stringify({ code: hex(before.instruction), ...outcome });
}

function ofHost(record: OracleRecord): Record<string, unknown> {
  const vector = { [Signal.FPE]: 19, [Signal.SEGV]: 13, [Signal.ILL]: 6 }[record.signal] ?? -1;
  return {
    vector,
    registers: Array.from({ length: 8 }, (_, n) => Number(record.register(n) & 0xffffffffn)),
    flags: record.flags & 0x8d5,
    mxcsr: record.mxcsr.toString(16),
    xmm: Array.from({ length: 8 }, (_, n) => hex(record.xmm(n))),
    mmx: Array.from({ length: 8 }, (_, n) => hex(record.st(n).subarray(0, 8))),
    operand: hex(record.operand.subarray(0, 64)),
  };
}
function ofGuest(outcome: Outcome, before: OracleRecord): Record<string, unknown> {
  const registers = [...outcome.registers];
  // An exception changes the stack.
  if (outcome.vector >= 0) registers[4] = Number(before.register(4));
  return {
    vector: outcome.vector,
    registers,
    flags: outcome.vector >= 0 ? before.flags & 0x8d5 : outcome.flags,
    mxcsr: outcome.mxcsr.toString(16),
    xmm: Array.from({ length: 8 }, (_, n) => hex(outcome.xmm.subarray(16 * n, 16 * n + 16))),
    mmx: outcome.mmx.map(hex),
    operand: hex(outcome.operand.subarray(0, 64)),
  };
}

/** Which instructions differ from the host, with an example of each. */
function compare(
  write: (record: OracleRecord, random: Random, k: number) => string,
  count: number,
  seed: number,
): Map<string, string[]> {
  const random = new Random(seed);
  const { bytes, records } = emptyRecords(count);
  const names = records.map((record, k) => write(record, random, k));
  const guest = new GuestRunner();
  const differing = new Map<string, string[]>();
  runOnHost(bytes).forEach((host, k) => {
    const record = records[k] as OracleRecord;
    const theirs = ofHost(host);
    const ours = ofGuest(guest.run(record), record);
    const keys = Object.keys(theirs).filter(
      (key) => JSON.stringify(theirs[key]) !== JSON.stringify(ours[key]),
    );
    if (keys.length === 0) return;
    const pick = (of: Record<string, unknown>): string =>
      show(record, Object.fromEntries(keys.map((key) => [key, of[key]])));
    const name = names[k] as string;
    const given = `xmm ${Array.from({ length: 8 }, (_, n) => hex(record.xmm(n))).join(" ")} mem ${hex(record.operand.subarray(0, 32))} mxcsr ${record.mxcsr.toString(16)}`;
    const list = differing.get(name) ?? [];
    differing.set(name, list);
    list.push(`${name}: ${given}\n  host ${pick(theirs)}\n  here ${pick(ours)}`);
  });
  return differing;
}

describe.skipIf(why !== null)("SSE, as the host's processor has it", () => {
  const rows = sseRows().filter(
    (row) => !APPROXIMATE.test(row.mnemonic) && (ONLY === undefined || row.mnemonic === ONLY),
  );
  /** What differs, batch after batch, until something does. */
  const differences = (cases: number, write: Parameters<typeof compare>[0]): string => {
    for (let done = 0; done < cases; done += BATCH) {
      const differing = compare(write, Math.min(BATCH, cases - done), SEED + done);
      const told = [...differing.values()].map((list) => `${list.length} x ${list[0]}`);
      if (told.length > 0) return told.join("\n");
    }
    return "";
  };
  it(`agrees in ${CASES} random cases of the table`, { timeout: 3_600_000 }, () => {
    const told = differences(CASES, (record, random, k) => {
      const row = rows[k % rows.length] as SseRow;
      prepare(row, random, record);
      return row.mnemonic;
    });
    expect(told).toBe("");
  });
  it("approximates as closely as the architecture asks for, and has its special cases", () => {
    const { bytes, records } = emptyRecords(Math.min(CASES / 10, BATCH));
    const random = new Random(SEED);
    const approximate = sseRows().filter((row) => APPROXIMATE.test(row.mnemonic));
    for (const [k, record] of records.entries()) {
      prepare(approximate[k % approximate.length] as SseRow, random, record);
      // From register 1 to register 0, with numbers that are normal more often than not.
      const code = [...record.instruction].slice(0, record.instruction[0] === 0x0f ? 2 : 3);
      record.instruction = [...code, 0xc1];
    }
    const guest = new GuestRunner();
    const wrong: string[] = [];
    const singles = (of: Uint8Array): Float32Array =>
      new Float32Array(Uint8Array.from(of.subarray(0, 16)).buffer);
    runOnHost(bytes).forEach((host, k) => {
      const record = records[k] as OracleRecord;
      const ours = guest.run(record);
      const name = (approximate[k % approximate.length] as SseRow).mnemonic;
      expect(ours.vector).toBe(-1);
      expect(ours.mxcsr).toBe(host.mxcsr);
      const [mine, theirs, given] = [ours.xmm, host.xmm(0), record.xmm(1)].map(singles);
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
  it(`agrees in ${CASES / 10} cases beside the table`, { timeout: 3_600_000 }, () => {
    const told = differences(CASES / 10, (record, random) => prepareOther(random, record));
    expect(told).toBe("");
  });
});
