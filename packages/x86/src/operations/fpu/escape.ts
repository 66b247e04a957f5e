/**
 * The opcodes D8 to DF and WAIT. Without a unit they behave as on a board with an empty socket:
 * nothing is stored, so a probe finds what it left there.
 */
import { FpuBit } from "../../kernels/fpu/bits.js";
import type { Cpu, OpcodeTables } from "../../state/cpu.js";
import { CR0_EM, CR0_MP, CR0_TS, CS, EAX, F_CF, F_PF, F_ZF } from "../../constants.js";
import type { FpuUnit } from "../../state/fpu-unit.js";
import { nm, ud } from "../../state/fault.js";
import { condition, setArithFlags } from "../../state/flags.js";
import {
  AT_FPU_CONTROL,
  AT_FPU_CS,
  AT_FPU_DP,
  AT_FPU_DP_HIGH,
  AT_FPU_DS,
  AT_FPU_IP,
  AT_FPU_IP_HIGH,
  AT_FPU_OPCODE,
} from "../../state/layout.js";
import { addressOf, nextByte, setGeneral } from "../../decode/any-mode.js";
import { everywhere } from "../../decode/table-build.js";
import { loadAt, storeAt } from "../../mmu/operand-memory.js";
import { environmentBytes, fldenv, frstor, fsave, fstenv } from "./environment.js";
import { beginAccess, checkOperand, readOperand, writeOperand } from "./operand.js";
import { memoryForms, registerForms } from "./forms.js";
import { clearExceptions, fpuOf, initialiseFpu, setControlWord, statusWord } from "./unit.js";
import { mustWait } from "./wait.js";

/**
 * The memory operands of D8 to DF by the middle field of ModRM, in bytes; e = environment,
 * s = whole state. Stores are in capitals: W D Q T and E S for 2, 4, 8, 10 bytes and these two.
 */
const OPERANDS = [
  "dddddddd",
  "d-DDewEW",
  "dddddddd",
  "dDDD-t-T",
  "qqqqqqqq",
  "qQQQs-SW",
  "wwwwwwww",
  "wWWWtqTQ",
];
const MEMORY_FORMS = memoryForms();
const REGISTER_FORMS = registerForms();
const BYTES: Readonly<Record<string, number>> = { w: 2, d: 4, q: 8, t: 10 };

/** The operand in memory that an opcode has, as {@link OPERANDS} names it; "-" where there is no such instruction. */
function operandOf(op: number, m: number): string {
  return OPERANDS[op & 7]?.[(m >> 3) & 7] ?? "-";
}
/** Raises what an operand outside its segment raises. */
function checkLimits(c: Cpu, op: number, m: number, offset: number): void {
  const operand = operandOf(op, m);
  if (operand === "-") return;
  const kind = operand.toLowerCase();
  const bytes = BYTES[kind] ?? environmentBytes(c) + (kind === "s" ? 80 : 0);
  checkOperand(c, offset, bytes, operand !== kind);
}

function escape(c: Cpu, op: number): void {
  const m = nextByte(c);
  // What is no instruction is told before its address is looked at.
  if (m < 0xc0 && c.kernels !== null && operandOf(op, m) === "-") ud(c);
  const offset = m < 0xc0 ? addressOf(c, m, 1, false) : 0;
  if (c.code64) c.op32 = c.long.size !== 2;
  if ((c.cr0 & (CR0_EM | CR0_TS)) !== 0) nm(c);
  if (m < 0xc0) checkLimits(c, op, m, offset);
  const { kernels } = c;
  if (kernels === null) return;
  // What needs no kernel does not have them compiled: many a system looks for a unit it never uses.
  if (m < 0xc0) {
    const index = ((op & 7) << 3) | ((m >> 3) & 7);
    if (MEMORY_FORMS[index] === null) controlForm(c, index, offset);
    else memoryForm(c, fpuOf(c, kernels), op, m, offset);
  } else if (REGISTER_FORMS[((op & 7) << 6) | (m & 0x3f)] === null) plainForm(c, (op << 8) | m);
  else registerForm(c, fpuOf(c, kernels), op, m);
}

const highHalf = (linear: number): number => Math.floor(linear / 0x1_0000_0000) | 0;

/** Notes where the instruction is, as FSTENV will tell. */
function note(c: Cpu, op: number, m: number): void {
  const w = c.words;
  w[AT_FPU_IP >> 2] = c.code64 ? c.long.startRip | 0 : c.startEip;
  w[AT_FPU_IP_HIGH >> 2] = c.code64 ? highHalf(c.long.startRip) : 0;
  w[AT_FPU_CS >> 2] = c.segSel[CS];
  w[AT_FPU_OPCODE >> 2] = ((op & 7) << 8) | m;
}

function memoryForm(c: Cpu, unit: FpuUnit, op: number, m: number, offset: number): void {
  const index = ((op & 7) << 3) | ((m >> 3) & 7);
  const form = unit.memory[index];
  if (form === null || mustWait(c)) return;
  const { bytes, stores } = form;
  const linear = beginAccess(c, offset, bytes, stores);
  if (!stores) readOperand(c, linear, bytes);
  note(c, op, m);
  c.words[AT_FPU_DP >> 2] = offset | 0;
  c.words[AT_FPU_DP_HIGH >> 2] = c.code64 ? highHalf(offset) : 0;
  c.words[AT_FPU_DS >> 2] = c.segSel[c.eaSeg];
  if (form.kernel(unit.state, form.operand) !== 0 && stores) writeOperand(c, linear, bytes);
}

/** Instructions that move the unit's words and its state. */
function controlForm(c: Cpu, index: number, offset: number): void {
  switch (index) {
    case 0o14: // FLDENV
      return mustWait(c) ? undefined : fldenv(c, offset);
    case 0o15: // FLDCW
      return mustWait(c)
        ? undefined
        : setControlWord(c, loadAt(c, beginAccess(c, offset, 2, false), 2));
    case 0o16:
      return fstenv(c, offset);
    case 0o17: // FSTCW
      return storeAt(c, beginAccess(c, offset, 2, true), 2, c.words[AT_FPU_CONTROL >> 2] & 0xffff);
    case 0o54:
      return mustWait(c) ? undefined : frstor(c, offset);
    case 0o56:
      return fsave(c, offset);
    case 0o57: // FSTSW
      return storeAt(c, beginAccess(c, offset, 2, true), 2, statusWord(c));
    default:
      return ud(c);
  }
}

/** FCMOV's conditions by the middle field of ModRM, as Jcc numbers them: B, E, BE, U. */
const CONDITION_OF = [2, 4, 6, 10];

function registerForm(c: Cpu, unit: FpuUnit, op: number, m: number): void {
  const form = unit.registers[((op & 7) << 6) | (m & 0x3f)];
  if (form === null || mustWait(c)) return;
  note(c, op, m);
  let { operand } = form;
  const moves = (op === 0xda || op === 0xdb) && m < 0xe0;
  if (moves && condition(c, (CONDITION_OF[(m >> 3) & 3] ?? 0) | (op & 1))) operand |= 8;
  const answer = form.kernel(unit.state, operand);
  if (!form.flags) return;
  let flags = 0;
  if ((answer & FpuBit.C0) !== 0) flags |= F_CF;
  if ((answer & FpuBit.C2) !== 0) flags |= F_PF;
  if ((answer & FpuBit.C3) !== 0) flags |= F_ZF;
  setArithFlags(c, flags);
}

/** Register forms that no kernel is needed for. */
function plainForm(c: Cpu, opcode: number): void {
  switch (opcode) {
    case 0xd9d0: // FNOP
      mustWait(c);
      return;
    case 0xdbe0: // FNENI, FNDISI and FNSETPM are of older units
    case 0xdbe1:
    case 0xdbe4:
      return;
    case 0xdbe2: // FNCLEX
      return clearExceptions(c);
    case 0xdbe3:
      return initialiseFpu(c);
    case 0xdfe0: // FNSTSW AX
      return setGeneral(c, EAX, 2, statusWord(c));
    default:
      ud(c);
  }
}

function wait(c: Cpu): void {
  if ((c.cr0 & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS)) nm(c);
  if (c.kernels !== null) mustWait(c);
}

/** Enters this file's instructions. */
export function installFpu(t: OpcodeTables): void {
  for (let op = 0xd8; op <= 0xdf; op++) everywhere(t, op, escape);
  everywhere(t, 0x9b, wait);
}
