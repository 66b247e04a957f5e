/** The machine's log on standard error or in a file. */
import type { LogCategory } from "../board/index.js";

/** The place where a line of the log goes. */
export type WriteLine = (line: string) => void;

/**
 * The log function of the machine: the categories asked for, one line each. A device whose own code
 * failed is always reported.
 */
export function makeLog(
  categories: ReadonlySet<"guest_error" | "unimp">,
  write: WriteLine,
): (category: LogCategory, message: string) => void {
  return (category, message) => {
    if (category === "callback" || categories.has(category)) {
      write(message.replace(/\s*\n[^]*$/, ""));
    }
  };
}
