/** The lazy flags where units leave them, brought into the processor's own form. */
import { StateLayout } from "@mem/x86";
import { ownRest, ownResult } from "../../emit/flags/kinds.js";
import { ownFlags } from "../../emit/flags/own-flags.js";
import { AT_FLAG_KIND, AT_WIDE_FLAGS } from "../../layout.js";

const KIND = AT_FLAG_KIND >> 2;
const RESULT = StateLayout.flagResult >> 2;
const REST = StateLayout.flagRest >> 2;
/** Words of 64-bit units, the low half of each first. */
const WIDE = AT_WIDE_FLAGS >> 2;

/** The flags of one processor in the shared memory. */
export class FlagWords {
  readonly #words: Int32Array;

  /** @param words the translator's part of the memory */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Units begin with flags in the processor's form. */
  begin(): void {
    this.#words[KIND] = 0;
  }
  /** Brings the flags of 16- and 32-bit code into the processor's form. */
  own(): void {
    const w = this.#words;
    const kind = w[KIND];
    if (kind === 0) return;
    const a = w[RESULT];
    const b = w[REST];
    w[RESULT] = ownResult(kind, a, b);
    w[REST] = ownRest(kind, a, b);
    w[KIND] = 0;
  }
  /** Puts the processor's flags where 64-bit units have theirs. */
  enterWide(): void {
    const w = this.#words;
    w[WIDE] = w[RESULT];
    w[WIDE + 2] = w[REST];
  }
  /** Brings theirs back, in the processor's form. */
  leaveWide(): void {
    const w = this.#words;
    this.ownWide();
    w[RESULT] = w[WIDE];
    w[REST] = w[WIDE + 2];
  }
  /** Brings them into the processor's form where they are; answers 0. */
  ownWide(): number {
    const w = this.#words;
    const kind = w[KIND];
    if (kind === 0) return 0;
    const { result, rest } = ownFlags({
      kind,
      aLow: w[WIDE],
      aHigh: w[WIDE + 1],
      bLow: w[WIDE + 2],
      bHigh: w[WIDE + 3],
    });
    w[WIDE] = result;
    w[WIDE + 2] = rest;
    w[KIND] = 0;
    return 0;
  }
}
