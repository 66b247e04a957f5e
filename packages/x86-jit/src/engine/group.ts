/** The translators of processors that share memory. */

/**
 * Translator as the others of its group see it.
 * @see {@link TranslatorGroup}
 */
export interface GroupMember {
  /** Has it translated code of this page? */
  hasUnits(bytes: Uint8Array, at: number): boolean;
  /** Drops what was made of bytes that have been stored. */
  dropStored(bytes: Uint8Array, at: number, size: number): void;
  /** Has stores to pages that have been translated, by any member, go by dispatch. */
  forbidStores(): void;
}

/**
 * Translators that tell each other of stores to code: those of processors that share memory. Each translates
 * for itself.
 * @example
 * const memory = new WebAssembly.Memory({ initial: 256, maximum: 256 });
 * const group = new TranslatorGroup();
 * const first = translator({ memory, group });
 * const second = translator({ memory, offset: TRANSLATOR_BYTES, group });
 * console.log(first.storage.offset, second.storage.offset === TRANSLATOR_BYTES); // prints: 0 true
 */
export class TranslatorGroup {
  readonly #members: GroupMember[] = [];

  /** Adds a translator; the translator does so itself. */
  join(member: GroupMember): void {
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
  /** A page has been translated: has stores to it, by any processor, go by dispatch. */
  protect(): void {
    for (const member of this.#members) member.forbidStores();
  }
}
