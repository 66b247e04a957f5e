/** The notes of a core file: for each processor what a debugger asks of a thread, and the whole of its state. */
import type { CoreRegisters } from "./core-registers.js";

const NT_PRSTATUS = 1;
const STATE_TYPE = 0;
const STATE_VERSION = 1;

/** Registers of `struct elf_prstatus`, in its order: of i386, and of x86-64. */
const ORDER_32 = [
  ...["bx", "cx", "dx", "si", "di", "bp", "ax", "ds", "es", "fs", "gs", "-"],
  ...["ip", "cs", "flags", "sp", "ss"],
];
const ORDER_64 = [
  ...["r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8", "ax", "cx", "dx"],
  ...["si", "di", "-", "ip", "cs", "flags", "sp", "ss", "fs_base", "gs_base", "ds", "es"],
  ...["fs", "gs"],
];
/** Offsets in `struct elf_prstatus`: of the thread's number, of the registers; its length in bytes. */
const STATUS_32 = { pid: 24, registers: 72, bytes: 144, word: 4, order: ORDER_32 } as const;
const STATUS_64 = { pid: 32, registers: 112, bytes: 336, word: 8, order: ORDER_64 } as const;

const STATE_GENERAL = ["ax", "bx", "cx", "dx", "si", "di", "sp", "bp"];
const STATE_LONG = ["r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];
const STATE_SEGMENTS = ["cs", "ds", "es", "fs", "gs", "ss", "ldtr", "tr", "gdtr", "idtr"];
const STATE_CONTROL = ["cr0", "cr1", "cr2", "cr3", "cr4"];
const STATE_BYTES = 440;

const SELECTORS: ReadonlySet<string> = new Set(["cs", "ds", "es", "fs", "gs", "ss"]);
const BASES: ReadonlySet<string> = new Set(["fs_base", "gs_base"]);

function registerOf(registers: CoreRegisters, name: string): bigint {
  if (name === "-") return 0n;
  if (name === "flags") return registers.value("eflags");
  if (SELECTORS.has(name)) return BigInt(registers.segment(name).selector);
  if (BASES.has(name)) return registers.segment(name.slice(0, 2)).base;
  return /^r\d/.test(name) ? registers.value(name) : registers.general(name);
}

function note(name: string, type: number, contents: Uint8Array): Uint8Array {
  const padded = (bytes: number): number => (bytes + 3) & ~3;
  const text = new TextEncoder().encode(`${name}\0`);
  const bytes = new Uint8Array(12 + padded(text.length) + padded(contents.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  view.setUint32(4, contents.length, true);
  view.setUint32(8, type, true);
  bytes.set(text, 12);
  bytes.set(contents, 12 + padded(text.length));
  return bytes;
}

/** `NT_PRSTATUS` of processor `number`, which is a thread to a debugger: threads count from 1. */
export function statusNote(registers: CoreRegisters, number: number): Uint8Array {
  const { pid, registers: first, bytes, word, order } = registers.isLong ? STATUS_64 : STATUS_32;
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint32(pid, number + 1, true);
  for (const [place, name] of order.entries()) {
    const value = registerOf(registers, name);
    if (word === 8) view.setBigUint64(first + place * word, value, true);
    else view.setUint32(first + place * word, Number(BigInt.asUintN(32, value)), true);
  }
  return note("CORE", NT_PRSTATUS, new Uint8Array(view.buffer));
}

/** The note `QEMU`: control registers and tables, by which a debugger finds the kernel. */
export function stateNote(registers: CoreRegisters): Uint8Array {
  const view = new DataView(new ArrayBuffer(STATE_BYTES));
  let at = 0;
  const put32 = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const put64 = (value: bigint): void => {
    view.setBigUint64(at, value, true);
    at += 8;
  };
  put32(STATE_VERSION);
  put32(STATE_BYTES);
  for (const name of STATE_GENERAL) put64(registers.general(name));
  for (const name of STATE_LONG) put64(registers.value(name));
  put64(registers.general("ip"));
  put64(registers.value("eflags"));
  for (const name of STATE_SEGMENTS) {
    const { selector, limit, flags, base } = registers.segment(name);
    for (const word of [selector, limit, flags, 0]) put32(word);
    put64(base);
  }
  for (const name of STATE_CONTROL) put64(registers.value(name));
  put64(registers.value("k_gs_base"));
  return note("QEMU", STATE_TYPE, new Uint8Array(view.buffer));
}
