/** The PC on the command line: everything put together, run, and taken apart again. */
import { MonitorConsole } from "../monitor/index.js";
import { PipedLines, ReadlineLines, TerminalMux, type Terminal } from "../terminal/index.js";
import type { Style } from "../text/style.js";
import { Activity } from "./activity.js";
import { CharacterHost } from "./characters.js";
import type { CommandLine } from "./command-line.js";
import { DeadEnd } from "./dead-end.js";
import { readsInput } from "./device-requests.js";
import { closeDisks, openDisks } from "./disks.js";
import { IdleClock } from "./idle-clock.js";
import { makeLog, type WriteLine } from "./log.js";
import { buildMachine, settingsOf } from "./pc-options.js";
import { Session } from "./session.js";
import { loopSample } from "./wait-loop.js";
import { NAME } from "./version.js";
import { wire } from "./wiring.js";

/** A PC that is ready to run. */
export interface RunningPc {
  /** Run until the program should exit. */
  run(): Promise<void>;
  /** Make {@link run} settle soon. */
  quit(): void;
  /** Close files. May be called any number of times. */
  close(): void;
}

/**
 * Put the PC together.
 * @param logLine where the log goes unless a file is asked for
 * @throws CliError when something the command line asks for cannot be had; nothing is left open then
 */
export function makePc(
  line: CommandLine,
  terminal: Terminal,
  logLine: WriteLine,
  style: Style,
): RunningPc {
  const wiring = wire(line);
  const activity = new Activity();
  let session: Session | null = null;
  const mux = new TerminalMux(
    terminal,
    { quit: () => session?.quit(), inputEnded: () => session?.inputEnded() },
    { escapes: wiring.escapes },
  );
  const inputOpen = (): boolean => mux.hasReaders && (terminal.inputOpen || mux.holdsInput);
  const clock = new IdleClock({
    activity,
    icountShift: line.icountShift,
    canReceive: inputOpen,
    sample: () => (session === null ? null : loopSample(session.pc.cpu)),
    fingerprint: () => session?.pc.board.vga?.textScreen().join("\n") ?? "",
    onReady: () => mux.releaseInput(),
    onHalted: () => setImmediate(() => session?.guestIsIdle()),
  });
  const host = new CharacterHost(mux, activity, (text) => logLine(`${NAME}: ${text}`));
  const deadEnd = new DeadEnd((text) => {
    if (terminal.interactive && wiring.escapes) {
      logLine(`${NAME}: ${text}`);
    }
  });
  const disks = openDisks(line, activity);
  const close = (): void => {
    host.close();
    closeDisks(disks);
  };
  try {
    const { debugcon } = wiring;
    const settings = settingsOf(line, {
      serialConsole: wiring.serialConsole,
      debugcon: debugcon === null ? null : host.backend(debugcon, false),
      chardev: (device, name) =>
        host.backend(
          wiring.devices.get(device)?.get(name) ?? { kind: "null" },
          readsInput(device, name),
        ),
    });
    const logFile = line.logFile === null ? null : host.openFile(line.logFile, false);
    const pc = buildMachine({
      ...settings,
      clock,
      disks,
      serial: wiring.serial.map((target) => {
        const backend = host.backend(target, true);
        return target.kind === "stdio" ? deadEnd.watch(backend) : backend;
      }),
      log: makeLog(line.log, (text) => {
        if (logFile === null) {
          logLine(text);
        } else {
          for (const byte of new TextEncoder().encode(`${text}\n`)) {
            logFile.write(byte);
          }
        }
      }),
    });
    const { whyInterpreted } = pc.board;
    if (whyInterpreted !== null) logLine(`${NAME}: -accel jit: interpreting: ${whyInterpreted}`);
    const started = new Session(pc, {
      name: line.name,
      startStopped: line.startStopped,
      noReboot: line.noReboot,
      noShutdown: line.noShutdown,
      inputOpen,
      keepsHaltedGuest: () => {
        const keeps = inputOpen() && (terminal.interactive || mux.monitorHasFocus);
        if (keeps && !mux.monitorHasFocus) {
          deadEnd.reached();
        }
        return keeps;
      },
    });
    session = started;
    terminal.onCongested = (drained) => started.holdUntil(drained);
    connectMonitor(started, wiring.monitor, mux, terminal, host, style);
    return {
      run: async () => {
        mux.open();
        await started.run();
      },
      quit: () => started.quit(),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Put the monitor where the wiring says. In a file it has nothing to read, and greets only. */
function connectMonitor(
  session: Session,
  target: ReturnType<typeof wire>["monitor"],
  mux: TerminalMux,
  terminal: Terminal,
  host: CharacterHost,
  style: Style,
): void {
  if (target?.kind === "stdio") {
    const { interactive } = terminal;
    mux.connectMonitor(
      new MonitorConsole(
        session,
        (handler) =>
          interactive
            ? new ReadlineLines(terminal.screen, handler)
            : new PipedLines(handler, (text) => terminal.writeText(text)),
        style,
      ),
    );
  } else if (target?.kind === "file") {
    const file = host.openFile(target.path, target.append);
    const bytes = new TextEncoder();
    const print = (text: string): void => bytes.encode(text).forEach((byte) => file.write(byte));
    new MonitorConsole(session, (handler) => new PipedLines(handler, print)).focus();
  }
}
