/** A folder of the host whose files a guest gets by TFTP. */
import { closeSync, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";

import type { TftpFile, TftpFiles } from "../user/tftp.js";

/** The files of a folder and of those below it; links that lead out of it lead nowhere. */
export class TftpFolder implements TftpFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  open(name: string): TftpFile | null {
    let handle: number;
    try {
      const folder = realpathSync(this.#folder);
      const path = realpathSync(join(folder, name.replaceAll("\\", "/")));
      if (!path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return null;
      handle = openSync(path, "r");
    } catch {
      return null;
    }
    const status = fstatSync(handle);
    if (!status.isFile()) {
      closeSync(handle);
      return null;
    }
    return {
      size: status.size,
      read: (offset, length) => {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(handle, bytes, 0, length, offset));
      },
      close: () => closeSync(handle),
    };
  }
}
