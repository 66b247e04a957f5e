/** Reading of the bytes of a page. */
import type { CodeBytes } from "./code-bytes.js";

/** Reads within one page; `over` tells that something would lie in the next. */
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
    if (this.offset >= 0x1000) {
      this.over = true;
      return 0;
    }
    return this.#code.bytes[this.#code.at + this.offset++];
  }
  /** The next byte, which stays. */
  peek(): number {
    return this.offset >= 0x1000 ? 0 : this.#code.bytes[this.#code.at + this.offset];
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
