/** The program: a command line in, an exit code out. */
import { CliError } from "./cli-error.js";
import { helpText } from "./help.js";
import { drawMap } from "./map/map-command.js";
import { prepareLinux } from "./linux/linux-command.js";
import { LINUX_HELP } from "./linux/linux-options.js";
import { Progress, type ProgressOutput } from "./linux/progress.js";
import { MAP_HELP } from "./map/map-options.js";
import { writeConfig } from "./config/files.js";
import { parseCommandLine, type Request, type RunRequest } from "./parse.js";
import { makePc, type RunningPc } from "./run/run-pc.js";
import { completionScript } from "./shell/completion.js";
import { manPage } from "./shell/man-page.js";
import { NAME, VERSION } from "./version.js";
import { styleFor, type MaybeColoured, type Style } from "../text/style.js";
import { Terminal, type InputStream, type OutputStream } from "../terminal/index.js";

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const SIGNAL_EXIT = 128;
const PATIENCE_MS = 500;

/** Services of the process that the program runs in. */
export interface Host {
  readonly stdin: InputStream;
  readonly stdout: OutputStream & MaybeColoured;
  readonly stderr: MaybeColoured & ProgressOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
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
 * failure of the program, what the guest told a device that ends the program, 128 and the signal's number when a signal ended it; 0 then, too, where
 * programs command the machine by QMP, qtest or a monitor on a connection, as they do with QEMU.
 */
export async function main(words: readonly string[], host: Host): Promise<void> {
  const progress = new Progress(host.stderr, NAME);
  const terminal = new Terminal(host.stdin, host.stdout);
  terminal.onFirstOutput = () => progress.end();
  const style = styleFor(host.stdout, host.env);
  const errorStyle = styleFor(host.stderr, host.env);
  let code = 0;
  let pc: RunningPc | null = null;
  const fail = (error: unknown): never => {
    terminal.restore();
    progress.end();
    host.stderr.write(`${errorStyle("error", `${NAME}:`)} ${messageOf(error)}\n`);
    void pc?.close();
    return host.exit(1);
  };
  host.on("uncaughtException", fail);
  host.on("unhandledRejection", fail);
  terminal.onBroken = () => pc?.quit();
  try {
    const parsed = parseCommandLine(words);
    const request = parsed.kind === "linux" ? await linuxRun(parsed, host, progress) : parsed;
    if (request === null) {
      // What was to be made has been made.
    } else if (request.kind === "run") {
      if (request.writeConfig !== null) {
        const { path, typed } = request.writeConfig;
        writeConfig(path, typed, request.given, (text) => terminal.writeText(text));
      }
      const logLine = (line: string): unknown => host.stderr.write(`${line}\n`);
      const started = makePc(request.line, terminal, logLine, style);
      pc = started;
      for (const [signal, number] of Object.entries(SIGNALS)) {
        host.on(signal as keyof typeof SIGNALS, () => {
          // Programs that started the machine end it so, and look at its status.
          code = started.controlled ? 0 : SIGNAL_EXIT + number;
          if (code === 0) host.stderr.write(`${NAME}: terminating on signal ${number}\n`);
          terminal.restore();
          started.quit("host-signal");
        });
      }
      await started.run();
      if (code === 0) code = started.exitStatus;
    } else if (request.kind === "map") {
      drawMap(request.line, request.map, (text) => terminal.writeText(text));
    } else {
      terminal.writeText(textOf(request, style));
    }
  } catch (error) {
    await terminal.drain();
    fail(error);
  }
  terminal.restore();
  const closed = pc?.close();
  // A signal ends the program even when nobody reads what it wrote.
  const patience = code === 0 ? [] : [new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))];
  await Promise.race([Promise.all([terminal.drain(), closed]), ...patience]);
  host.exit(code);
}

/** The run that `linux` asks for, `null` where nothing is to be started. @throws CliError */
async function linuxRun(
  { linux, run }: Extract<Request, { kind: "linux" }>,
  { env }: Host,
  progress: Progress,
): Promise<RunRequest | null> {
  const given = new Set(run.given.flatMap(({ option }) => option.names));
  const work = { request: linux, line: run.line, given, environment: env, progress };
  return (await prepareLinux(work)) ? run : null;
}

function textOf(
  request: Exclude<Request, { kind: "run" | "map" | "linux" }>,
  style: Style,
): string {
  switch (request.kind) {
    case "version":
      return `${NAME} ${VERSION}\n`;
    case "help":
      return helpText(style);
    case "map-help":
      return MAP_HELP;
    case "linux-help":
      return LINUX_HELP;
    case "man":
      return manPage();
    case "completion":
      return completionScript(request.shell);
    case "list":
      return request.lines.map((line) => `${line}\n`).join("");
  }
}

/** Message of an error, in one line. */
function messageOf(error: unknown): string {
  if (error instanceof CliError) {
    return error.message;
  }
  const text = error instanceof Error ? error.message : String(error);
  return `internal error: ${text.replace(/\s*\n[^]*$/, "")}`;
}
