/**
 * Registers that gdb is told of. The order is that of the `g` packet; gdb learns it from the XML.
 */
import type { GdbCpu } from "./target.js";

/** A type of the target description. */
export type RegisterType =
  | ("int32" | "int64" | "code_ptr" | "data_ptr" | "i386_eflags" | "i387_ext" | "vec128")
  | "i386_mxcsr";

/** One register. */
export interface GdbRegister {
  readonly name: string;
  readonly bits: number;
  readonly type: RegisterType;
  /** gdb's group, where the type does not tell it. */
  readonly group?: "float" | "vector" | "system";
}

/** Registers that belong together in the description. */
export interface RegisterFeature {
  readonly name: string;
  readonly registers: readonly GdbRegister[];
}

/** All registers of a processor. */
export interface RegisterFile {
  /** gdb's name of the architecture. */
  readonly architecture: "i386" | "i386:x86-64";
  readonly features: readonly RegisterFeature[];
  /** Of all features, in order. */
  readonly registers: readonly GdbRegister[];
}

const ST_BITS = 80;
const XMM_BITS = 128;

const int32 = (name: string): GdbRegister => ({ name, bits: 32, type: "int32" });
const int64 = (name: string): GdbRegister => ({ name, bits: 64, type: "int64" });
const pointer = (name: string, bits: number, type: "code_ptr" | "data_ptr"): GdbRegister => {
  return { name, bits, type };
};
const system = (name: string, bits: number): GdbRegister => {
  return { name, bits, type: bits === 64 ? "int64" : "int32", group: "system" };
};
const numbered = (count: number, name: (n: number) => GdbRegister): GdbRegister[] =>
  Array.from({ length: count }, (_, n) => name(n));

const SELECTORS = ["cs", "ss", "ds", "es", "fs", "gs"].map(int32);
const EFLAGS: GdbRegister = { name: "eflags", bits: 32, type: "i386_eflags" };

const FPU: readonly GdbRegister[] = [
  ...numbered(8, (n) => ({ name: `st${n}`, bits: ST_BITS, type: "i387_ext" })),
  ...["fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"].map(
    (name): GdbRegister => ({ name, bits: 32, type: "int32", group: "float" }),
  ),
];

const CORE_32: readonly GdbRegister[] = [
  ...["eax", "ecx", "edx", "ebx"].map(int32),
  ...["esp", "ebp"].map((name) => pointer(name, 32, "data_ptr")),
  ...["esi", "edi"].map(int32),
  pointer("eip", 32, "code_ptr"),
  EFLAGS,
  ...SELECTORS,
  ...FPU,
];

const CORE_64: readonly GdbRegister[] = [
  ...["rax", "rbx", "rcx", "rdx", "rsi", "rdi"].map(int64),
  ...["rbp", "rsp"].map((name) => pointer(name, 64, "data_ptr")),
  ...numbered(8, (n) => int64(`r${n + 8}`)),
  pointer("rip", 64, "code_ptr"),
  EFLAGS,
  ...SELECTORS,
  ...FPU,
];

function sse(count: number): readonly GdbRegister[] {
  return [
    ...numbered(count, (n): GdbRegister => ({ name: `xmm${n}`, bits: XMM_BITS, type: "vec128" })),
    { name: "mxcsr", bits: 32, type: "i386_mxcsr", group: "vector" },
  ];
}

function systemRegisters(bits: number): readonly GdbRegister[] {
  const controls = bits === 64 ? ["cr0", "cr2", "cr3", "cr4", "cr8"] : ["cr0", "cr2", "cr3", "cr4"];
  const bases =
    bits === 64 ? [] : ["cs_base", "ss_base", "ds_base", "es_base", "fs_base", "gs_base"];
  return [
    ...bases.map((name) => system(name, bits)),
    ...(bits === 64 ? [system("k_gs_base", bits)] : []),
    ...controls.map((name) => system(name, bits)),
    ...(bits === 64 ? [system("efer", bits)] : []),
    ...["dr0", "dr1", "dr2", "dr3", "dr6", "dr7"].map((name) => system(name, bits)),
  ];
}

function fileOf(
  architecture: RegisterFile["architecture"],
  features: readonly RegisterFeature[],
): RegisterFile {
  return { architecture, features, registers: features.flatMap(({ registers }) => registers) };
}

/** The registers of a processor: those of 64 bits while it is in long mode. */
export function registerFileOf(cpu: GdbCpu): RegisterFile {
  if (cpu.read("rax") !== undefined) {
    const bases = ["fs_base", "gs_base"].map(int64);
    return fileOf("i386:x86-64", [
      { name: "org.gnu.gdb.i386.core", registers: CORE_64 },
      { name: "org.gnu.gdb.i386.sse", registers: sse(16) },
      { name: "org.gnu.gdb.i386.segments", registers: bases },
      { name: "org.mem.i386.system", registers: systemRegisters(64) },
    ]);
  }
  return fileOf("i386", [
    { name: "org.gnu.gdb.i386.core", registers: CORE_32 },
    ...(cpu.read("mxcsr") === undefined
      ? []
      : [{ name: "org.gnu.gdb.i386.sse", registers: sse(8) }]),
    { name: "org.mem.i386.system", registers: systemRegisters(32) },
  ]);
}

/** A register's value as the protocol sends it: bytes from the lowest, in hexadecimal digits. */
export function registerHex(cpu: GdbCpu, { name, bits }: GdbRegister): string {
  const value = cpu.read(name);
  const digits = bits / 4;
  if (value === undefined) return "x".repeat(digits);
  return swapBytes(BigInt.asUintN(bits, value).toString(16).padStart(digits, "0"));
}

/** Set a register from such digits. Returns whether it could be. */
export function setRegisterHex(cpu: GdbCpu, { name, bits }: GdbRegister, hex: string): boolean {
  if (hex.length !== bits / 4 || !/^[0-9a-f]*$/i.test(hex)) return false;
  return cpu.write(name, BigInt(`0x${swapBytes(hex)}`));
}

function swapBytes(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join("");
}
