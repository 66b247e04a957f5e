/** Monitors and qtest: what commands the machine from outside, put where the wiring says. */
import type { CharacterBackend } from "../../chardev/character-backend.js";
import type { MuxFrontEnd } from "../../chardev/mux.js";
import type { InstructionClock } from "../../host/instruction-clock.js";
import { MonitorConsole, REMOTE_CONSOLE } from "../../monitor/index.js";
import { QmpServer } from "../../qmp/qmp-server.js";
import type { BlockGraph } from "../../block/block-graph.js";
import { QtestServer } from "../../qtest/qtest-server.js";
import {
  ConnectionLines,
  PipedLines,
  ReadlineLines,
  type Terminal,
  type TerminalMux,
} from "../../terminal/index.js";
import { plainStyle, type Style } from "../../text/style.js";
import type { CharacterHost } from "../back-ends/characters.js";
import type { CommandLine } from "../command-line.js";
import type { WriteLine } from "../log.js";
import { qmpTarget } from "../targets/qmp-target.js";
import { NAME } from "../version.js";
import { GdbPlace } from "./gdb-control.js";
import type { Session } from "./session.js";
import type { SettledTarget, Wiring } from "../back-ends/wiring.js";

/** Surroundings of the controls. */
export interface ControlHost {
  readonly session: Session;
  /** The clock that qtest moves, `null` where time passes by itself. */
  readonly clock: InstructionClock | null;
  readonly mux: TerminalMux;
  readonly terminal: Terminal;
  readonly host: CharacterHost;
  readonly blocks: BlockGraph;
  readonly style: Style;
  readonly logLine: WriteLine;
}

/** Tells programs of an event. */
export type EmitEvent = (event: string, data?: Readonly<Record<string, unknown>>) => void;

/** Controls that were connected. */
export interface Controls {
  readonly emit: EmitEvent;
  /** The terminal is open: say what is to be said first. */
  open(): void;
}

/** Connect all of them. @throws CliError when a connection cannot be had */
export function connectControls(line: CommandLine, wiring: Wiring, host: ControlHost): Controls {
  connectMonitor(line, wiring.monitor, host);
  const { servers, emit } = connectQmp(line, wiring, host);
  connectQtest(line, wiring.qtest, host);
  connectGdb(line, wiring.gdb, host);
  return {
    emit,
    open: () => {
      for (const { backend, server } of servers) if (backend.connected) server.greet();
      if (
        [wiring.qtest, wiring.gdb, ...wiring.controls].some((target) => target?.kind === "stdio")
      ) {
        host.mux.releaseInput();
      }
    },
  };
}

/** The QMP servers; each is told of every event. */
function connectQmp(
  line: CommandLine,
  wiring: Wiring,
  parts: ControlHost,
): {
  readonly servers: readonly { readonly backend: CharacterBackend; readonly server: QmpServer }[];
  readonly emit: EmitEvent;
} {
  const { session, host, blocks } = parts;
  const servers: { readonly backend: CharacterBackend; readonly server: QmpServer }[] = [];
  const emit: EmitEvent = (event, data) => {
    for (const { server } of servers) server.event(event, data);
  };
  const target = qmpTarget({ session, characters: host.devices, blocks, emit });
  session.observe(emit);
  for (const [index, place] of wiring.controls.entries()) {
    const { pretty = false, option = "-qmp" } = line.controls[index] ?? {};
    const label = `compat_monitor${index + (line.monitor === null ? 0 : 1)}`;
    const backend = host.control(place, label, option);
    servers.push({ backend, server: new QmpServer(backend, target, { pretty }) });
  }
  return { servers, emit };
}

function connectQtest(line: CommandLine, target: SettledTarget | null, parts: ControlHost): void {
  if (target === null || line.qtest === null) return;
  const { session, clock, host, logLine } = parts;
  const { pc } = session;
  const log = line.qtestLog;
  const file = log === null || log === "none" ? null : host.openFile(log, false);
  const toFile = (text: string): void => {
    for (const byte of new TextEncoder().encode(`${text}\n`)) file?.write(byte);
  };
  new QtestServer(
    host.control(target, "qtest", line.qtest.option),
    {
      memory: pc.memory,
      io: pc.io,
      clock,
      objects: pc.machine.objects,
      get devices() {
        return pc.devices;
      },
      served: () => session.serve(),
    },
    log === null ? logLine : log === "none" ? null : toFile,
  );
}

/** @throws CliError when the connection cannot be had, or there is nothing to debug */
function connectGdb(line: CommandLine, target: SettledTarget | null, parts: ControlHost): void {
  const { session, host, logLine } = parts;
  const place = new GdbPlace(session, host, (text) => logLine(`${NAME}: ${text}`));
  session.gdb = place;
  if (target !== null && line.gdb !== null) place.begin(target, line.gdb.option);
}

/** Put the monitor where the wiring says. In a file it has nothing to read, and greets only. */
function connectMonitor(line: CommandLine, target: SettledTarget | null, parts: ControlHost): void {
  const { session, mux, terminal, host, style } = parts;
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
  } else if (target?.kind === "backend") {
    const shared = host.sharedMonitor(target, "compat_monitor0", line.monitorOption);
    if (shared !== null) connectShared(session, shared);
    else connectRemote(session, host.control(target, "compat_monitor0", line.monitorOption));
  }
}

/** The monitor on a connection: each new one is greeted. */
function connectRemote(session: Session, backend: CharacterBackend): void {
  let console = remoteConsole(session, (bytes) => backend.writeBytes(bytes));
  const greet = (): void => {
    console = remoteConsole(session, (bytes) => backend.writeBytes(bytes));
    console.focus();
  };
  backend.receive = (byte) => console.feed(byte);
  backend.onEvent = (event) => {
    if (event === "opened") greet();
  };
  if (backend.connected) greet();
}

/** The monitor beside a device: it is greeted when it first gets the input. */
function connectShared(session: Session, frontEnd: MuxFrontEnd): void {
  const console = remoteConsole(session, (bytes) => {
    for (const byte of bytes) frontEnd.write(byte);
  });
  frontEnd.receive = (byte) => console.feed(byte);
  frontEnd.onFocus = (focused) => {
    if (focused) console.focus();
    else console.blur();
  };
}

function remoteConsole(session: Session, write: (bytes: Uint8Array) => void): MonitorConsole {
  const encoder = new TextEncoder();
  const print = (text: string): void => write(encoder.encode(text.replaceAll("\n", "\r\n")));
  return new MonitorConsole(
    session,
    (handler) => new ConnectionLines(handler, print),
    plainStyle,
    REMOTE_CONSOLE,
  );
}
