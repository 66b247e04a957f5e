/** Instructions of two and three bytes of opcode that work on general registers and the system. */
import type { OpcodeRow } from "./opcode-row.js";
import { CONDITIONS, hexByte, opcodeRows } from "./opcode-row.js";

const conditional = CONDITIONS.map((condition, n) =>
  [
    `0f${hexByte(0x40 + n)} cmov${condition}$ Gv Ev @cmov`,
    `0f${hexByte(0x80 + n)} j${condition} Jz !f64`,
    `0f${hexByte(0x90 + n)} set${condition} Eb`,
  ].join("\n"),
);

const OTHERS = `
0f00/0 sldt$ Ex
0f00/1 str$ Ex
0f00/2 lldt$ Ew
0f00/3 ltr$ Ew
0f00/4 verr Ew
0f00/5 verw Ew
0f01/0M sgdt$m Ms
0f01/1M sidt$m Ms
0f01/2M lgdt$m Ms
0f01/3M lidt$m Ms
0f01/4 smsw$ Ex
0f01/6 lmsw$ Ew
0f01/7M invlpg Mb
0f01=c8 monitor @monitor
0f01=c9 mwait @monitor
0f01=ca clac @smap
0f01=cb stac @smap
0f01=d0 xgetbv @xsave
0f01=d1 xsetbv @xsave
0f01=f8 swapgs !64
0f01=f9 rdtscp @rdtscp
0f02 lar$ Gv Ex
0f03 lsl$ Gv Ex
0f05 syscall @syscall
0f06 clts
0f07 sysret$y @syscall
0f08 invd
0f09 wbinvd
0f0b ud2
0f0d/0M prefetch Mb @3dnowprefetch
0f0d/1M prefetchw Mb @3dnowprefetch
0f18/0M prefetchnta Mb
0f18/1M prefetcht0 Mb
0f18/2M prefetcht1 Mb
0f18/3M prefetcht2 Mb
0f18 nop$ Ev
0f19 nop$ Ev
0f1a nop$ Ev
0f1b nop$ Ev
0f1c nop$ Ev
0f1d nop$ Ev
0f1e nop$ Ev
0f1f nop$ Ev
0f20 mov$ Rr Cr
0f21 mov$ Rr Dr
0f22 mov$ Cr Rr
0f23 mov$ Dr Rr
0f30 wrmsr @msr
0f31 rdtsc @tsc
0f32 rdmsr @msr
0f33 rdpmc
0f34 sysenter @sep
0f35 sysexit$q @sep
0f77 emms @mmx
0fa0 push$ FS !d64
0fa1 pop$ FS !d64
0fa2 cpuid
0fa3 bt$ Ev Gv
0fa4 shld$ Ev Gv Ib
0fa5 shld$ Ev Gv CL
0fa8 push$ GS !d64
0fa9 pop$ GS !d64
0faa rsm
0fab bts$ Ev Gv
0fac shrd$ Ev Gv Ib
0fad shrd$ Ev Gv CL
0fae/0M fxsave M @fxsr
0fae/1M fxrstor M @fxsr
0fae/2M ldmxcsr Md @sse
0fae/3M stmxcsr Md @sse
0fae/4M xsave M @xsave
0fae/5M xrstor M @xsave
0fae/7M clflush Mb @clflush
0fae/5R lfence @sse2
0fae/6R mfence @sse2
0fae/7R sfence @sse
0faf imul$ Gv Ev
0fb0 cmpxchg$ Eb Gb
0fb1 cmpxchg$ Ev Gv
0fb2M lss$ Gv Mp
0fb3 btr$ Ev Gv
0fb4M lfs$ Gv Mp
0fb5M lgs$ Gv Mp
0fb6 movzx=movzb$v Gv Eb
0fb7 movzx=movzw$v Gv Ew
f3:0fb8 popcnt$ Gv Ev @popcnt
0fb9 ud1=ud2b
0fba/4 bt$ Ev Ib
0fba/5 bts$ Ev Ib
0fba/6 btr$ Ev Ib
0fba/7 btc$ Ev Ib
0fbb btc$ Ev Gv
0fbc bsf$ Gv Ev
0fbd bsr$ Gv Ev
0fbe movsx=movsb$v Gv Eb
0fbf movsx=movsw$v Gv Ew
0fc0 xadd$ Eb Gb
0fc1 xadd$ Ev Gv
0fc3M movnti$ My Gy @sse2
0fc7/1M cmpxchg8b|cmpxchg8b|cmpxchg16b M @cx8
0fc8+r bswap$ Zv
0fff ud0
0ff7R maskmovq vP vN @sse
66:0ff7R maskmovdqu vV vU @sse2
0f38f0M movbe$ Gv Mv @movbe
0f38f1M movbe$ Mv Gv @movbe
f2:0f38f0 crc32$ Gy Eb @sse4.2
f2:0f38f1 crc32$ Gy Ev @sse4.2
`;

/** Every row. */
export function twoByteRows(): readonly OpcodeRow[] {
  return opcodeRows([...conditional, OTHERS].join("\n"));
}
