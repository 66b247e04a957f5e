/** The registers that a debugger shows while the processor is in long mode, beside or instead of others. */
import { AT_XMM } from "../state/layout.js";
import type { Cpu } from "../state/cpu.js";
import { applyState, getState } from "../processor/register-state.js";
import type { LongCpuState } from "../processor/long-register-state.js";
import type { DebugRegister } from "./register-names.js";
import { stored } from "./register-names.js";

const GENERAL = [
  ...(["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"] as const),
  ...(["r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"] as const),
] as const;
const BASES = ["es_base", "cs_base", "ss_base", "ds_base", "fs_base", "gs_base"] as const;

function wide(
  read: (state: LongCpuState) => bigint,
  change: (value: bigint) => (state: LongCpuState) => Partial<LongCpuState>,
): DebugRegister {
  return {
    bits: 64,
    read: (c) => read(getState(c).long),
    write: (c, value) => {
      const { long } = getState(c);
      applyState(c, { long: { ...long, ...change(value)(long) } });
    },
  };
}
type Listed = "registers" | "bases" | "breakpoints";
/** One of the values in a list. */
function listed(list: Listed, n: number): DebugRegister {
  return wide(
    (state) => state[list][n] ?? 0n,
    (value) => (state) => ({ [list]: state[list].with(n, value) }),
  );
}
function single(name: "kernelGsBase" | "cr2" | "cr3"): DebugRegister {
  return wide(
    (state) => state[name],
    (value) => () => ({ [name]: value }),
  );
}

/** All of them, by name. */
export function longDebugRegisters(c: Cpu): ReadonlyMap<string, DebugRegister> {
  const all = new Map<string, DebugRegister>();
  GENERAL.forEach((name, n) => all.set(name, listed("registers", n)));
  all.set("rip", {
    bits: 64,
    read: ({ long, code64, eip }) => BigInt.asUintN(64, BigInt(code64 ? long.rip : eip >>> 0)),
    write: (cpu, value) =>
      applyState(cpu, {
        eip: Number(BigInt.asUintN(32, value)),
        long: { ...getState(cpu).long, rip: value },
      }),
  });
  BASES.forEach((name, n) => all.set(name, listed("bases", n)));
  for (let n = 0; n < 4; n++) all.set(`dr${n}`, listed("breakpoints", n));
  all.set("k_gs_base", single("kernelGsBase"));
  all.set("cr2", single("cr2"));
  all.set("cr3", single("cr3"));
  all.set("cr8", { bits: 64, read: ({ long }) => BigInt(long.cr8) });
  all.set("efer", { bits: 64, read: ({ efer }) => BigInt(efer >>> 0) });
  for (let n = 8; n < 16 && c.sse !== null; n++) {
    all.set(
      `xmm${n}`,
      stored(128, () => AT_XMM + 16 * n),
    );
  }
  return all;
}
