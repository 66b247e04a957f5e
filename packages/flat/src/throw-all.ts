/** Throws what was collected: the one error itself, several in an `AggregateError`, or nothing. */
export function throwAll(errors: readonly unknown[], summary: string): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, summary);
}
