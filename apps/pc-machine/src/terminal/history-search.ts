/** Ctrl-R: older lines by a piece of them. */

/** A search under way, from the newest line back. */
export class HistorySearch {
  /** Text that was being typed when it began. */
  readonly before: string;
  readonly #lines: readonly string[];
  #wanted = "";
  /** Index of the line found, the number of lines before anything was. */
  #at: number;
  #failed = false;

  /** @param lines oldest first */
  constructor(lines: readonly string[], before: string) {
    this.#lines = lines;
    this.before = before;
    this.#at = lines.length;
  }

  /** The line found, or what was being typed. */
  get found(): string {
    return this.#lines[this.#at] ?? this.before;
  }

  /** The row to show. */
  get shown(): string {
    const state = this.#failed ? "failed reverse-i-search" : "reverse-i-search";
    return `(${state})\`${this.#wanted}': ${this.found}`;
  }

  /** Look for `text` behind what is looked for. */
  add(text: string): void {
    this.#wanted += text;
    this.#look(this.#at);
  }

  /** Take the last character back, and look anew. */
  shorten(): void {
    this.#wanted = [...this.#wanted].slice(0, -1).join("");
    this.#at = this.#lines.length;
    this.#look(this.#at);
  }

  /** The next older line. */
  next(): void {
    this.#look(this.#at - 1);
  }

  #look(from: number): void {
    if (this.#wanted === "") {
      this.#failed = false;
      return;
    }
    for (let at = Math.min(from, this.#lines.length - 1); at >= 0; at--) {
      if (this.#lines[at]?.includes(this.#wanted) === true) {
        this.#at = at;
        this.#failed = false;
        return;
      }
    }
    this.#failed = true;
  }
}
