/** Register state as text: what QEMU's monitor prints for `info registers`, as far as it exists. */
import {
  CR0_PE,
  D_ACCESSED,
  D_B,
  D_CODE,
  D_EC,
  D_G,
  D_L,
  D_P,
  D_RW,
  D_S,
  EFER_LMA,
} from "../constants.js";
import { generalLines, hex64 } from "./format-long-state.js";
import type { CpuState, SegmentState } from "./register-state.js";

/** Bits of EFLAGS that are shown as letters. */
const FLAG_LETTERS = [
  [0x400, "D"],
  [0x800, "O"],
  [0x80, "S"],
  [0x40, "Z"],
  [0x10, "A"],
  [4, "P"],
  [1, "C"],
] as const;

/** Kinds of system segment, by descriptor type. */
const SYSTEM_KINDS = [
  ...["Reserved", "TSS16-avl", "LDT", "TSS16-busy", "CallGate16", "TaskGate"],
  ...["IntGate16", "TrapGate16", "Reserved", "TSS32-avl", "Reserved", "TSS32-busy"],
  ...["CallGate32", "Reserved", "IntGate32", "TrapGate32"],
];

function hex(v: number, digits: number): string {
  return v.toString(16).padStart(digits, "0");
}
function words(pairs: Readonly<Record<string, number>>): string {
  return Object.entries(pairs)
    .map(([name, v]) => `${name}=${hex(v, 8)}`)
    .join(" ");
}

/** Kind of a present segment, segment is, e.g. ` DPL=0 CS32 [-RA]`. */
function kindOf({ flags }: SegmentState, isLong: boolean): string {
  const dpl = ` DPL=${(flags >> 13) & 3}`;
  if ((flags & D_S) === 0) {
    const kind = SYSTEM_KINDS[(flags >> 8) & 15];
    return `${dpl} ${isLong ? kind?.replace(/32/, "64") : kind}`;
  }
  const letter = (bit: number, name: string): string => ((flags & bit) !== 0 ? name : "-");
  const wide = (flags & D_B) !== 0;
  const code = isLong && (flags & D_L) !== 0 ? "CS64" : wide ? "CS32" : "CS16";
  const kind =
    (flags & D_CODE) !== 0
      ? `${code} [${letter(D_EC, "C")}${letter(D_RW, "R")}`
      : `${wide ? "DS  " : "DS16"} [${letter(D_EC, "E")}${letter(D_RW, "W")}`;
  return `${dpl} ${kind}${letter(D_ACCESSED, "A")}]`;
}

/** The descriptor's high dword without the base: the attributes, and the limit's bits 16 to 19. */
function highDword({ flags, limit }: SegmentState): number {
  return flags | (((flags & D_G) !== 0 ? limit >>> 28 : (limit >>> 16) & 15) << 16);
}

/** In the order of the lines, and the number of each segment's base. */
const SEGMENT_LINES = [
  ["ES ", "es"],
  ["CS ", "cs"],
  ["SS ", "ss"],
  ["DS ", "ds"],
  ["FS ", "fs"],
  ["GS ", "gs"],
  ["LDT", "ldtr"],
  ["TR ", "tr"],
] as const;

const isLongMode = (state: CpuState): boolean => (state.efer & EFER_LMA) !== 0;

function segmentLine(state: CpuState, label: string, s: SegmentState, n: number): string {
  const withKind = (state.cr0 & CR0_PE) !== 0;
  const base = state.long.code64 ? hex64(state.long.bases[n] ?? 0n) : hex(s.base, 8);
  const plain = `${label}=${hex(s.selector, 4)} ${base} ${hex(s.limit, 8)} ${hex(highDword(s), 8)}`;
  return withKind && (s.flags & D_P) !== 0 ? plain + kindOf(s, isLongMode(state)) : plain;
}

/**
 * The registers as QEMU's monitor prints them, several lines, without x87 and SSE: `X86Cpu.formatRegisters` has them too.
 */
export function formatState(s: CpuState): string {
  const isLong = isLongMode(s);
  const is64 = s.long.code64;
  const flags = FLAG_LETTERS.map(([bit, letter]) => ((s.eflags & bit) !== 0 ? letter : "-"));
  const bit = (on: boolean): string => (on ? "1" : "0");
  return [
    ...(is64
      ? generalLines(s)
      : [
          words({ EAX: s.eax, EBX: s.ebx, ECX: s.ecx, EDX: s.edx }),
          words({ ESI: s.esi, EDI: s.edi, EBP: s.ebp, ESP: s.esp }),
        ]),
    `${is64 ? `RIP=${hex64(s.long.rip)} ${words({ RFL: s.eflags })}` : words({ EIP: s.eip, EFL: s.eflags })} [${flags.join("")}] CPL=${s.cpl} ` +
      `II=${bit(s.interruptShadow)} A20=${bit(s.a20)} SMM=${bit(s.smm)} HLT=${bit(s.halted)}`,
    ...SEGMENT_LINES.map(([label, name], n) => segmentLine(s, label, s[name], n)),
    `GDT=     ${isLong ? hex64(s.long.gdtBase) : hex(s.gdtr.base, 8)} ${hex(s.gdtr.limit, 8)}`,
    `IDT=     ${isLong ? hex64(s.long.idtBase) : hex(s.idtr.base, 8)} ${hex(s.idtr.limit, 8)}`,
    isLong
      ? `${words({ CR0: s.cr0 })} CR2=${hex64(s.long.cr2)} CR3=${hex64(s.long.cr3)} ${words({ CR4: s.cr4 })}`
      : words({ CR0: s.cr0, CR2: s.cr2, CR3: s.cr3, CR4: s.cr4 }),
    // The line ends in a space there, too.
    isLong
      ? s.long.breakpoints.map((value, n) => `DR${n}=${hex64(value)} `).join("")
      : `${words({ DR0: s.dr0, DR1: s.dr1, DR2: s.dr2, DR3: s.dr3 })} `,
    isLong
      ? `DR6=${hex64(BigInt(s.dr6))} DR7=${hex64(BigInt(s.dr7))}`
      : words({ DR6: s.dr6, DR7: s.dr7 }),
    `EFER=${hex64(BigInt(s.efer))}`,
  ].join("\n");
}
