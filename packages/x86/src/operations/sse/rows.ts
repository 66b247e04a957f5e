/** The instructions of SSE to SSE4.2 that work on XMM registers: one row each. */
import type { Prefix, SseFeature, SseRow } from "./row.js";
import { row } from "./row.js";

/** One instruction for packed and scalar numbers of both formats. */
function fourFold(opcode: number, name: string): SseRow[] {
  return [
    row("sse", "", opcode, `${name}ps`, "V W16"),
    row("sse2", "66", opcode, `${name}pd`, "V W16"),
    row("sse", "f3", opcode, `${name}ss`, "V W4"),
    row("sse2", "f2", opcode, `${name}sd`, "V W8"),
  ];
}
/** Rows of `fourFold` with an immediate byte. */
function fourFoldImmediate(opcode: number, name: string): SseRow[] {
  return fourFold(opcode, name).map((each) => ({
    ...each,
    operands: `${each.operands} I`,
    hasImmediate: true,
  }));
}
/** One instruction for packed numbers of both formats. */
function twoFold(opcode: number, name: string, kernels?: readonly [string, string]): SseRow[] {
  return [
    row("sse", "", opcode, `${name}ps`, "V W16", { kernel: kernels?.[0] ?? `${name}ps` }),
    row("sse2", "66", opcode, `${name}pd`, "V W16", { kernel: kernels?.[1] ?? `${name}pd` }),
  ];
}
/** Consecutive opcodes whose operands are alike; a name of "" leaves a gap. */
function many(
  feature: SseFeature,
  prefix: Prefix,
  first: number,
  operands: string,
  names: string,
): SseRow[] {
  return names
    .split(" ")
    .map((name, k) => (name === "-" ? null : row(feature, prefix, first + k, name, operands)))
    .filter((each) => each !== null);
}
/** A whole register is moved, both ways. */
function moves(
  feature: SseFeature,
  prefix: Prefix,
  load: number,
  store: number,
  name: string,
  memory: string,
): SseRow[] {
  return [
    row(feature, prefix, load, name, `V ${memory}`, { kernel: "mov" }),
    row(feature, prefix, store, name, `${memory} V`, { kernel: "mov" }),
  ];
}

const MOVES: readonly SseRow[] = [
  ...moves("sse", "", 0x0f10, 0x0f11, "movups", "W16u"),
  ...moves("sse2", "66", 0x0f10, 0x0f11, "movupd", "W16u"),
  ...moves("sse", "", 0x0f28, 0x0f29, "movaps", "W16"),
  ...moves("sse2", "66", 0x0f28, 0x0f29, "movapd", "W16"),
  ...moves("sse2", "66", 0x0f6f, 0x0f7f, "movdqa", "W16"),
  ...moves("sse2", "f3", 0x0f6f, 0x0f7f, "movdqu", "W16u"),
  row("sse", "f3", 0x0f10, "movss", "V W4", { kernel: "mov32", memoryKernel: "mov" }),
  row("sse", "f3", 0x0f11, "movss", "W4 V", { kernel: "mov32" }),
  row("sse2", "f2", 0x0f10, "movsd", "V W8", { kernel: "mov64", memoryKernel: "mov" }),
  row("sse2", "f2", 0x0f11, "movsd", "W8 V", { kernel: "mov64" }),
  row("sse", "", 0x0f12, "movhlps", "V U", { kernel: "mov64.high" }),
  row("sse", "", 0x0f12, "movlps", "V M8", { kernel: "mov64" }),
  row("sse", "", 0x0f13, "movlps", "M8 V", { kernel: "mov64" }),
  row("sse2", "66", 0x0f12, "movlpd", "V M8", { kernel: "mov64" }),
  row("sse2", "66", 0x0f13, "movlpd", "M8 V", { kernel: "mov64" }),
  row("sse", "", 0x0f16, "movlhps", "V U", { kernel: "mov64.tohigh" }),
  row("sse", "", 0x0f16, "movhps", "V M8", { kernel: "mov64.tohigh" }),
  row("sse", "", 0x0f17, "movhps", "M8 V", { kernel: "mov64.high" }),
  row("sse2", "66", 0x0f16, "movhpd", "V M8", { kernel: "mov64.tohigh" }),
  row("sse2", "66", 0x0f17, "movhpd", "M8 V", { kernel: "mov64.high" }),
  row("pni", "f3", 0x0f12, "movsldup", "V W16"),
  row("pni", "f3", 0x0f16, "movshdup", "V W16"),
  row("pni", "f2", 0x0f12, "movddup", "V W8"),
  row("sse", "", 0x0f2b, "movntps", "M16 V", { kernel: "mov" }),
  row("sse2", "66", 0x0f2b, "movntpd", "M16 V", { kernel: "mov" }),
  row("sse2", "66", 0x0fe7, "movntdq", "M16 V", { kernel: "mov" }),
  row("sse4.1", "66", 0x0f382a, "movntdqa", "V M16", { kernel: "mov" }),
  row("pni", "f2", 0x0ff0, "lddqu", "V M16u", { kernel: "mov" }),
  row("sse2", "66", 0x0f6e, "movd", "V E4", { kernel: "mov32.zero" }),
  row("sse2", "66", 0x0f7e, "movd", "E4 V", { kernel: "mov32" }),
  row("sse2", "f3", 0x0f7e, "movq", "V W8", { kernel: "mov64.zero" }),
  row("sse2", "66", 0x0fd6, "movq", "W8 V", { kernel: "mov64.zero" }),
  row("sse2", "f3", 0x0fd6, "movq2dq", "V N", { kernel: "mov64.zero" }),
  row("sse2", "f2", 0x0fd6, "movdq2q", "P U", { kernel: "mov64" }),
  row("sse", "", 0x0f50, "movmskps", "G U"),
  row("sse2", "66", 0x0f50, "movmskpd", "G U"),
  row("sse2", "66", 0x0fd7, "pmovmskb", "G U"),
];

const FLOATS: readonly SseRow[] = [
  ...twoFold(0x0f14, "unpckl"),
  ...twoFold(0x0f15, "unpckh"),
  row("sse", "", 0x0f2e, "ucomiss", "V W4", { setsFlags: true }),
  row("sse2", "66", 0x0f2e, "ucomisd", "V W8", { setsFlags: true }),
  row("sse", "", 0x0f2f, "comiss", "V W4", { setsFlags: true }),
  row("sse2", "66", 0x0f2f, "comisd", "V W8", { setsFlags: true }),
  ...fourFold(0x0f51, "sqrt"),
  row("sse", "", 0x0f52, "rsqrtps", "V W16"),
  row("sse", "f3", 0x0f52, "rsqrtss", "V W4"),
  row("sse", "", 0x0f53, "rcpps", "V W16"),
  row("sse", "f3", 0x0f53, "rcpss", "V W4"),
  ...twoFold(0x0f54, "and", ["pand", "pand"]),
  ...twoFold(0x0f55, "andn", ["pandn", "pandn"]),
  ...twoFold(0x0f56, "or", ["por", "por"]),
  ...twoFold(0x0f57, "xor", ["pxor", "pxor"]),
  ...fourFold(0x0f58, "add"),
  ...fourFold(0x0f59, "mul"),
  ...fourFold(0x0f5c, "sub"),
  ...fourFold(0x0f5d, "min"),
  ...fourFold(0x0f5e, "div"),
  ...fourFold(0x0f5f, "max"),
  ...fourFoldImmediate(0x0fc2, "cmp"),
  row("sse", "", 0x0fc6, "shufps", "V W16 I"),
  row("sse2", "66", 0x0fc6, "shufpd", "V W16 I"),
  row("pni", "66", 0x0f7c, "haddpd", "V W16"),
  row("pni", "f2", 0x0f7c, "haddps", "V W16"),
  row("pni", "66", 0x0f7d, "hsubpd", "V W16"),
  row("pni", "f2", 0x0f7d, "hsubps", "V W16"),
  row("pni", "66", 0x0fd0, "addsubpd", "V W16"),
  row("pni", "f2", 0x0fd0, "addsubps", "V W16"),
  row("sse4.1", "66", 0x0f3a08, "roundps", "V W16 I"),
  row("sse4.1", "66", 0x0f3a09, "roundpd", "V W16 I"),
  row("sse4.1", "66", 0x0f3a0a, "roundss", "V W4 I"),
  row("sse4.1", "66", 0x0f3a0b, "roundsd", "V W8 I"),
  row("sse4.1", "66", 0x0f3a0c, "blendps", "V W16 I"),
  row("sse4.1", "66", 0x0f3a0d, "blendpd", "V W16 I"),
  row("sse4.1", "66", 0x0f3814, "blendvps", "V W16"),
  row("sse4.1", "66", 0x0f3815, "blendvpd", "V W16"),
  row("sse4.1", "66", 0x0f3a40, "dpps", "V W16 I"),
  row("sse4.1", "66", 0x0f3a41, "dppd", "V W16 I"),
  row("sse4.1", "66", 0x0f3a21, "insertps", "V W4 I", { memoryKernel: "insertps.mem" }),
  row("sse4.1", "66", 0x0f3a17, "extractps", "E4 V I", { kernel: "pextrd" }),
];

const CONVERSIONS: readonly SseRow[] = [
  row("sse", "", 0x0f2a, "cvtpi2ps", "V Q8"),
  row("sse2", "66", 0x0f2a, "cvtpi2pd", "V Q8"),
  row("sse", "f3", 0x0f2a, "cvtsi2ss", "V E4"),
  row("sse2", "f2", 0x0f2a, "cvtsi2sd", "V E4"),
  row("sse", "", 0x0f2c, "cvttps2pi", "P W8"),
  row("sse2", "66", 0x0f2c, "cvttpd2pi", "P W16"),
  row("sse", "f3", 0x0f2c, "cvttss2si", "G W4"),
  row("sse2", "f2", 0x0f2c, "cvttsd2si", "G W8"),
  row("sse", "", 0x0f2d, "cvtps2pi", "P W8"),
  row("sse2", "66", 0x0f2d, "cvtpd2pi", "P W16"),
  row("sse", "f3", 0x0f2d, "cvtss2si", "G W4"),
  row("sse2", "f2", 0x0f2d, "cvtsd2si", "G W8"),
  row("sse2", "", 0x0f5a, "cvtps2pd", "V W8"),
  row("sse2", "66", 0x0f5a, "cvtpd2ps", "V W16"),
  row("sse2", "f3", 0x0f5a, "cvtss2sd", "V W4"),
  row("sse2", "f2", 0x0f5a, "cvtsd2ss", "V W8"),
  row("sse2", "", 0x0f5b, "cvtdq2ps", "V W16"),
  row("sse2", "66", 0x0f5b, "cvtps2dq", "V W16"),
  row("sse2", "f3", 0x0f5b, "cvttps2dq", "V W16"),
  row("sse2", "66", 0x0fe6, "cvttpd2dq", "V W16"),
  row("sse2", "f3", 0x0fe6, "cvtdq2pd", "V W8"),
  row("sse2", "f2", 0x0fe6, "cvtpd2dq", "V W16"),
];

/** Shifts by an immediate byte: groups 12 to 14. */
function shiftGroup(opcode: number, names: Readonly<Record<number, string>>): SseRow[] {
  return Object.entries(names).map(([extension, name]) =>
    row("sse2", "66", opcode, name, "U I", {
      extension: Number(extension),
      kernel: name.endsWith("dq") ? name : `${name}.imm`,
    }),
  );
}

const INTEGERS: readonly SseRow[] = [
  ...many(
    "sse2",
    "66",
    0x0f60,
    "V W16",
    "punpcklbw punpcklwd punpckldq packsswb pcmpgtb pcmpgtw pcmpgtd packuswb " +
      "punpckhbw punpckhwd punpckhdq packssdw punpcklqdq punpckhqdq",
  ),
  row("sse2", "66", 0x0f70, "pshufd", "V W16 I"),
  row("sse2", "f3", 0x0f70, "pshufhw", "V W16 I"),
  row("sse2", "f2", 0x0f70, "pshuflw", "V W16 I"),
  ...shiftGroup(0x0f71, { 2: "psrlw", 4: "psraw", 6: "psllw" }),
  ...shiftGroup(0x0f72, { 2: "psrld", 4: "psrad", 6: "pslld" }),
  ...shiftGroup(0x0f73, { 2: "psrlq", 3: "psrldq", 6: "psllq", 7: "pslldq" }),
  ...many("sse2", "66", 0x0f74, "V W16", "pcmpeqb pcmpeqw pcmpeqd"),
  row("sse2", "66", 0x0fc4, "pinsrw", "V E2 I"),
  row("sse2", "66", 0x0fc5, "pextrw", "G U I"),
  ...many("sse2", "66", 0x0fd1, "V W16", "psrlw psrld psrlq paddq pmullw"),
  ...many(
    "sse2",
    "66",
    0x0fd8,
    "V W16",
    "psubusb psubusw pminub pand paddusb paddusw pmaxub pandn " +
      "pavgb psraw psrad pavgw pmulhuw pmulhw",
  ),
  ...many("sse2", "66", 0x0fe8, "V W16", "psubsb psubsw pminsw por paddsb paddsw pmaxsw pxor"),
  ...many("sse2", "66", 0x0ff1, "V W16", "psllw pslld psllq pmuludq pmaddwd psadbw"),
  ...many("sse2", "66", 0x0ff8, "V W16", "psubb psubw psubd psubq paddb paddw paddd"),
  ...many(
    "ssse3",
    "66",
    0x0f3800,
    "V W16",
    "pshufb phaddw phaddd phaddsw pmaddubsw phsubw phsubd phsubsw psignb psignw psignd pmulhrsw",
  ),
  ...many("ssse3", "66", 0x0f381c, "V W16", "pabsb pabsw pabsd"),
  row("ssse3", "66", 0x0f3a0f, "palignr", "V W16 I"),
  row("sse4.1", "66", 0x0f3810, "pblendvb", "V W16"),
  row("sse4.1", "66", 0x0f3817, "ptest", "V W16", { setsFlags: true }),
  row("sse4.1", "66", 0x0f3820, "pmovsxbw", "V W8"),
  row("sse4.1", "66", 0x0f3821, "pmovsxbd", "V W4"),
  row("sse4.1", "66", 0x0f3822, "pmovsxbq", "V W2"),
  row("sse4.1", "66", 0x0f3823, "pmovsxwd", "V W8"),
  row("sse4.1", "66", 0x0f3824, "pmovsxwq", "V W4"),
  row("sse4.1", "66", 0x0f3825, "pmovsxdq", "V W8"),
  ...many("sse4.1", "66", 0x0f3828, "V W16", "pmuldq pcmpeqq - packusdw"),
  row("sse4.1", "66", 0x0f3830, "pmovzxbw", "V W8"),
  row("sse4.1", "66", 0x0f3831, "pmovzxbd", "V W4"),
  row("sse4.1", "66", 0x0f3832, "pmovzxbq", "V W2"),
  row("sse4.1", "66", 0x0f3833, "pmovzxwd", "V W8"),
  row("sse4.1", "66", 0x0f3834, "pmovzxwq", "V W4"),
  row("sse4.1", "66", 0x0f3835, "pmovzxdq", "V W8"),
  row("sse4.2", "66", 0x0f3837, "pcmpgtq", "V W16"),
  ...many(
    "sse4.1",
    "66",
    0x0f3838,
    "V W16",
    "pminsb pminsd pminuw pminud pmaxsb pmaxsd pmaxuw pmaxud pmulld phminposuw",
  ),
  row("sse4.1", "66", 0x0f3a0e, "pblendw", "V W16 I"),
  row("sse4.1", "66", 0x0f3a14, "pextrb", "E1 V I"),
  row("sse4.1", "66", 0x0f3a15, "pextrw", "E2 V I"),
  row("sse4.1", "66", 0x0f3a16, "pextrd", "E4 V I"),
  row("sse4.1", "66", 0x0f3a20, "pinsrb", "V E1 I"),
  row("sse4.1", "66", 0x0f3a22, "pinsrd", "V E4 I"),
  row("sse4.1", "66", 0x0f3a42, "mpsadbw", "V W16 I"),
  row("sse4.2", "66", 0x0f3a60, "pcmpestrm", "V W16u I", { setsFlags: true }),
  row("sse4.2", "66", 0x0f3a61, "pcmpestri", "V W16u I", { setsFlags: true }),
  row("sse4.2", "66", 0x0f3a62, "pcmpistrm", "V W16u I", { setsFlags: true }),
  row("sse4.2", "66", 0x0f3a63, "pcmpistri", "V W16u I", { setsFlags: true }),
];

/** Every row. */
export function sseRows(): readonly SseRow[] {
  return [...MOVES, ...FLOATS, ...CONVERSIONS, ...INTEGERS];
}
