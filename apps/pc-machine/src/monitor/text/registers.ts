/** Registers by the names the monitor's expressions use. */
import type { PcCpu } from "../../board/index.js";

/**
 * The value of register `name` (lower case), `null` when there is none: the names of the
 * processor's state, segment registers by their selector, and `pc`, which counts in the base of CS.
 */
export function registerValue(cpu: PcCpu | null, name: string): bigint | null {
  if (cpu === null) return null;
  const state: Readonly<Record<string, unknown>> = { ...cpu.state() };
  if (name === "pc") {
    const eip = state["eip"];
    const base = field(state["cs"], "base");
    return typeof eip === "number" && base !== null ? BigInt((base + eip) % 2 ** 32) : null;
  }
  const value = state[name];
  const number = typeof value === "number" ? value : field(value, "selector");
  return number === null ? null : BigInt(number);
}

/** The names that {@link registerValue} knows. */
export function registerNames(cpu: PcCpu | null): readonly string[] {
  const names = cpu === null ? [] : Object.keys({ ...cpu.state() });
  return ["pc", ...names].filter((name) => registerValue(cpu, name) !== null);
}

function field(holder: unknown, name: "base" | "selector"): number | null {
  if (typeof holder !== "object" || holder === null || !(name in holder)) {
    return null;
  }
  const value: unknown = Object.getOwnPropertyDescriptor(holder, name)?.value;
  return typeof value === "number" ? value : null;
}
