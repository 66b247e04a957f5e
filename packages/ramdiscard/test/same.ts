import { expect } from "vitest";

/** A comparison for steps that are defined outside of a test. */
export function same(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected);
}
