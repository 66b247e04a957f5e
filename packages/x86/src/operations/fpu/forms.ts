/** The opcodes D8 to DF that a kernel does: which kernel, and what it is given. */

/**
 * Action of an opcode of the x87 unit, by its kernel's name.
 * @see {@link X87Table}
 */
export interface NamedForm {
  /** Name of the kernel. */
  readonly name: string;
  /** The kernel's second parameter. */
  readonly operand: number;
  /** Bytes of the operand in memory, 0 for registers. */
  readonly bytes: number;
  /** Is the operand written? Then the kernel answers whether it is to be. */
  readonly stores: boolean;
  /** Does the kernel answer C0, C2 and C3, which become CF, PF and ZF? */
  readonly flags: boolean;
}

const ARITHMETIC = ["fadd", "fmul", "fcom", "fcomp", "fsub", "fsubr", "fdiv", "fdivr"];
/** In the forms that write ST(i), FSUB and FSUBR, and FDIV and FDIVR, have changed places. */
const REVERSED = ["fadd", "fmul", "fcom", "fcomp", "fsubr", "fsub", "fdivr", "fdiv"];

function form(name: string, more: Partial<NamedForm> = {}): NamedForm {
  return { name, operand: 0, bytes: 0, stores: false, flags: false, ...more };
}
function load(name: string, bytes: number): NamedForm {
  return form(name, { bytes });
}
function store(name: string, bytes: number, pops: boolean): NamedForm {
  return form(name, { bytes, stores: true, operand: pops ? 1 : 0 });
}

/** Memory operands by the low three bits of the opcode and ModRM's middle field. */
export function memoryForms(): (NamedForm | null)[] {
  const arithmetic = (kind: string, bytes: number): NamedForm[] =>
    ARITHMETIC.map((name) => load(`${name}_${kind}`, bytes));
  return [
    ...arithmetic("m32", 4),
    ...[load("fld_m32", 4), null, store("fst_m32", 4, false), store("fst_m32", 4, true)],
    ...[null, null, null, null],
    ...arithmetic("i32", 4),
    ...[load("fld_i32", 4), store("fisttp_i32", 4, true)],
    ...[store("fist_i32", 4, false), store("fist_i32", 4, true)],
    ...[null, load("fld_m80", 10), null, store("fst_m80", 10, true)],
    ...arithmetic("m64", 8),
    ...[load("fld_m64", 8), store("fisttp_i64", 8, true)],
    ...[store("fst_m64", 8, false), store("fst_m64", 8, true)],
    ...[null, null, null, null],
    ...arithmetic("i16", 2),
    ...[load("fld_i16", 2), store("fisttp_i16", 2, true)],
    ...[store("fist_i16", 2, false), store("fist_i16", 2, true)],
    ...[load("fbld", 10), load("fld_i64", 8), store("fbstp", 10, true), store("fist_i64", 8, true)],
  ];
}

/** Register operands by the low three bits of the opcode and the low six of ModRM. */
export function registerForms(): (NamedForm | null)[] {
  const forms = Array.from<NamedForm | null>({ length: 8 * 64 }).fill(null);
  const eight = (op: number, modrm: number, entry: NamedForm): void => {
    for (let i = 0; i < 8; i++) {
      forms[((op & 7) << 6) | (modrm & 0x3f) | i] = { ...entry, operand: entry.operand | i };
    }
  };
  const one = (op: number, modrm: number, name: string, operand = 0): void => {
    forms[((op & 7) << 6) | (modrm & 0x3f)] = form(name, { operand });
  };
  for (let k = 0; k < 8; k++) {
    const modrm = 0xc0 + 8 * k;
    const compares = k === 2 || k === 3;
    eight(0xd8, modrm, form(`${ARITHMETIC[k]}_st`));
    eight(0xdc, modrm, form(`${REVERSED[k]}_${compares ? "st" : "to"}`));
    if (!compares) eight(0xde, modrm, form(`${REVERSED[k]}_to_pop`));
  }
  eight(0xde, 0xd0, form("fcomp_st"));
  one(0xde, 0xd9, "fcompp_st", 1);

  eight(0xd9, 0xc0, form("fld_st"));
  for (const [op, modrm] of [
    [0xd9, 0xc8],
    [0xdd, 0xc8],
    [0xdf, 0xc8],
  ]) {
    eight(op, modrm, form("fxch"));
  }
  for (const [op, modrm] of [
    [0xd9, 0xd8],
    [0xdd, 0xd8],
    [0xdf, 0xd0],
    [0xdf, 0xd8],
  ]) {
    eight(op, modrm, form("fst_st", { operand: 8 }));
  }
  eight(0xdd, 0xd0, form("fst_st"));
  const alone = ["fchs", "fabs", "", "", "ftst", "fxam"];
  alone.forEach((name, k) => name !== "" && one(0xd9, 0xe0 + k, name));
  for (let k = 0; k < 7; k++) one(0xd9, 0xe8 + k, "fld_constant", k);
  const functions = [
    ...["f2xm1", "fyl2x", "fptan", "fpatan", "fxtract", "fprem1"],
    ...["", "", "fprem", "fyl2xp1", "fsqrt", "fsincos", "frndint", "fscale", "fsin", "fcos"],
  ];
  functions.forEach((name, k) => name !== "" && one(0xd9, 0xf0 + k, name));
  one(0xd9, 0xf6, "fincstp", 7);
  one(0xd9, 0xf7, "fincstp", 1);

  for (const op of [0xda, 0xdb]) {
    for (let k = 0; k < 4; k++) eight(op, 0xc0 + 8 * k, form("fcmov"));
  }
  one(0xda, 0xe9, "fucompp_st", 1);
  const flags = true;
  eight(0xdb, 0xe8, form("fucomi_st", { flags }));
  eight(0xdb, 0xf0, form("fcomi_st", { flags }));
  eight(0xdf, 0xe8, form("fucomip_st", { flags }));
  eight(0xdf, 0xf0, form("fcomip_st", { flags }));
  eight(0xdd, 0xc0, form("ffree"));
  eight(0xdf, 0xc0, form("ffreep"));
  eight(0xdd, 0xe0, form("fucom_st"));
  eight(0xdd, 0xe8, form("fucomp_st"));
  return forms;
}
