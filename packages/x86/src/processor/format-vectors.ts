/** The registers of the x87 and SSE units as text: what QEMU's monitor prints for `info registers`. */
import {
  AT_FPU_CONTROL,
  AT_FPU_STATUS,
  AT_FPU_TAGS,
  AT_FPU_TOP,
  AT_MXCSR,
  AT_ST,
  AT_XMM,
} from "../state/layout.js";

/** Registers of x87, and of SSE outside 64-bit code. */
const COUNT = 8;

/**
 * Several lines: control, status and tags, the x87 registers by physical number, XMM0 to XMM7, or to
 * XMM15 in 64-bit code.
 * @param words the processor's storage
 */
export function formatVectors(words: Int32Array, is64: boolean): string {
  const word = (at: number): number => words[at >> 2] >>> 0;
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  const quad = (at: number): string => hex(word(at + 4), 8) + hex(word(at), 8);
  const pairs = (name: (n: number) => string, count = COUNT): string[] =>
    Array.from({ length: count / 2 }, (_, k) => `${name(2 * k)} ${name(2 * k + 1)}`);
  const top = word(AT_FPU_TOP) & 7;
  const status = (word(AT_FPU_STATUS) & ~0x3800) | (top << 11);
  return [
    `FCW=${hex(word(AT_FPU_CONTROL), 4)} FSW=${hex(status, 4)} [ST=${top}] ` +
      `FTW=${hex(word(AT_FPU_TAGS), 2)} MXCSR=${hex(word(AT_MXCSR), 8)}`,
    ...pairs((n) => {
      const at = AT_ST + 16 * n;
      return `FPR${n}=${quad(at)} ${hex(word(at + 8) & 0xffff, 4)}`;
    }),
    ...pairs(
      (n) => {
        const at = AT_XMM + 16 * n;
        return `XMM${hex(n, 2)}=${quad(at + 8)} ${quad(at)}`;
      },
      is64 ? 2 * COUNT : COUNT,
    ),
  ].join("\n");
}
