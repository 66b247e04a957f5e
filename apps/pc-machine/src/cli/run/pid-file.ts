/** The file that tells which process the machine is (`-pidfile`). */
import { rmSync, writeFileSync } from "node:fs";

import { optionError } from "../cli-error.js";
import { hostErrorText } from "../host-error.js";

/** Write the number of this process to `path`. @returns takes the file away again @throws CliError */
export function writePidFile(path: string): () => void {
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch (error) {
    throw optionError("-pidfile", `cannot create PID file "${path}": ${hostErrorText(error)}`);
  }
  return () => rmSync(path, { force: true });
}
