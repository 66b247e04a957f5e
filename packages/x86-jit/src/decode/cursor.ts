/** Reading of the bytes of a page. */
import type { CodeBytes } from "./code-bytes.js";

/** Reads within one page, and where what follows it is known beyond; `over` tells that something would lie there. */
export class Cursor {
  over = false;
  readonly #code: CodeBytes;
  /** Offset of the first byte, and of the next one. */
  readonly start: number;
  offset: number;

  constructor(code: CodeBytes, offset: number) {
    this.#code = code;
    this.start = offset;
    this.offset = offset;
  }
  u8(): number {
    if (this.offset >= 0x1000 && this.#code.following === null) {
      this.over = true;
      return 0;
    }
    const byte = this.peek();
    this.offset++;
    return byte;
  }
  /** The next byte, which stays. */
  peek(): number {
    const { bytes, at, following } = this.#code;
    if (this.offset < 0x1000) return bytes[at + this.offset];
    return following === null ? 0 : following[this.offset - 0x1000];
  }
  s8(): number {
    return (this.u8() << 24) >> 24;
  }
  u16(): number {
    return this.u8() | (this.u8() << 8);
  }
  s32(): number {
    return this.u16() | (this.u16() << 16);
  }
  /** `width` bytes; words unsigned. */
  word(width: 2 | 4): number {
    return width === 4 ? this.s32() : this.u16();
  }
}
