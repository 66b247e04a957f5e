import { describe, expect, it } from "vitest";
import { FpuBit } from "../../../src/kernels/fpu/bits.js";
import { OracleGuest } from "../guest.js";
import { emptyRecords, runOnHost, whyNoOracle } from "../host.js";
import { Operands } from "../operands.js";
import type { OracleRecord } from "../record.js";
import { areSame, OPERAND_ADDRESS, OracleRecord as View, Parts } from "../record.js";

/** Records handed over at once. */
const BATCH = 20000;
const EBX = 3;
/** What an instruction may change; flags are compared besides. */
const COMPARED = [...Parts.x87, ...Parts.ax, ...Parts.stack, ...Parts.operand];
/** Where the random numbers begin: MEM_X86_ORACLE_SEED. */
const SEED = Number(process.env["MEM_X86_ORACLE_SEED"] ?? 0);

/** An opcode of a register form, with ModRM; `i` forms take ST(i). */
type Operation = readonly [op: number, modrm: number, form: "i" | "one" | "m"];
const all = (op: number, from: number, to: number, form: "i" | "one" | "m"): Operation[] =>
  Array.from({ length: (to - from) / 8 + 1 }, (_, k) => [op, from + 8 * k, form] as const);
const memory = (op: number, ...fields: number[]): Operation[] =>
  fields.map((field) => [op, (field << 3) | EBX, "m"] as const);

const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];
const GROUPS: Readonly<Record<string, readonly Operation[]>> = {
  "arithmetic on registers": [
    ...all(0xd8, 0xc0, 0xf8, "i"),
    ...all(0xdc, 0xc0, 0xf8, "i"),
    ...all(0xde, 0xc0, 0xc8, "i"),
    ...all(0xde, 0xe0, 0xf8, "i"),
    [0xde, 0xd9, "one"],
  ],
  "arithmetic with memory": [0xd8, 0xda, 0xdc, 0xde].flatMap((op) => memory(op, ...EIGHT)),
  "loads and stores": [
    ...memory(0xd9, 0, 2, 3, 5, 7),
    ...memory(0xdb, 0, 1, 2, 3, 5, 7),
    ...memory(0xdd, 0, 1, 2, 3, 7),
    ...memory(0xdf, ...EIGHT),
  ],
  "moves and comparisons": [
    ...all(0xd9, 0xc0, 0xc8, "i"),
    ...all(0xda, 0xc0, 0xd8, "i"),
    ...all(0xdb, 0xc0, 0xd8, "i"),
    [0xda, 0xe9, "one"],
    ...all(0xdb, 0xe8, 0xf0, "i"),
    ...all(0xdd, 0xc0, 0xe8, "i"),
    ...all(0xdf, 0xe8, 0xf0, "i"),
    ...[0xd0, 0xe0, 0xe1, 0xe4, 0xe5, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xf6, 0xf7].map(
      (modrm) => [0xd9, modrm, "one"] as const,
    ),
    [0xdb, 0xe2, "one"],
    [0xdb, 0xe3, "one"],
    [0xdf, 0xe0, "one"],
  ],
  "square root, rounding, scale and extract": [0xf4, 0xfa, 0xfc, 0xfd].map(
    (modrm) => [0xd9, modrm, "one"] as const,
  ),
  "transcendental functions": [0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff].map(
    (modrm) => [0xd9, modrm, "one"] as const,
  ),
  environments: [...memory(0xd9, 4, 6), ...memory(0xdd, 4, 6)],
  remainders: [0xf5, 0xf8].map((modrm) => [0xd9, modrm, "one"] as const),
};

function extended(random: Operands): { se: number; m: bigint } {
  const bits = random.float(15, 63);
  const exponent = Number((bits >> 63n) & 0x7fffn);
  let m = bits & ((1n << 63n) - 1n);
  // One in sixteen is no number, or a pseudo-denormal.
  const odd = random.below(16) === 0;
  if ((exponent !== 0) !== odd) m |= 1n << 63n;
  return { se: Number(bits >> 63n) & 0xffff, m };
}
function fill(record: OracleRecord, random: Operands, operations: readonly Operation[]): void {
  const [op, modrm, form] = random.pick(operations);
  record.instruction = [op, form === "i" ? modrm | random.below(8) : modrm];
  record.setRegister(EBX, BigInt(OPERAND_ADDRESS));
  record.flags = 0x202 | (random.u32() & 0x8d5);
  const masks = random.below(4) === 0 ? random.below(64) : 63;
  const precision = random.pick([0, 2, 3, 3, 3]);
  record.controlWord = masks | 0x40 | (precision << 8) | (random.below(4) << 10);
  const view = new DataView(record.fx.buffer, record.fx.byteOffset);
  const top = random.below(8);
  const old = random.below(2) === 0 ? 0 : random.u32() & 0x477f & ~(~masks & 63);
  view.setUint16(2, old | (top << 11), true);
  record.fx[4] = random.below(8) === 0 ? random.below(256) : 255;
  if (random.below(3) === 0) record.fx[4] &= ~(1 << ((top + 7) & 7));
  let last = extended(random);
  for (let i = 0; i < 8; i++) {
    // Near each other, now and then.
    const near = random.below(6) === 0;
    const x = near ? { se: last.se ^ (random.below(2) << 15), m: last.m } : extended(random);
    if (near && x.m > 1n << 63n && random.below(2) === 0) x.m ^= BigInt(random.below(4));
    new DataView(record.st(i).buffer, record.st(i).byteOffset).setBigUint64(0, x.m, true);
    record.st(i)[8] = x.se & 255;
    record.st(i)[9] = x.se >> 8;
    last = x;
  }
  const operand = new DataView(record.operand.buffer, record.operand.byteOffset);
  const x = extended(random);
  switch (random.below(4)) {
    case 0:
      operand.setUint32(0, random.single(), true);
      break;
    case 1:
      operand.setBigUint64(0, random.double(), true);
      break;
    case 2:
      operand.setBigUint64(0, random.integers(), true);
      break;
    default:
      operand.setBigUint64(0, x.m, true);
      operand.setUint16(8, x.se, true);
  }
  if (op === 0xdf && ((modrm >> 3) & 7) === 4 && form === "m") {
    for (let k = 0; k < 9; k++) record.operand[k] = random.below(10) * 16 + random.below(10);
  }
  // A control word and the rest of an environment.
  const isControl = op === 0xd9 && modrm === ((5 << 3) | EBX);
  if (isControl || operations === GROUPS["environments"]) {
    for (let k = 0; k < 108; k++) record.operand[k] = random.u32();
    record.operand[1] &= 0x1f;
  }
  if (op === 0xdd || op === 0xd8 || op === 0xdc) {
    if (op === 0xd8) operand.setUint32(0, random.single(), true);
    else operand.setBigUint64(0, random.double(), true);
  }
}

/** Of a stored environment, clears where an instruction and its operand were: processors differ in what they keep. */
function clearPointers({ instruction, operand }: OracleRecord): void {
  const [op, modrm] = instruction;
  if ((op === 0xd9 || op === 0xdd) && modrm === ((6 << 3) | EBX)) operand.fill(0, 12, 28);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** What counts of a record, as text. */
function text(record: OracleRecord): string {
  const { fx } = record;
  const lines = [
    `${hex(record.instruction)} control ${hex(fx.subarray(0, 2))} status ${hex(fx.subarray(2, 4))} tags ${hex(fx.subarray(4, 5))} flags ${(record.flags & 0x8d5).toString(16)} eax ${(record.register(0) & 0xffffn).toString(16)}`,
  ];
  for (let i = 0; i < 8; i++) {
    const st = record.st(i);
    lines.push(
      `st${i} ${hex(st.subarray(8, 10).toReversed())} ${hex(st.subarray(0, 8).toReversed())}`,
    );
  }
  lines.push(`memory ${hex(record.operand)}`);
  return lines.join("\n");
}

/**
 * Whether records differ in the significands of results by at most `units`, and otherwise in C1, UE and
 * PE alone: processors do not agree on the last bit of transcendental functions.
 */
function isClose(ours: OracleRecord, host: OracleRecord, units: bigint): boolean {
  const [a, b] = [ours, host].map(({ fx }) => new DataView(fx.buffer, fx.byteOffset, fx.length));
  const status =
    (a.getUint16(2, true) ^ b.getUint16(2, true)) & ~(FpuBit.C1 | FpuBit.PE | FpuBit.UE);
  if (status !== 0 || ours.fx[4] !== host.fx[4]) return false;
  return [0, 1, 2, 3, 4, 5, 6, 7].every((i) => {
    const [x, y] = [a, b].map(
      (view) =>
        (BigInt(view.getUint16(40 + 16 * i, true)) << 63n) |
        (view.getBigUint64(32 + 16 * i, true) & ((1n << 63n) - 1n)),
    ) as [bigint, bigint];
    return x - y <= units && y - x <= units;
  });
}
/** Whether the argument of F2XM1 or FYL2XP1 is one that they are defined for. */
function isDefined(record: OracleRecord): boolean {
  const exponent = (record.st(0)[8] | (record.st(0)[9] << 8)) & 0x7fff;
  const modrm = record.instruction[1];
  if (modrm === 0xf0) return exponent < 0x3fff || exponent === 0x7fff;
  return modrm !== 0xf9 || exponent < 0x3ffd || exponent === 0x7fff;
}

/** Compares `sets` random records of each group of instructions with what the host's processor does. */
export function declareX87(sets: number): void {
  const why = whyNoOracle("fpu");
  if (why !== null) console.log(`the host's processor is not asked about x87: ${why}`);
  describe.skipIf(why !== null)("x87 as the host's processor does it", () => {
    it.each(Object.entries(GROUPS))("%s", { timeout: 3_600_000 }, (name, operations) => {
      const guest = new OracleGuest();
      const random = new Operands(name.length + SEED);
      const failures = new Map<string, string>();
      let failed = 0;
      for (let done = 0; done < sets; done += BATCH) {
        const { bytes, records } = emptyRecords(Math.min(BATCH, sets - done));
        for (const record of records) fill(record, random, operations);
        const expected = runOnHost(bytes);
        records.forEach((record, k) => {
          const host = expected[k];
          const ours = new View(record.bytes.slice(), 0);
          const ran = guest.run(ours) < 0;
          clearPointers(ours);
          clearPointers(host);
          const isSame = ran && ((ours.flags ^ host.flags) & 0x8d5) === 0;
          if (isSame && areSame(ours, host, COMPARED)) return;
          const before = text(record);
          const want = text(host);
          const got = ran ? text(ours) : "fault";
          if (got === want) return;
          if (name.startsWith("trans") && ran && (!isDefined(record) || isClose(ours, host, 1n)))
            return;
          failed++;
          const key = hex(
            record.instruction.map((byte, n) =>
              n === 1 && byte >= 0xc0 && !name.startsWith("trans") ? byte & 0xf8 : byte,
            ),
          );
          if (!failures.has(key))
            failures.set(key, `${done + k}: ${before}\nhost ${want}\nours ${got}`);
        });
      }
      expect(`${failed} ${[...failures.values()].slice(0, 6).join("\n\n")}`).toBe("0 ");
    });
  });
}
