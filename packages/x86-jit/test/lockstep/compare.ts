/** Comparing what two machines hold, and telling of it. */
import type { CpuState } from "@mem/x86";
import type { Guest } from "./machine.js";

const isLong = ({ efer }: CpuState): boolean => (efer & 0x400) !== 0;

export function areSame(a: CpuState, b: CpuState): boolean {
  for (const name of Object.keys(a) as (keyof CpuState)[]) {
    const [one, other] = [a[name], b[name]];
    if (one === other) continue;
    if (name === "long") {
      if (isLong(a) && !areSameLong(a.long, b.long)) return false;
      continue;
    }
    if (typeof one !== "object" || typeof other !== "object") return false;
    if (!("base" in one) || !("base" in other)) return false;
    if (one.base !== other.base || one.limit !== other.limit) return false;
  }
  return true;
}

/** Is each register, and each of a file of registers, the same? */
function areSameLong(a: CpuState["long"], b: CpuState["long"]): boolean {
  const others: readonly unknown[] = Object.values(b).flat();
  return Object.values(a)
    .flat()
    .every((value, at) => value === others[at]);
}

export function describe(s: CpuState): string {
  if (s.long.code64) {
    const { registers, rip, cr2 } = s.long;
    const words = [...registers, rip, BigInt(s.eflags), cr2].map((v) => v.toString(16));
    return `${words.join(" ")} ${s.halted ? "halted" : ""}${s.interruptShadow ? "shadow" : ""}`;
  }
  const hex = (v: number): string => v.toString(16);
  const { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags } = s;
  const words = { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags, cr2: s.cr2 };
  const segments = [s.cs, s.ds, s.es, s.ss, s.fs, s.gs].map(
    (g) => `${hex(g.selector)}:${hex(g.base)}`,
  );
  return `${Object.entries(words)
    .map(([name, value]) => `${name}=${hex(value)}`)
    .join(
      " ",
    )} ${segments.join(" ")} ${s.halted ? "halted" : ""}${s.interruptShadow ? "shadow" : ""}`;
}

export function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return areEqualWords(
    new Int32Array(a.buffer, a.byteOffset, a.length / 4),
    new Int32Array(b.buffer, b.byteOffset, b.length / 4),
  );
}

/** The x87 registers: of each ten bytes count. */
export function isSameStack(one: Guest, other: Guest): boolean {
  for (let n = 0; n < 32; n++) {
    const mask = (n & 3) < 2 ? -1 : (n & 3) === 2 ? 0xffff : 0;
    if ((((one.st[n] ?? 0) ^ (other.st[n] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}
export function areEqualWords(a: Int32Array, b: Int32Array): boolean {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
export function hexWords(words: Int32Array): string {
  return [...words].map((word) => (word >>> 0).toString(16)).join(" ");
}
export function describeFpu({ st, fpu }: Guest): string {
  // Of a register ten bytes count.
  const words = [...st].map((word, k) =>
    (k & 3) === 2 ? word & 0xffff : (k & 3) === 3 ? 0 : word,
  );
  return [...fpu, ...words].map((word) => (word >>> 0).toString(16)).join(" ");
}
