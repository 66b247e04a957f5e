import type { MemoryModelError } from "@mem/core";

/** An error's message as the recordings hold it: without the rule that the library appends. */
export function plainMessage(error: MemoryModelError): string {
  const suffix = ` [${error.rule}]`;
  return error.message.endsWith(suffix) ? error.message.slice(0, -suffix.length) : error.message;
}
