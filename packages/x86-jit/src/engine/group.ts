/** The translators of processors that share memory. */
import type { CodePage } from "@mem/x86";
import { CodeWatches } from "./pages/code-watches.js";

/**
 * Translator as the others of its group see it.
 * @see {@link TranslatorGroup}
 */
export interface TranslatorGroupMember {
  /** Has it translated code of this page? */
  hasUnits(bytes: Uint8Array, at: number): boolean;
  /** Drops what was made of bytes that have been stored. */
  dropStored(bytes: Uint8Array, at: number, size: number): void;
  /** Has stores to pages that have been translated, by any member, go by dispatch. */
  forbidStores(): void;
}

/**
 * Translators that tell each other of stores to code: those of processors that share memory. Each translates
 * for itself. Stores by devices and by the host are told to all: the group watches the blocks that code was
 * translated from (`RamBlock.watchCode`), until it is disposed.
 * @example
 * const memory = new WebAssembly.Memory({ initial: 256, maximum: 256 });
 * const group = new TranslatorGroup();
 * const first = translator({ memory, group });
 * const second = translator({ memory, offset: TRANSLATOR_BYTES, group });
 * console.log(first.storage.offset, second.storage.offset === TRANSLATOR_BYTES); // prints: 0 true
 */
export class TranslatorGroup implements Disposable {
  readonly #members: TranslatorGroupMember[] = [];
  readonly #watches = new CodeWatches((bytes, at, size) => this.stored(bytes, at, size));

  /** Adds a translator; the translator does so itself. */
  join(member: TranslatorGroupMember): void {
    this.#members.push(member);
  }
  /** Has any of them translated code of a page? @param at index of its first byte in `bytes` */
  hasUnits(bytes: Uint8Array, at: number): boolean {
    for (const member of this.#members) if (member.hasUnits(bytes, at)) return true;
    return false;
  }
  /** Tells all of bytes that have been stored. @param at index in `bytes` of the first one */
  stored(bytes: Uint8Array, at: number, size: number): void {
    for (const member of this.#members) member.dropStored(bytes, at, size);
  }
  /** A page has been translated: has stores to it, by any processor, go by dispatch, and all others told. */
  protect(page: CodePage): void {
    this.#watches.mark(page);
    for (const member of this.#members) member.forbidStores();
  }
  /** A member has no units of a page any more: others' stores to it are of interest only if another has. */
  release(page: CodePage): void {
    if (!this.hasUnits(page.bytes, page.at)) this.#watches.unmark(page);
  }
  /** Is told of no stores by devices and the host any more. */
  [Symbol.dispose](): void {
    this.#watches[Symbol.dispose]();
  }
}
