import { AddressError } from "@mem/core";
import { LayoutError } from "./layout-error.js";

/**
 * A number of bytes or elements.
 * @throws LayoutError when it is no integer above 0.
 */
export function checkCount(count: number, what: string): number {
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new LayoutError(`${what}: ${count} is no number of them`, { rule: "layout-count" });
}

/**
 * An index of an array.
 * @throws AddressError when there is no such element.
 */
export function checkIndex(index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new AddressError(`there is no element ${index} among ${length}`, {
    rule: "layout-index",
    address: index,
  });
}
