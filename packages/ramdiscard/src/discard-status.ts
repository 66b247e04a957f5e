import { RegionOptionsError } from "@mem/core";
import { errorText, isThenable, whenRejected } from "@mem/core/plumbing";

/**
 * The result of an attempt: 0, or a negative number of the refuser's choice. The names are those of
 * the numbers that this package gives itself, which are QEMU's (`-EBUSY`, `-EINVAL`).
 */
export const DiscardStatus = {
  /** The request was carried out. */
  OK: 0,
  /** Not now: somebody refused, or is being told. */
  BUSY: -16,
  /** The request cannot be carried out at all. */
  INVALID: -22,
} as const;

/** 0, or a negative error number. */
export type DiscardStatus = number;

/**
 * The answer of a callback, as a status; nothing is `OK`.
 * @throws RegionOptionsError for what is none: a positive number, a promise
 */
export function checkStatus(answer: unknown, callback: string): DiscardStatus {
  if (answer === undefined) return DiscardStatus.OK;
  if (typeof answer === "number" && Number.isInteger(answer) && answer <= 0) return answer;
  if (isThenable(answer)) whenRejected(answer, () => undefined);
  throw new RegionOptionsError(
    `${callback} answered ${isThenable(answer) ? "a promise" : errorText(answer)}, which is neither 0 nor a negative number`,
    { rule: "discard-answer" },
  );
}
