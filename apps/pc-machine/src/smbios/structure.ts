/** A structure of the SMBIOS tables: a header, fields of fixed places, and texts behind them. */

const HEADER_BYTES = 4;

/** Writes one structure, field by field, with numbers in little-endian order. */
export class Structure {
  readonly #type: number;
  readonly #handle: number;
  readonly #fields: number[] = [];
  readonly #texts: string[] = [];

  /** @param handle its number, by which other structures refer to it */
  constructor(type: number, handle: number) {
    this.#type = type;
    this.#handle = handle;
  }

  /** Fields of one byte. */
  byte(...values: readonly number[]): this {
    for (const value of values) this.#number(value, 1);
    return this;
  }

  /** Fields of two bytes. */
  word(...values: readonly number[]): this {
    for (const value of values) this.#number(value, 2);
    return this;
  }

  /** Fields of four bytes. */
  dword(...values: readonly number[]): this {
    for (const value of values) this.#number(value, 4);
    return this;
  }

  /** A field of eight bytes, below 2^53. */
  qword(value: number): this {
    return this.#number(value, 8);
  }

  /** The field of a text, which is its number, and the text; an empty text is none. */
  text(value: string | undefined): this {
    if (value !== undefined && value !== "") this.#texts.push(value);
    return this.byte(value === undefined || value === "" ? 0 : this.#texts.length);
  }

  /** A text that no field refers to. */
  further(value: string): this {
    if (value !== "") this.#texts.push(value);
    return this;
  }

  /** The whole structure. */
  bytes(): Uint8Array {
    const length = HEADER_BYTES + this.#fields.length;
    const texts = this.#texts.length === 0 ? "\0" : `${this.#texts.join("\0")}\0`;
    return Uint8Array.from([
      ...[this.#type, length, this.#handle & 0xff, this.#handle >> 8],
      ...this.#fields,
      ...new TextEncoder().encode(`${texts}\0`),
    ]);
  }

  #number(value: number, bytes: number): this {
    for (let at = 0; at < bytes; at++) this.#fields.push(Math.floor(value / 2 ** (8 * at)) % 256);
    return this;
  }
}
