/** Instructions of one byte of opcode. */
import type { OpcodeRow } from "./opcode-row.js";
import { CONDITIONS, hexByte, opcodeRows } from "./opcode-row.js";

const ARITHMETIC = ["add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"] as const;
const SHIFTS = ["rol", "ror", "rcl", "rcr", "shl", "shr", "sal", "sar"] as const;

const arithmetic = ARITHMETIC.map((name, n) =>
  [
    `${hexByte(8 * n)} ${name}$ Eb Gb`,
    `${hexByte(8 * n + 1)} ${name}$ Ev Gv`,
    `${hexByte(8 * n + 2)} ${name}$ Gb Eb`,
    `${hexByte(8 * n + 3)} ${name}$ Gv Ev`,
    `${hexByte(8 * n + 4)} ${name}$ AL Ib`,
    `${hexByte(8 * n + 5)} ${name}$ rAX Iz`,
    `80/${n} ${name}$ Eb Ib`,
    `81/${n} ${name}$ Ev Iz`,
    `82/${n} ${name}$ Eb Ib !32`,
    `83/${n} ${name}$ Ev sIb`,
  ].join("\n"),
);

const shifts = SHIFTS.map((name, n) =>
  [
    `c0/${n} ${name}$ Eb Ib`,
    `c1/${n} ${name}$ Ev Ib`,
    `d0/${n} ${name}$ Eb 1`,
    `d1/${n} ${name}$ Ev 1`,
    `d2/${n} ${name}$ Eb CL`,
    `d3/${n} ${name}$ Ev CL`,
  ].join("\n"),
);

const jumps = CONDITIONS.map((condition, n) => `${hexByte(0x70 + n)} j${condition} Jb !f64`);

const OTHERS = `
06 push$ ES !32
07 pop$ ES !32
0e push$ CS !32
16 push$ SS !32
17 pop$ SS !32
1e push$ DS !32
1f pop$ DS !32
27 daa !32
2f das !32
37 aaa !32
3f aas !32
40+r inc$ Zv !32
48+r dec$ Zv !32
50+r push$ Zv !d64
58+r pop$ Zv !d64
60 pusha$ !32
61 popa$ !32
62M bound Gv Mv !32
63 arpl Ew Gw !32
63 movsxd=movsl$v Gv Ed !64
68 push$ Iz !d64
69 imul$ Gv Ev Iz
6a push$ sIb !d64
6b imul$ Gv Ev sIb
6c ins$ Yb DX
6d ins$ Yz DX
6e outs$ DX Xb
6f outs$ DX Xz
84 test$ Eb Gb
85 test$ Ev Gv
86 xchg$ Eb Gb
87 xchg$ Ev Gv
88 mov$ Eb Gb
89 mov$ Ev Gv
8a mov$ Gb Eb
8b mov$ Gv Ev
8c mov$ Ex Sw
8dM lea$ Gv M
8e mov$ Sw Ex
8f/0 pop$ Ev !d64
90 nop
f3:90 pause
91 xchg$ rAX Zv
92 xchg$ rAX Zv
93 xchg$ rAX Zv
94 xchg$ rAX Zv
95 xchg$ rAX Zv
96 xchg$ rAX Zv
97 xchg$ rAX Zv
98 cbw|cwde|cdqe=cbtw|cwtl|cltq
99 cwd|cdq|cqo=cwtd|cltd|cqto
9a call=lcall$ Ap !32
9b wait
9c pushf$ !d64
9d popf$ !d64
9e sahf
9f lahf
a0 mov$ AL Ob
a1 mov$ rAX Ov
a2 mov$ Ob AL
a3 mov$ Ov rAX
a4 movs$ Yb Xb
a5 movs$ Yv Xv
a6 cmps$ Xb Yb
a7 cmps$ Xv Yv
a8 test$ AL Ib
a9 test$ rAX Iz
aa stos$ Yb AL
ab stos$ Yv rAX
ac lods$ AL Xb
ad lods$ rAX Xv
ae scas$ AL Yb
af scas$ rAX Yv
b0+r mov$ Zb Ib
b8+r mov$ Zv Iv
c2 ret$ Iw !f64
c3 ret$ !f64
c4M les$ Gv Mp !32
c5M lds$ Gv Mp !32
c6/0 mov$ Eb Ib
c7/0 mov$ Ev Iz
c8 enter Iw Ib !d64
c9 leave !d64
ca retf=lret$ Iw
cb retf=lret$
cc int3
cd int Ib
ce into !32
cf iret$
d4 aam Ib !32
d5 aad Ib !32
d6 salc !32
d7 xlatb
e0 loopne Jb !f64
e1 loope Jb !f64
e2 loop Jb !f64
e3 jcxz Jb !f64
e4 in$ AL Ib
e5 in$ eAX Ib
e6 out$ Ib AL
e7 out$ Ib eAX
e8 call$ Jz !f64
e9 jmp Jz !f64
ea jmp=ljmp$ Ap !32
eb jmp Jb !f64
ec in$ AL DX
ed in$ eAX DX
ee out$ DX AL
ef out$ DX eAX
f1 int1
f4 hlt
f5 cmc
f6/0 test$ Eb Ib
f6/1 test$ Eb Ib
f6/2 not$ Eb
f6/3 neg$ Eb
f6/4 mul$ Eb
f6/5 imul$ Eb
f6/6 div$ Eb
f6/7 idiv$ Eb
f7/0 test$ Ev Iz
f7/1 test$ Ev Iz
f7/2 not$ Ev
f7/3 neg$ Ev
f7/4 mul$ Ev
f7/5 imul$ Ev
f7/6 div$ Ev
f7/7 idiv$ Ev
f8 clc
f9 stc
fa cli
fb sti
fc cld
fd std
fe/0 inc$ Eb
fe/1 dec$ Eb
ff/0 inc$ Ev
ff/1 dec$ Ev
ff/2 call$ *Ev !f64
ff/3M call=lcall$ *Mp
ff/4 jmp$ *Ev !f64
ff/5M jmp=ljmp$ *Mp
ff/6 push$ Ev !d64
`;

/** Every row. */
export function oneByteRows(): readonly OpcodeRow[] {
  return opcodeRows([...arithmetic, ...jumps, ...shifts, OTHERS].join("\n"));
}
