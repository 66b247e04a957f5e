import { describe, expect, it } from "vitest";
import { mmxRows } from "../../../src/operations/mmx/rows.js";
import type { SseRow } from "../../../src/operations/sse/row.js";
import { OracleGuest } from "../guest.js";
import { emptyRecords, runOnHost, whyNoOracle } from "../host.js";
import { Operands } from "../operands.js";
import { areSame, OracleRecord, Parts } from "../record.js";
import { encode } from "../sse-case.js";

const why = whyNoOracle("mmx", "ssse3");

const BATCH = 20_000;
/** Where the random numbers begin. */
const SEED = Number(process.env["MEM_X86_ORACLE_SEED"] ?? 7);
/** What an instruction may change; flags are compared besides. */
const COMPARED = [...Parts.x87, ...Parts.narrowRegisters, ...Parts.stack, ...Parts.operand];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
function text(record: OracleRecord): string {
  const registers = Array.from({ length: 8 }, (_, n) =>
    (record.register(n) & 0xffffffffn).toString(16),
  );
  const mmx = Array.from({ length: 8 }, (_, n) => hex(record.st(n).subarray(0, 10)));
  return [
    `${hex(record.instruction)} x87 ${hex(record.fx.subarray(0, 5))} flags ${record.flags & 0x8d5}`,
    registers.join(" "),
    ...mmx,
    hex(record.operand.subarray(0, 32)),
  ].join("\n");
}

/** Compares random cases of MMX instructions with what the host's processor does. */
export function declareMmx(cases: number): void {
  if (why !== null) console.log(`MMX is not compared with the host's processor: ${why}`);
  describe.skipIf(why !== null)("MMX, as the host's processor has it", () => {
    it(`agrees in ${cases} random cases of the table`, { timeout: 3_600_000 }, () => {
      const rows: readonly SseRow[] = mmxRows();
      const random = new Operands(SEED);
      const guest = new OracleGuest();
      const differing = new Map<string, string>();
      for (let done = 0; done < cases; done += BATCH) {
        const { bytes, records } = emptyRecords(Math.min(BATCH, cases - done));
        const chosen = records.map((record, k) => {
          const row = rows[k % rows.length] as SseRow;
          record.instruction = random.below(100) === 0 ? [0x0f, 0x77] : encode(row, random);
          record.flags = 0x202 | (random.u32() & 0x8d5);
          new DataView(record.fx.buffer, record.fx.byteOffset).setUint16(
            2,
            random.u32() & 0x7f7f & ~0x40,
            true,
          );
          record.fx[2] = (record.fx[2] ?? 0) & 0x3f;
          record.fx[4] = random.below(256);
          for (let n = 0; n < 8; n++) {
            record.setRegister(n, random.integers() & 0xffffffffn);
            const st = record.st(n);
            new DataView(st.buffer, st.byteOffset).setBigUint64(0, random.integers(), true);
            // Shift counts are small, now and then.
            if (random.below(4) === 0) st.fill(0, 1, 8);
            st[8] = random.below(256);
            st[9] = random.below(256);
          }
          for (let k8 = 0; k8 < 32; k8 += 8) {
            new DataView(record.operand.buffer, record.operand.byteOffset).setBigUint64(
              k8,
              random.integers(),
              true,
            );
          }
          if (random.below(4) === 0) record.operand.fill(0, 1, 8);
          return row.mnemonic;
        });
        runOnHost(bytes).forEach((host, k) => {
          const record = records[k] as OracleRecord;
          const ours = new OracleRecord(record.bytes.slice(), 0);
          const ran = guest.run(ours) < 0;
          const isSame = ran && host.signal === 0 && ((ours.flags ^ host.flags) & 0x8d5) === 0;
          if (isSame && areSame(ours, host, COMPARED)) return;
          const before = text(record);
          const got = ran ? text(ours) : "fault";
          const want = host.signal === 0 ? text(host) : "fault";
          const name = chosen[k] as string;
          if (got !== want && !differing.has(name)) {
            differing.set(name, `${name} ${before}\nhost ${want}\nours ${got}`);
          }
        });
      }
      expect([...differing.values()].slice(0, 5).join("\n\n")).toBe("");
    });
  });
}
