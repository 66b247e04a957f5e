import type { Operation } from "./operation.js";

/** A machine, real or modelled, that programs run on. */
export interface World {
  /** What happened within the last step: callbacks of devices, in order. */
  readonly trace: string[];
  /** Does a step, and says in a word what came of it. */
  apply(step: Operation): string;
}

/** The item that a number names; `undefined` where there is none. */
export function nth<T>(items: readonly T[], index: number): T | undefined {
  return items.length === 0 ? undefined : items[index % items.length];
}

/** Bytes that a store of a program writes. */
export function pattern(value: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (value + i * 37) & 0xff);
}

/** The 64 bits that a number of a program stands for. */
export function wideValue(value: number): bigint {
  return (BigInt(value) << 32n) | BigInt(Math.imul(value, 0x9e3779b1) >>> 0);
}

/** Bytes, shortened, for comparing. */
export function summary(bytes: ArrayLike<number>): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193) >>> 0;
  const head = Array.from({ length: Math.min(bytes.length, 12) }, (_, i) => bytes[i] ?? 0);
  return `${head.map((byte) => byte.toString(16)).join(" ")} #${hash.toString(16)}`;
}

/** A size of a load or store that a number stands for. */
export function wordSize(size: number): 1 | 2 | 4 | 8 {
  return size >= 8 ? 8 : size >= 4 ? 4 : size >= 2 ? 2 : 1;
}
