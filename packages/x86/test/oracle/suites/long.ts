import { describe, expect, it } from "vitest";
import { sseRows } from "../../../src/operations/sse/rows.js";
import { emptyRecords, runOnHost, whyNoOracle } from "../host.js";
import { prepareInteger } from "../integer-case.js";
import type { IntegerCase } from "../integer-case.js";
import { FLAGS, LongGuest } from "../long-guest.js";
import { Operands } from "../operands.js";
import { areSame, OracleRecord, Parts, Signal } from "../record.js";
import { prepare } from "../sse-case.js";

const why = whyNoOracle("sse4_2");

const BATCH = 20000;
/** Where the random numbers begin. */
const SEED = Number(process.env["MEM_X86_ORACLE_SEED"] ?? 0x64);
/** What an instruction may change; flags are compared besides. */
const COMPARED = [...Parts.registers, ...Parts.mxcsr, ...Parts.mmx, ...Parts.xmm, ...Parts.operand];

/** The signal that a process gets for an exception. */
const SIGNALS = new Map<number, number>([
  [-1, Signal.NONE],
  [0, Signal.FPE],
  [6, Signal.ILL],
  [12, Signal.BUS],
  [13, Signal.SEGV],
  [14, Signal.SEGV],
  [19, Signal.FPE],
]);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** What an instruction may change, as text. */
function outcome(record: OracleRecord, signal: number | undefined, { flags, narrow }: IntegerCase) {
  const registers = Array.from({ length: 16 }, (_, n) => {
    const value = record.register(n);
    return (n === narrow ? value & 0xffffffffn : value).toString(16);
  });
  return {
    signal,
    // RF is set where a signal came.
    flags: record.flags & flags & FLAGS,
    mxcsr: record.mxcsr.toString(16),
    registers: registers.join(" "),
    mmx: Array.from({ length: 8 }, (_, n) => hex(record.st(n).subarray(0, 8))).join(" "),
    xmm: hex(record.fx.subarray(160, 416)),
    operand: hex(record.operand),
  };
}

/** What differs from the host: the number of cases and an example for each name. */
function differences(
  sets: number,
  write: (record: OracleRecord, random: Operands, k: number) => IntegerCase,
): string[] {
  const guest = new LongGuest();
  const wrong = new Map<string, string[]>();
  for (let done = 0; done < sets; done += BATCH) {
    const random = new Operands(SEED + done);
    const { bytes, records } = emptyRecords(Math.min(BATCH, sets - done));
    const cases = records.map((record, k) => write(record, random, k));
    const hosts = runOnHost(bytes);
    for (const [k, record] of records.entries()) {
      const host = hosts[k] as OracleRecord;
      const what = cases[k] as IntegerCase;
      const given = new OracleRecord(record.bytes.slice(), 0);
      const vector = guest.run(record);
      const isEnded = vector === -1 && host.signal === Signal.NONE;
      const isSame = isEnded && ((record.flags ^ host.flags) & what.flags & FLAGS) === 0;
      if (isSame && areSame(record, host, COMPARED)) continue;
      const theirs = outcome(host, host.signal, what);
      const ours = outcome(record, SIGNALS.get(vector), what);
      const keys = (Object.keys(theirs) as (keyof typeof theirs)[]).filter(
        (key) => theirs[key] !== ours[key],
      );
      if (keys.length === 0) continue;
      const list = wrong.get(what.name) ?? [];
      wrong.set(what.name, list);
      const told = keys.map((key) => `${key}: host ${theirs[key]}\n    here ${ours[key]}`);
      const before = outcome(given, 0, what);
      list.push(
        `${what.name}: ${hex(record.instruction)} ${JSON.stringify(before)}\n  ${told.join("\n  ")}`,
      );
    }
  }
  return [...wrong.values()].map((list) => `${list.length} x ${list[0]}`);
}

/** Puts a REX prefix before the opcode of an SSE instruction; its X bit would make an index of none. */
function widen(record: OracleRecord, random: Operands): void {
  const code = [...record.instruction];
  const at = code.indexOf(0x0f);
  const rex = random.below(16) & ~2;
  record.instruction = [...code.slice(0, at), 0x40 | rex, ...code.slice(at)];
}

/** Compares random integer instructions of 64-bit code, and SSE with REX, with what the host's processor does. */
export function declareLong(sets: number): void {
  if (why !== null) console.log(`the host's processor is not asked about 64-bit code: ${why}`);
  describe.skipIf(why !== null)("64-bit code, as the host's processor has it", () => {
    it(`agrees in ${sets} integer instructions`, { timeout: 3_600_000 }, () => {
      expect(differences(sets, (record, random) => prepareInteger(random, record))).toEqual([]);
    });

    it(`agrees in ${sets} SSE instructions with REX`, { timeout: 3_600_000 }, () => {
      const rows = sseRows().filter((row) => !/^r(sqrt|cp)/.test(row.mnemonic));
      const told = differences(sets, (record, random, k) => {
        const row = rows[k % rows.length] ?? (rows[0] as (typeof rows)[number]);
        prepare(row, random, record);
        widen(record, random);
        for (let n = 0; n < 16; n++) {
          // Signals are delivered where the stack pointer is a good one alone.
          if (n !== 4) record.setRegister(n, random.integers());
          if (n >= 8) record.xmm(n).set(record.xmm(n - 8));
        }
        record.setRegister(4, 0x10f000n);
        return { name: row.mnemonic, flags: FLAGS, narrow: -1 };
      });
      expect(told).toEqual([]);
    });
  });
}
