/** The program in the test's own process: `main` with streams and an exit of the test's. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";

import { main } from "../../src/cli/main.js";
import type { ProgramResult } from "./program.js";

/** What `exit` throws: nothing of the program comes after it. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** A stream that keeps what is written to it, in Latin-1 as a process's output is read. */
class Kept extends Writable {
  text = "";

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.text += Buffer.from(chunk).toString("latin1");
    done();
  }
}

/**
 * What `Program` of `cli-program.ts` does, without a process: for tests of what the program says,
 * rather than of how a process begins and ends.
 */
export class InProcess {
  readonly folder: string = mkdtempSync(join(tmpdir(), "mem-pc-test-"));

  /** A file with `bytes` in the folder. */
  write(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** Run in the folder, with `input` typed and then the end of the input. */
  async run(args: readonly string[], input = ""): Promise<ProgramResult> {
    const stdin = new PassThrough();
    const stdout = new Kept();
    const stderr = new Kept();
    const before = process.cwd();
    process.chdir(this.folder);
    try {
      stdin.end(input, "latin1");
      await main(args, {
        stdin,
        stdout,
        stderr,
        env: {},
        on: () => undefined,
        exit: (code) => {
          throw new Exit(code);
        },
      });
      throw new Error("the program did not exit");
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      return { code: error.code, stdout: stdout.text, stderr: stderr.text };
    } finally {
      process.chdir(before);
    }
  }

  /** Remove the folder. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
