/** Files of the host that are written piece by piece. */
import { closeSync, openSync, writeSync } from "node:fs";

import { hostErrorText } from "./host-error.js";

/** Write a file anew. @returns why that cannot be, `null` when it was */
export function writeParts(path: string, parts: Iterable<Uint8Array>): string | null {
  try {
    const file = openSync(path, "w");
    try {
      for (const part of parts) {
        for (let done = 0; done < part.length;) done += writeSync(file, part, done);
      }
    } finally {
      closeSync(file);
    }
    return null;
  } catch (error) {
    return hostErrorText(error);
  }
}
