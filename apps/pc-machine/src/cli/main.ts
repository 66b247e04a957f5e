/** The program: a command line in, an exit code out. */
import { CliError } from "./cli-error.js";
import { helpText } from "./help.js";
import { drawMap } from "./map-command.js";
import { MAP_HELP } from "./map-options.js";
import { parseCommandLine } from "./parse.js";
import { makePc, type RunningPc } from "./run-pc.js";
import { NAME, VERSION } from "./version.js";
import { Terminal, type InputStream, type OutputStream } from "../terminal/index.js";

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const SIGNAL_EXIT = 128;
const PATIENCE_MS = 500;

/** What the program needs of the process it runs in. */
export interface Host {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: { write(text: string): unknown };
  on(event: keyof typeof SIGNALS, listener: () => void): unknown;
  on(
    event: "uncaughtException" | "unhandledRejection",
    listener: (error: unknown) => void,
  ): unknown;
  exit(code: number): never;
}

/**
 * Run the program for `words` and end the process.
 *
 * Exit codes: 0 when the guest or the user ended the run, 1 for a mistake on the command line or a
 * failure of the program, 128 and the signal's number when a signal ended it.
 */
export async function main(words: readonly string[], host: Host): Promise<void> {
  const terminal = new Terminal(host.stdin, host.stdout);
  let code = 0;
  let pc: RunningPc | null = null;
  const fail = (error: unknown): never => {
    terminal.restore();
    host.stderr.write(`${NAME}: ${messageOf(error)}\n`);
    pc?.close();
    return host.exit(1);
  };
  host.on("uncaughtException", fail);
  host.on("unhandledRejection", fail);
  terminal.onBroken = () => pc?.quit();
  try {
    const request = parseCommandLine(words);
    if (request.kind === "run") {
      const started = makePc(request.line, terminal, (line) => host.stderr.write(`${line}\n`));
      pc = started;
      for (const [signal, number] of Object.entries(SIGNALS)) {
        host.on(signal as keyof typeof SIGNALS, () => {
          code = SIGNAL_EXIT + number;
          terminal.restore();
          started.quit();
        });
      }
      await started.run();
    } else if (request.kind === "map") {
      drawMap(request.line, request.map, (text) => terminal.writeText(text));
    } else {
      terminal.writeText(textOf(request.kind));
    }
  } catch (error) {
    await terminal.drain();
    fail(error);
  }
  terminal.restore();
  pc?.close();
  // A signal ends the program even when nobody reads what it wrote.
  const patience = code === 0 ? [] : [new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))];
  await Promise.race([terminal.drain(), ...patience]);
  host.exit(code);
}

function textOf(kind: "help" | "map-help" | "version"): string {
  if (kind === "version") return `${NAME} ${VERSION}\n`;
  return kind === "help" ? helpText() : MAP_HELP;
}

/** What went wrong, in one line. */
function messageOf(error: unknown): string {
  if (error instanceof CliError) {
    return error.message;
  }
  const text = error instanceof Error ? error.message : String(error);
  return `internal error: ${text.replace(/\s*\n[^]*$/, "")}`;
}
