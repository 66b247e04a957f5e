/** FLDENV, FSTENV, FRSTOR and FSAVE in their four formats, and the tag word. */
import type { Cpu } from "../../state/cpu.js";
import {
  AT_FPU_CONTROL,
  AT_FPU_CS,
  AT_FPU_DP,
  AT_FPU_DS,
  AT_FPU_IP,
  AT_FPU_OPCODE,
  AT_FPU_TAGS,
  AT_FPU_TOP,
  AT_ST,
} from "../../state/layout.js";
import { loadAt, storeAt } from "../../mmu/operand-memory.js";
import { beginAccess } from "./operand.js";
import { initialiseFpu, setControlWord, setStatusWord, statusWord } from "./unit.js";

/** Bytes of an environment. */
export function environmentBytes(c: Cpu): number {
  return c.op32 ? 28 : 14;
}
/** Are addresses stored as selector and offset, or, as in real mode, as 20 or 32 bits? */
const isProtected = (c: Cpu): boolean => c.pe && !c.vm;

/** Upper halves that mean nothing are stored as ones. */
const RESERVED = 0xffff << 16;

/** Index in `Cpu.words` of physical register `n`'s four words. */
const wordsOf = (n: number): number => (AT_ST >> 2) + 4 * n;

/** The tag word: for each physical register 0 valid, 1 zero, 2 special, 3 empty. */
export function tagWord(c: Cpu): number {
  const w = c.words;
  let tags = 0;
  for (let n = 7; n >= 0; n--) tags = (tags << 2) | tag(w, n);
  return tags;
}
function tag(w: Int32Array, n: number): number {
  if (((w[AT_FPU_TAGS >> 2] >> n) & 1) === 0) return 3;
  const at = wordsOf(n);
  const exponent = w[at + 2] & 0x7fff;
  if (exponent === 0) return (w[at] | w[at + 1]) === 0 ? 1 : 2;
  return exponent === 0x7fff || w[at + 1] >= 0 ? 2 : 0;
}
/** Of a tag word only counts which registers are empty. */
function setTagWord(c: Cpu, tags: number): void {
  let there = 0;
  for (let n = 0; n < 8; n++) if (((tags >> (2 * n)) & 3) !== 3) there |= 1 << n;
  c.words[AT_FPU_TAGS >> 2] = there;
}

function storeEnvironment(c: Cpu, linear: number): void {
  const w = c.words;
  const [ip, cs, dp, ds, opcode] = [AT_FPU_IP, AT_FPU_CS, AT_FPU_DP, AT_FPU_DS, AT_FPU_OPCODE].map(
    (at) => w[at >> 2],
  );
  const words = [w[AT_FPU_CONTROL >> 2], statusWord(c), tagWord(c)];
  if (isProtected(c)) {
    words.push(ip, c.op32 ? cs | (opcode << 16) : cs, dp, c.op32 ? ds | RESERVED : ds);
  } else {
    const instruction = (cs << 4) + ip;
    const operand = (ds << 4) + dp;
    const high = (address: number): number => (address >>> 16) << 12;
    words.push(instruction & 0xffff, high(instruction) | opcode);
    words.push(operand & 0xffff, high(operand));
    if (c.op32) for (const n of [3, 5]) words[n] |= RESERVED;
  }
  words.forEach((value, n) => {
    if (!c.op32) storeAt(c, linear + 2 * n, 2, value & 0xffff);
    else storeAt(c, linear + 4 * n, 4, n < 3 ? value | RESERVED : value);
  });
}

function loadEnvironment(c: Cpu, linear: number): void {
  const words: number[] = [];
  for (let n = 0; n < 7; n++) {
    words.push(c.op32 ? loadAt(c, linear + 4 * n, 4) : loadAt(c, linear + 2 * n, 2));
  }
  const w = c.words;
  const [control, status, tags, ip, csOpcode, dp, ds] = words;
  setControlWord(c, control);
  setStatusWord(c, status);
  setTagWord(c, tags);
  if (isProtected(c)) {
    w[AT_FPU_IP >> 2] = ip;
    w[AT_FPU_CS >> 2] = csOpcode & 0xffff;
    w[AT_FPU_DP >> 2] = dp;
    w[AT_FPU_DS >> 2] = ds & 0xffff;
    if (c.op32) w[AT_FPU_OPCODE >> 2] = (csOpcode >> 16) & 0x7ff;
    return;
  }
  const high = (word: number): number => (c.op32 ? (word & 0xffff000) << 4 : (word & 0xf000) << 4);
  w[AT_FPU_IP >> 2] = (ip & 0xffff) | high(csOpcode);
  w[AT_FPU_CS >> 2] = 0;
  w[AT_FPU_DP >> 2] = (dp & 0xffff) | high(ds);
  w[AT_FPU_DS >> 2] = 0;
  w[AT_FPU_OPCODE >> 2] = csOpcode & 0x7ff;
}

/** FSTENV: masks all exceptions afterwards. */
export function fstenv(c: Cpu, offset: number): void {
  storeEnvironment(c, beginAccess(c, offset, environmentBytes(c), true));
  setControlWord(c, c.words[AT_FPU_CONTROL >> 2] | 0x3f);
}
/** FLDENV. */
export function fldenv(c: Cpu, offset: number): void {
  const linear = beginAccess(c, offset, environmentBytes(c), false);
  loadAt(c, linear + environmentBytes(c) - 2, 2);
  loadEnvironment(c, linear);
}
/** FSAVE: initialises the unit afterwards. */
export function fsave(c: Cpu, offset: number): void {
  const head = environmentBytes(c);
  const linear = beginAccess(c, offset, head + 80, true);
  storeEnvironment(c, linear);
  const w = c.words;
  for (let i = 0; i < 8; i++) {
    const from = wordsOf((w[AT_FPU_TOP >> 2] + i) & 7);
    const to = linear + head + 10 * i;
    storeAt(c, to, 4, w[from]);
    storeAt(c, to + 4, 4, w[from + 1]);
    storeAt(c, to + 8, 2, w[from + 2] & 0xffff);
  }
  initialiseFpu(c);
}
/** FRSTOR. */
export function frstor(c: Cpu, offset: number): void {
  const head = environmentBytes(c);
  const linear = beginAccess(c, offset, head + 80, false);
  const values: number[] = [];
  for (let i = 0; i < 8; i++) {
    const from = linear + head + 10 * i;
    values.push(loadAt(c, from, 4), loadAt(c, from + 4, 4), loadAt(c, from + 8, 2));
  }
  loadEnvironment(c, linear);
  const w = c.words;
  for (let i = 0; i < 8; i++) {
    const to = wordsOf((w[AT_FPU_TOP >> 2] + i) & 7);
    w.set(values.slice(3 * i, 3 * i + 3), to);
  }
}
