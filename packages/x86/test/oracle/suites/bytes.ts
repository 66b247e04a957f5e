import { describe, expect, it } from "vitest";
import { prepareBytes, type ByteCase } from "../byte-case.js";
import { emptyRecords, runOnHost, whyNoOracle } from "../host.js";
import { LongGuest } from "../long-guest.js";
import { Operands } from "../operands.js";
import { areSame, OracleRecord, Parts, Signal } from "../record.js";

const why = whyNoOracle("sse4_2", "movbe", "popcnt");
const BATCH = 20_000;
/** Where the random numbers begin. */
const SEED = Number(process.env["MEM_X86_ORACLE_SEED"] ?? 0xb17e);

const COMPARED = [...Parts.registers, ...Parts.mmx, ...Parts.xmm, ...Parts.operand];
/** Instructions some of whose flags, or results, the manuals leave undefined. */
const SOME_FLAGS = /^(and|or|xor|test|sh|sa|r[oc][lr]|i?mul|i?div|bt|bs)/;
const NO_RESULT = /^(bs[fr]|bswap|sh[lr]d)/;

/** The signal that a process gets for an exception. */
const SIGNALS = new Map<number, number>([
  [0, Signal.FPE],
  [1, Signal.TRAP],
  [3, Signal.TRAP],
  [6, Signal.ILL],
  [12, Signal.BUS],
  [13, Signal.SEGV],
  [14, Signal.SEGV],
  [17, Signal.BUS],
  [19, Signal.FPE],
]);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** In what the two differ, or nothing. */
function difference(
  { name, isKnown }: ByteCase,
  vector: number,
  ours: OracleRecord,
  host: OracleRecord,
): string {
  if (vector === -2 && isKnown) return "the next instruction is another";
  if (!isKnown) {
    const isAbsent = host.signal === Signal.ILL && host.signalPlace === 0;
    return isAbsent === (vector === 6) ? "" : `#UD ${vector === 6} here, ${isAbsent} on the host`;
  }
  const signal = vector < 0 ? Signal.NONE : (SIGNALS.get(vector) ?? -1);
  if (signal !== host.signal) return `signal ${signal} here, ${host.signal} on the host`;
  if (signal !== Signal.NONE || NO_RESULT.test(name)) return "";
  if (!areSame(ours, host, COMPARED)) return "registers or memory";
  if (SOME_FLAGS.test(name) || ((ours.flags ^ host.flags) & 0xcd5) === 0) return "";
  return `flags ${ours.flags.toString(16)} here, ${host.flags.toString(16)} on the host`;
}

/** Compares random bytes as instructions of 64-bit code with what the host's processor makes of them. */
export function declareBytes(sets: number): void {
  if (why !== null) console.log(`random bytes are not given to the host's processor: ${why}`);
  describe.skipIf(why !== null)("random bytes, as the host's processor has them", () => {
    it(`are the same instructions, ${sets} times`, { timeout: 3_600_000 }, () => {
      const guest = new LongGuest();
      const wrong = new Map<string, string>();
      for (let done = 0; done < sets; done += BATCH) {
        const random = new Operands(SEED + done);
        const { bytes, records } = emptyRecords(Math.min(BATCH, sets - done));
        const cases = records.map((record) => prepareBytes(random, record));
        const hosts = runOnHost(bytes);
        for (const [k, record] of records.entries()) {
          const host = hosts[k] as OracleRecord;
          const what = cases[k] as ByteCase;
          const ours = new OracleRecord(record.bytes.slice(), 0);
          const told = difference(what, guest.run(ours), ours, host);
          if (told === "") continue;
          const key = `${what.name} ${told}`;
          if (!wrong.has(key)) wrong.set(key, `${hex(record.instruction)} ${key}`);
        }
      }
      expect([...wrong.values()]).toEqual([]);
    });
  });
}
