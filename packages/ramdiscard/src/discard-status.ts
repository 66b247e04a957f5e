/**
 * How an attempt ended: 0, or a negative number of the refuser's choice. The names are those of
 * the numbers that this package gives itself, which are QEMU's (`-EBUSY`, `-EINVAL`).
 */
export const DiscardStatus = { OK: 0, BUSY: -16, INVALID: -22 } as const;

/** 0, or a negative error number. */
export type DiscardStatus = number;
