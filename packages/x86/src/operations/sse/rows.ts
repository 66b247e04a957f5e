/** The instructions of SSE to SSE4.2 that work on XMM registers. */
import type { SseRow } from "./row.js";
import { rowsOf } from "./row.js";

/** Every row. */
export function sseRows(): readonly SseRow[] {
  return rowsOf(`
@sse
0f10 V,W16u movups=mov
0f11 W16u,V movups=mov
0f12 V,U movhlps=mov64.high
0f12 V,M8 movlps=mov64
0f13 M8,V movlps=mov64
0f14 V,W16 unpcklps unpckhps
0f16 V,U movlhps=mov64.tohigh
0f16 V,M8 movhps=mov64.tohigh
0f17 M8,V movhps=mov64.high
0f28 V,W16 movaps=mov
0f29 W16,V movaps=mov
0f2a V,Q8 cvtpi2ps
0f2b M16,V movntps=mov
0f2c P,W8 cvttps2pi cvtps2pi
0f2e V,W4 ucomiss! comiss!
0f50 G,U movmskps
0f51 V,W16 sqrtps rsqrtps rcpps andps=pand andnps=pandn orps=por xorps=pxor addps mulps - - subps minps divps
0f5f V,W16 maxps
0fc2 V,W16,I cmpps
0fc6 V,W16,I shufps
@sse2 66
0f10 V,W16u movupd=mov
0f11 W16u,V movupd=mov
0f12 V,M8 movlpd=mov64
0f13 M8,V movlpd=mov64
0f14 V,W16 unpcklpd unpckhpd
0f16 V,M8 movhpd=mov64.tohigh
0f17 M8,V movhpd=mov64.high
0f28 V,W16 movapd=mov
0f29 W16,V movapd=mov
0f2a V,Q8 cvtpi2pd
0f2b M16,V movntpd=mov
0f2c P,W16 cvttpd2pi cvtpd2pi
0f2e V,W8 ucomisd! comisd!
0f50 G,U movmskpd
0f51 V,W16 sqrtpd - - andpd=pand andnpd=pandn orpd=por xorpd=pxor addpd mulpd cvtpd2ps cvtps2dq subpd minpd
0f5e V,W16 divpd maxpd punpcklbw punpcklwd punpckldq packsswb pcmpgtb pcmpgtw pcmpgtd packuswb punpckhbw
0f69 V,W16 punpckhwd punpckhdq packssdw punpcklqdq punpckhqdq
0f6e V,E4 movd=mov32.zero
0f6f V,W16 movdqa=mov
0f70 V,W16,I pshufd
0f71 U,I 2:psrlw=.imm 4:psraw=.imm 6:psllw=.imm
0f72 U,I 2:psrld=.imm 4:psrad=.imm 6:pslld=.imm
0f73 U,I 2:psrlq=.imm 3:psrldq 6:psllq=.imm 7:pslldq
0f74 V,W16 pcmpeqb pcmpeqw pcmpeqd
0f7e E4,V movd=mov32
0f7f W16,V movdqa=mov
0fc2 V,W16,I cmppd
0fc4 V,E2,I pinsrw
0fc5 G,U,I pextrw
0fc6 V,W16,I shufpd
0fd1 V,W16 psrlw psrld psrlq paddq pmullw
0fd6 W8,V movq=mov64.zero
0fd7 G,U pmovmskb
0fd8 V,W16 psubusb psubusw pminub pand paddusb paddusw pmaxub pandn pavgb psraw psrad pavgw pmulhuw pmulhw
0fe6 V,W16 cvttpd2dq
0fe7 M16,V movntdq=mov
0fe8 V,W16 psubsb psubsw pminsw por paddsb paddsw pmaxsw pxor - psllw pslld psllq pmuludq pmaddwd psadbw
0ff8 V,W16 psubb psubw psubd psubq paddb paddw paddd
@sse2 f3
0f5a V,W4 cvtss2sd
0f5b V,W16 cvttps2dq
0f6f V,W16u movdqu=mov
0f70 V,W16,I pshufhw
0f7e V,W8 movq=mov64.zero
0f7f W16u,V movdqu=mov
0fd6 V,N movq2dq=mov64.zero
0fe6 V,W8 cvtdq2pd
@sse f3
0f10 V,W4 movss=mov32/mov
0f11 W4,V movss=mov32
0f2a V,E4 cvtsi2ss
0f2c G,W4 cvttss2si cvtss2si
0f51 V,W4 sqrtss rsqrtss rcpss
0f58 V,W4 addss mulss - - subss minss divss maxss
0fc2 V,W4,I cmpss
@sse2 f2
0f10 V,W8 movsd=mov64/mov
0f11 W8,V movsd=mov64
0f2a V,E4 cvtsi2sd
0f2c G,W8 cvttsd2si cvtsd2si
0f51 V,W8 sqrtsd
0f58 V,W8 addsd mulsd cvtsd2ss - subsd minsd divsd maxsd
0f70 V,W16,I pshuflw
0fc2 V,W8,I cmpsd
0fd6 P,U movdq2q=mov64
0fe6 V,W16 cvtpd2dq
@pni f3
0f12 V,W16 movsldup
0f16 V,W16 movshdup
@pni f2
0f12 V,W8 movddup
0f7c V,W16 haddps hsubps
0fd0 V,W16 addsubps
0ff0 V,M16u lddqu=mov
@sse4.1 66
0f3810 V,W16 pblendvb
0f3814 V,W16 blendvps blendvpd - ptest!
0f3820 V,W8 pmovsxbw
0f3821 V,W4 pmovsxbd
0f3822 V,W2 pmovsxbq
0f3823 V,W8 pmovsxwd
0f3824 V,W4 pmovsxwq
0f3825 V,W8 pmovsxdq
0f3828 V,W16 pmuldq pcmpeqq
0f382a V,M16 movntdqa=mov
0f382b V,W16 packusdw
0f3830 V,W8 pmovzxbw
0f3831 V,W4 pmovzxbd
0f3832 V,W2 pmovzxbq
0f3833 V,W8 pmovzxwd
0f3834 V,W4 pmovzxwq
0f3835 V,W8 pmovzxdq
0f3838 V,W16 pminsb pminsd pminuw pminud pmaxsb pmaxsd pmaxuw pmaxud pmulld phminposuw
0f3a08 V,W16,I roundps roundpd
0f3a0a V,W4,I roundss
0f3a0b V,W8,I roundsd
0f3a0c V,W16,I blendps blendpd pblendw
0f3a14 E1,V,I pextrb
0f3a15 E2,V,I pextrw
0f3a16 E4,V,I pextrd extractps=pextrd
0f3a20 V,E1,I pinsrb
0f3a21 V,W4,I insertps/insertps.mem
0f3a22 V,E4,I pinsrd
0f3a40 V,W16,I dpps dppd mpsadbw
@pni 66
0f7c V,W16 haddpd hsubpd
0fd0 V,W16 addsubpd
@sse2
0f5a V,W8 cvtps2pd
0f5b V,W16 cvtdq2ps
@ssse3 66
0f3800 V,W16 pshufb phaddw phaddd phaddsw pmaddubsw phsubw phsubd phsubsw psignb psignw psignd pmulhrsw
0f381c V,W16 pabsb pabsw pabsd
0f3a0f V,W16,I palignr
@sse4.2 66
0f3837 V,W16 pcmpgtq
0f3a60 V,W16u,I pcmpestrm! pcmpestri! pcmpistrm! pcmpistri!
`);
}
