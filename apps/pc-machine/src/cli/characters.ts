/** Character devices' ends on the host, made as the wiring says. */
import { FileBackend, type TerminalMux } from "../terminal/index.js";
import { NullBackend, type CharBackend } from "../host/chardev.js";
import type { Activity } from "./activity.js";
import { CliError } from "./cli-error.js";
import { hostErrorText } from "./host-error.js";
import type { SettledTarget } from "./wiring.js";

/** Makes backends, and closes their files at the end. */
export class CharacterHost {
  readonly #mux: TerminalMux;
  readonly #activity: Activity;
  readonly #complain: (text: string) => void;
  readonly #files: FileBackend[] = [];

  /** @param complain told, in a line, of a file that can no longer be written */
  constructor(mux: TerminalMux, activity: Activity, complain: (text: string) => void) {
    this.#mux = mux;
    this.#activity = activity;
    this.#complain = complain;
  }

  /**
   * The host's end for a device.
   * @param reads whether the device takes input
   * @throws CliError when a file cannot be opened
   */
  backend(target: SettledTarget, reads: boolean): CharBackend {
    switch (target.kind) {
      case "stdio":
        return this.#mux.connect(reads, this.#activity.note);
      case "file":
        return noting(this.openFile(target.path, target.append), this.#activity.note);
      case "null":
        return noting(new NullBackend(), this.#activity.note);
    }
  }

  /** A file to write to. @throws CliError when it cannot be opened */
  openFile(path: string, append: boolean): FileBackend {
    const why = (error: unknown): string => `cannot write "${path}": ${hostErrorText(error)}`;
    try {
      const onError = (error: unknown): void => this.#complain(why(error));
      const file = new FileBackend(path, { append, onError });
      this.#files.push(file);
      return file;
    } catch (error) {
      throw new CliError(why(error));
    }
  }

  /** Write out and close all files. */
  close(): void {
    for (const file of this.#files) {
      file.close();
    }
    this.#files.length = 0;
  }
}

/** `backend`, with each byte the guest writes noted. */
function noting(backend: CharBackend, note: () => void): CharBackend {
  return {
    receive: null,
    write: (byte) => {
      note();
      backend.write(byte);
    },
  };
}
