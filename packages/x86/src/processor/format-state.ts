/** Register state as text: what QEMU's monitor prints for `info registers`, as far as it exists. */
import { CR0_PE, D_B, D_CODE, D_EC, D_G, D_P, D_RW, D_S, D_ACCESSED } from "../constants.js";
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
function kindOf({ flags }: SegmentState): string {
  const dpl = ` DPL=${(flags >> 13) & 3}`;
  if ((flags & D_S) === 0) return `${dpl} ${SYSTEM_KINDS[(flags >> 8) & 15]}`;
  const letter = (bit: number, name: string): string => ((flags & bit) !== 0 ? name : "-");
  const wide = (flags & D_B) !== 0;
  const kind =
    (flags & D_CODE) !== 0
      ? `${wide ? "CS32" : "CS16"} [${letter(D_EC, "C")}${letter(D_RW, "R")}`
      : `${wide ? "DS  " : "DS16"} [${letter(D_EC, "E")}${letter(D_RW, "W")}`;
  return `${dpl} ${kind}${letter(D_ACCESSED, "A")}]`;
}

/** The descriptor's high dword without the base: the attributes, and the limit's bits 16 to 19. */
function highDword({ flags, limit }: SegmentState): number {
  return flags | (((flags & D_G) !== 0 ? limit >>> 28 : (limit >>> 16) & 15) << 16);
}

function segmentLine(label: string, s: SegmentState, withKind: boolean): string {
  const plain = `${label}=${hex(s.selector, 4)} ${hex(s.base, 8)} ${hex(s.limit, 8)} ${hex(highDword(s), 8)}`;
  return withKind && (s.flags & D_P) !== 0 ? plain + kindOf(s) : plain;
}

/**
 * The registers as QEMU's monitor prints them, several lines, without x87 and SSE: `X86Cpu.formatRegisters` has them too.
 */
export function formatState(s: CpuState): string {
  const isProtected = (s.cr0 & CR0_PE) !== 0;
  const flags = FLAG_LETTERS.map(([bit, letter]) => ((s.eflags & bit) !== 0 ? letter : "-"));
  const bit = (on: boolean): string => (on ? "1" : "0");
  return [
    words({ EAX: s.eax, EBX: s.ebx, ECX: s.ecx, EDX: s.edx }),
    words({ ESI: s.esi, EDI: s.edi, EBP: s.ebp, ESP: s.esp }),
    `${words({ EIP: s.eip, EFL: s.eflags })} [${flags.join("")}] CPL=${s.cpl} ` +
      `II=${bit(s.interruptShadow)} A20=${bit(s.a20)} SMM=${bit(s.smm)} HLT=${bit(s.halted)}`,
    segmentLine("ES ", s.es, isProtected),
    segmentLine("CS ", s.cs, isProtected),
    segmentLine("SS ", s.ss, isProtected),
    segmentLine("DS ", s.ds, isProtected),
    segmentLine("FS ", s.fs, isProtected),
    segmentLine("GS ", s.gs, isProtected),
    segmentLine("LDT", s.ldtr, isProtected),
    segmentLine("TR ", s.tr, isProtected),
    `GDT=     ${hex(s.gdtr.base, 8)} ${hex(s.gdtr.limit, 8)}`,
    `IDT=     ${hex(s.idtr.base, 8)} ${hex(s.idtr.limit, 8)}`,
    words({ CR0: s.cr0, CR2: s.cr2, CR3: s.cr3, CR4: s.cr4 }),
    // The line ends in a space there, too.
    `${words({ DR0: s.dr0, DR1: s.dr1, DR2: s.dr2, DR3: s.dr3 })} `,
    words({ DR6: s.dr6, DR7: s.dr7 }),
    "EFER=0000000000000000",
  ].join("\n");
}
