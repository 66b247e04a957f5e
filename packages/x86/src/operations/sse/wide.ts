/** Rows as REX.W changes them: with operands of 8 bytes. */
import type { SseRow } from "./row.js";
import { Place } from "./row.js";

/** The kernels, and bytes in memory. */
const WIDE: Readonly<Record<string, readonly [kernel: string, bytes: number]>> = {
  pextrd: ["pextrq", 8],
  pinsrd: ["pinsrq", 8],
};

/** The row that REX.W makes of another; `undefined` if it changes nothing. */
export function widened(row: SseRow): SseRow | undefined {
  const { mnemonic, bytes } = row;
  if (mnemonic === "movd") {
    const kernel = !row.isStore && row.reg === Place.XMM ? "mov64.zero" : "mov64";
    return { ...row, mnemonic: "movq", kernel, memoryKernel: kernel, bytes: 8 };
  }
  // Conversions from integers take 8 bytes, those to integers what the number has.
  const converts = /^cvt(t?s[sd]2si|(si2s[sd]))$/.exec(mnemonic);
  const wide = converts
    ? ([`${mnemonic}.64`, converts[2] === undefined ? bytes : 8] as const)
    : WIDE[mnemonic];
  return wide && { ...row, kernel: wide[0], memoryKernel: wide[0], bytes: wide[1] };
}
