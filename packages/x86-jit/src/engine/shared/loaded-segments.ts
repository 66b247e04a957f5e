/**
 * Records of what segment registers were loaded from, by which units see that a load of the same selector would
 * change nothing: the hidden part is as that load left it, and so is the descriptor.
 */
import { StateLayout } from "@mem/x86";
import { AT_SEGMENTS, SEGMENT_BYTES, SEGMENTS_BYTES } from "../../layout.js";

/** The selector of a record that is void. */
const NO_SELECTOR = -1;
/** The accessed bit in the second word of a descriptor. Where it is clear, a load would set it. */
const ACCESSED = 0x100;
const WORDS = SEGMENT_BYTES / 4;

/** The records of one processor in the shared memory. */
export class LoadedSegments {
  readonly #words: Int32Array;
  /** All of the memory. */
  readonly #memory: DataView;

  /** @param words the translator's part of the memory */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#memory = new DataView(words.buffer);
    this.forget();
  }

  /** Notes what a segment register has just been loaded from: 8 bytes at an index of the memory. */
  note(segment: number, isUser: boolean, descriptor: number): void {
    const high = this.#memory.getInt32(descriptor + 4, true);
    if ((high & ACCESSED) === 0) return;
    const w = this.#words;
    const at = AT_SEGMENTS / 4 + WORDS * segment + (isUser ? SEGMENTS_BYTES / 4 : 0);
    w[at] = w[StateLayout.selectors / 4 + segment];
    w[at + 1] = w[StateLayout.bases / 4 + segment];
    w[at + 2] = w[StateLayout.limits / 4 + segment];
    w[at + 3] = w[StateLayout.rights / 4 + segment];
    w[at + 4] = this.#memory.getInt32(descriptor, true);
    w[at + 5] = high;
    w[at + 6] = descriptor;
  }
  /** Forgets all of them. */
  forget(): void {
    const w = this.#words;
    const first = AT_SEGMENTS / 4;
    for (let k = 0; k < 16; k++) w[first + WORDS * k] = NO_SELECTOR;
  }
}
