/** The instructions on MMX registers, those that SSE to SSSE3 added too. */
import type { SseRow } from "../sse/row.js";
import { rowsOf } from "../sse/row.js";

/** Every row; names with `.mmx` have a kernel of MMX's own. */
export function mmxRows(): readonly SseRow[] {
  return rowsOf(`
@mmx
0f60 P,Q4 punpcklbw punpcklwd punpckldq
0f63 P,Q8 packsswb=.mmx pcmpgtb pcmpgtw pcmpgtd packuswb=.mmx punpckhbw=.mmx punpckhwd=.mmx punpckhdq=.mmx
0f6b P,Q8 packssdw=.mmx
0f6e P,E4 movd=mov32.zero
0f6f P,Q8 movq=mov64
0f71 N,I 2:psrlw=.imm 4:psraw=.imm 6:psllw=.imm
0f72 N,I 2:psrld=.imm 4:psrad=.imm 6:pslld=.imm
0f73 N,I 2:psrlq=.imm 6:psllq=.imm
0f74 P,Q8 pcmpeqb pcmpeqw pcmpeqd
0f7e E4,P movd=mov32
0f7f Q8,P movq=mov64
0fd1 P,Q8 psrlw psrld psrlq - pmullw - - psubusb psubusw - pand paddusb paddusw - pandn - psraw psrad
0fe5 P,Q8 pmulhw - - psubsb psubsw - por paddsb paddsw - pxor - psllw pslld psllq - pmaddwd - - psubb psubw
0ffa P,Q8 psubd - paddb paddw paddd
@sse
0f70 P,Q8,I pshufw
0fc4 P,E2,I pinsrw=.mmx
0fc5 G,N,I pextrw=.mmx
0fd7 G,N pmovmskb=.mmx
0fda P,Q8 pminub
0fde P,Q8 pmaxub - pavgb - - pavgw pmulhuw
0fe7 Q8,P movntq=mov64#
0fea P,Q8 pminsw
0fee P,Q8 pmaxsw
0ff6 P,Q8 psadbw
@sse2
0fd4 P,Q8 paddq
0ff4 P,Q8 pmuludq
0ffb P,Q8 psubq
@ssse3
0f3800 P,Q8 pshufb=.mmx phaddw=.mmx phaddd=.mmx phaddsw=.mmx pmaddubsw phsubw=.mmx phsubd=.mmx phsubsw=.mmx
0f3808 P,Q8 psignb psignw psignd pmulhrsw
0f381c P,Q8 pabsb pabsw pabsd
0f3a0f P,Q8,I palignr=.mmx
`);
}
