/** Tables that cannot be right: found once, told once, and nothing is read or written after that. */
import { BlockError } from "../../storage/block-backend.js";
import type { ClusterFile } from "./cluster-file.js";
import { Feature, incompatible } from "./header/fields.js";

/** Is told of damage: the words, and where it is, in bytes, for what was to be written. */
export type OnDamage = (
  message: string,
  place: { readonly offset: number; readonly bytes: number } | null,
) => void;

/** State of an image: sound until something shows that it is not. */
export class Damage {
  readonly #file: ClusterFile;
  readonly #onDamage: OnDamage | undefined;
  readonly #canMark: boolean;
  #found = false;

  /** @param canMark the image has a bit for it, and can be written */
  constructor(file: ClusterFile, canMark: boolean, onDamage?: OnDamage) {
    this.#file = file;
    this.#canMark = canMark;
    this.#onDamage = onDamage;
  }

  /** True once damage was found. */
  get found(): boolean {
    return this.#found;
  }

  /** @throws BlockError when damage was found */
  check(): void {
    if (!this.#found) return;
    const cause = { code: "ENOMEDIUM" };
    throw new BlockError("the image is corrupt", { rule: "qcow2-corrupt", cause });
  }

  /**
   * Damage was found: the image is marked, so that nobody writes it before it was repaired.
   * @returns the error of the access that found it
   */
  report(
    message: string,
    place: { readonly offset: number; readonly bytes: number } | null = null,
  ): BlockError {
    const error = new BlockError(message, { rule: "qcow2-corrupt" });
    if (this.#found) return error;
    this.#found = true;
    this.#onDamage?.(message, place);
    if (!this.#canMark) return error;
    const { at, bytes } = incompatible(Feature.CORRUPT);
    try {
      this.#file.patch(at, bytes);
    } catch (cause) {
      // The host does not write; the guest is told of the damage all the same.
      if (!(cause instanceof BlockError)) throw cause;
    }
    return error;
  }
}
