/**
 * How an attempt ended: 0, or a negative number of the refuser's choice. The names are those of
 * the numbers that this package gives itself, which are QEMU's (`-EBUSY`, `-EINVAL`).
 * @see the README of `@mem/ramdiscard`, "Managers by hand"
 */
export const DiscardStatus = {
  /** It was done. */
  OK: 0,
  /** Not now: somebody refused, or is being told. */
  BUSY: -16,
  /** It cannot be done at all. */
  INVALID: -22,
} as const;

/** 0, or a negative error number. */
export type DiscardStatus = number;
