/** The instructions on MMX registers, those that SSE to SSSE3 added too: one row each. */
import type { SseFeature, SseRow } from "../sse/row.js";
import { row } from "../sse/row.js";

/** Consecutive opcodes; "-" leaves a gap, and a name with ".mmx" has a kernel of MMX's own. */
function many(feature: SseFeature, first: number, operands: string, names: string): SseRow[] {
  return names.split(" ").flatMap((kernel, k) => {
    const mnemonic = kernel.replace(".mmx", "");
    return kernel === "-" ? [] : [row(feature, "", first + k, mnemonic, operands, { kernel })];
  });
}
/** Shifts by an immediate byte. */
function shifts(opcode: number, names: Readonly<Record<number, string>>): SseRow[] {
  return Object.entries(names).map(([extension, name]) =>
    row("mmx", "", opcode, name, "N I", { extension: Number(extension), kernel: `${name}.imm` }),
  );
}

/** Every row. */
export function mmxRows(): readonly SseRow[] {
  return [
    ...many("mmx", 0x0f60, "P Q4", "punpcklbw punpcklwd punpckldq"),
    ...many(
      "mmx",
      0x0f63,
      "P Q8",
      "packsswb.mmx pcmpgtb pcmpgtw pcmpgtd packuswb.mmx " +
        "punpckhbw.mmx punpckhwd.mmx punpckhdq.mmx packssdw.mmx",
    ),
    row("mmx", "", 0x0f6e, "movd", "P E4", { kernel: "mov32.zero" }),
    row("mmx", "", 0x0f7e, "movd", "E4 P", { kernel: "mov32" }),
    row("mmx", "", 0x0f6f, "movq", "P Q8", { kernel: "mov64" }),
    row("mmx", "", 0x0f7f, "movq", "Q8 P", { kernel: "mov64" }),
    { ...row("sse", "", 0x0fe7, "movntq", "Q8 P", { kernel: "mov64" }), isMemoryOnly: true },
    row("sse", "", 0x0f70, "pshufw", "P Q8 I"),
    ...shifts(0x0f71, { 2: "psrlw", 4: "psraw", 6: "psllw" }),
    ...shifts(0x0f72, { 2: "psrld", 4: "psrad", 6: "pslld" }),
    ...shifts(0x0f73, { 2: "psrlq", 6: "psllq" }),
    ...many("mmx", 0x0f74, "P Q8", "pcmpeqb pcmpeqw pcmpeqd"),
    row("sse", "", 0x0fc4, "pinsrw", "P E2 I", { kernel: "pinsrw.mmx" }),
    row("sse", "", 0x0fc5, "pextrw", "G N I", { kernel: "pextrw.mmx" }),
    row("sse", "", 0x0fd7, "pmovmskb", "G N", { kernel: "pmovmskb.mmx" }),
    ...many("mmx", 0x0fd1, "P Q8", "psrlw psrld psrlq - pmullw"),
    ...many("sse2", 0x0fd4, "P Q8", "paddq"),
    ...many("mmx", 0x0fd8, "P Q8", "psubusb psubusw - pand paddusb paddusw - pandn"),
    ...many("sse", 0x0fda, "P Q8", "pminub - - - pmaxub - pavgb - - pavgw pmulhuw"),
    ...many("mmx", 0x0fe1, "P Q8", "psraw psrad - - pmulhw"),
    ...many("mmx", 0x0fe8, "P Q8", "psubsb psubsw - por paddsb paddsw - pxor"),
    ...many("sse", 0x0fea, "P Q8", "pminsw - - - pmaxsw"),
    ...many("mmx", 0x0ff1, "P Q8", "psllw pslld psllq - pmaddwd"),
    ...many("sse2", 0x0ff4, "P Q8", "pmuludq"),
    ...many("sse", 0x0ff6, "P Q8", "psadbw"),
    ...many("mmx", 0x0ff8, "P Q8", "psubb psubw psubd - paddb paddw paddd"),
    ...many("sse2", 0x0ffb, "P Q8", "psubq"),
    ...many(
      "ssse3",
      0x0f3800,
      "P Q8",
      "pshufb.mmx phaddw.mmx phaddd.mmx phaddsw.mmx pmaddubsw phsubw.mmx phsubd.mmx phsubsw.mmx " +
        "psignb psignw psignd pmulhrsw",
    ),
    ...many("ssse3", 0x0f381c, "P Q8", "pabsb pabsw pabsd"),
    row("ssse3", "", 0x0f3a0f, "palignr", "P Q8 I", { kernel: "palignr.mmx" }),
  ];
}
