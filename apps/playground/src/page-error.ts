import { MemError } from "@mem/core";

/**
 * Something that the page needs is not there: rules `"element"`, `"file"`, `"state-file"`,
 * `"database"`, `"link"` and `"address-space"`.
 */
export class PageError extends MemError {
  static override readonly name: string = "PageError";
}
