/** Instructions of the x87 unit: D8 to DF. */
import type { OpcodeRow } from "./opcode-row.js";
import { hexByte, opcodeRows } from "./opcode-row.js";

const ARITHMETIC = ["add", "mul", "com", "comp", "sub", "subr", "div", "divr"] as const;
const MOVES = ["b", "e", "be", "u"] as const;

/** A row for the eight registers that ModRM's low field may name. */
const eight = (op: string, modrm: number, text: string): string =>
  `${op}=${hexByte(modrm)}+i ${text}`;

const arithmetic = ARITHMETIC.map((name, n) =>
  [
    `d8/${n}M f${name}$s Md`,
    `da/${n}M fi${name}$l Md`,
    `dc/${n}M f${name}$l Mq`,
    `de/${n}M fi${name}$s Mw`,
    eight("d8", 0xc0 + 8 * n, `f${name} Fi`),
  ].join("\n"),
);

/** Operations that write ST(i): with subtraction and division the other way round. */
const reversed = ["add", "mul", "", "", "subr", "sub", "divr", "div"].flatMap((name, n) => {
  if (name === "") return [];
  // AT&T's names of these are those of the operation that comes out, unlike Intel's.
  const att = ARITHMETIC[n] ?? "";
  return [
    eight("dc", 0xc0 + 8 * n, `f${name}=f${att} Fi F0`),
    eight("de", 0xc0 + 8 * n, `f${name}p=f${att}p Fi`),
  ];
});

const moves = MOVES.flatMap((name, n) => [
  eight("da", 0xc0 + 8 * n, `fcmov${name} F0 Fi @cmov`),
  eight("db", 0xc0 + 8 * n, `fcmovn${name} F0 Fi @cmov`),
]);

const single = (op: string, first: number, names: string): string =>
  names
    .split(" ")
    .map((name, n) => (name === "-" ? "" : `${op}=${hexByte(first + n)} ${name}`))
    .join("\n");

const OTHERS = `
d9/0M fld$s Md
d9/2M fst$s Md
d9/3M fstp$s Md
d9/4M fldenv M
d9/5M fldcw Mw
d9/6M fnstenv M
d9/7M fnstcw Mw
db/0M fild$l Md
db/1M fisttp$l Md @pni
db/2M fist$l Md
db/3M fistp$l Md
db/5M fld$t Mt
db/7M fstp$t Mt
dd/0M fld$l Mq
dd/1M fisttp$ll Mq @pni
dd/2M fst$l Mq
dd/3M fstp$l Mq
dd/4M frstor M
dd/6M fnsave M
dd/7M fnstsw Mw
df/0M fild$s Mw
df/1M fisttp$s Mw @pni
df/2M fist$s Mw
df/3M fistp$s Mw
df/4M fbld Mt
df/5M fild$ll Mq
df/6M fbstp Mt
df/7M fistp$ll Mq
da=e9 fucompp
de=d9 fcompp
df=e0 fnstsw AX
`;

/** Every row; the x87 unit is asked for by each of them. */
export function x87Rows(): readonly OpcodeRow[] {
  const text = [
    ...arithmetic,
    ...reversed,
    ...moves,
    eight("d9", 0xc0, "fld Fi"),
    eight("d9", 0xc8, "fxch Fi"),
    eight("db", 0xe8, "fucomi Fi @cmov"),
    eight("db", 0xf0, "fcomi Fi @cmov"),
    eight("dd", 0xc0, "ffree Fi"),
    eight("dd", 0xd0, "fst Fi"),
    eight("dd", 0xd8, "fstp Fi"),
    eight("dd", 0xe0, "fucom Fi"),
    eight("dd", 0xe8, "fucomp Fi"),
    eight("df", 0xe8, "fucomip Fi @cmov"),
    eight("df", 0xf0, "fcomip Fi @cmov"),
    // Encodings that processors take, too, although no manual of today lists them.
    eight("d9", 0xd8, "fstp=fstpnce Fi F0"),
    eight("dc", 0xd0, "fcom F0 Fi"),
    eight("dc", 0xd8, "fcomp F0 Fi"),
    eight("dd", 0xc8, "fxch F0 Fi"),
    eight("de", 0xd0, "fcomp F0 Fi"),
    eight("df", 0xc0, "ffreep Fi"),
    eight("df", 0xc8, "fxch F0 Fi"),
    eight("df", 0xd0, "fstp Fi F0"),
    eight("df", 0xd8, "fstp Fi F0"),
    single("d9", 0xd0, "fnop"),
    single("d9", 0xe0, "fchs fabs - - ftst fxam - - fld1 fldl2t fldl2e fldpi fldlg2 fldln2 fldz"),
    single("d9", 0xf0, "f2xm1 fyl2x fptan fpatan fxtract fprem1 fdecstp fincstp"),
    single("d9", 0xf8, "fprem fyl2xp1 fsqrt fsincos frndint fscale fsin fcos"),
    single("db", 0xe0, "feni8087_nop fdisi8087_nop fnclex fninit fsetpm"),
    OTHERS,
  ].join("\n");
  return opcodeRows(text).map((row) => ({ ...row, feature: row.feature || "fpu" }));
}
