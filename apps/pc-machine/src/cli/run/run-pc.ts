/** The PC on the command line: everything put together, run, and taken apart again. */
import { InstructionClock } from "../../host/instruction-clock.js";
import type { MachineClock } from "../../host/clock.js";
import type { ControlledMachine } from "../../board/controlled-machine.js";
import type { PcMachine } from "../../board/index.js";
import { NoneMachine } from "../../board/none-machine.js";
import { TerminalMux, type Terminal } from "../../terminal/index.js";
import type { Style } from "../../text/style.js";
import { AddedObjects } from "../back-ends/added-objects.js";
import { Activity } from "./activity.js";
import { CharacterHost } from "../back-ends/characters.js";
import type { CommandLine } from "../command-line.js";
import { optionError } from "../cli-error.js";
import { builtinDevices } from "../../devices/builtin.js";
import { connectControls, type EmitEvent } from "./controls.js";
import { yieldToMachine } from "./compiler-threads.js";
import { DeadEnd } from "./dead-end.js";
import { collectDeadModules } from "./dead-modules.js";
import { Displays } from "../back-ends/displays.js";
import { openTerminalDisplay } from "../back-ends/terminal-display.js";
import { networksReady, openNetworks } from "../back-ends/networks.js";
import { NetworkError, type Networks } from "../../net/networks.js";
import { readsInput } from "../back-ends/device-requests.js";
import { openBlocks, type OpenBlocks } from "../back-ends/block.js";
import { IdleClock } from "./idle-clock.js";
import { MachineLog, type WriteLine } from "../log.js";
import type { GuestEvent } from "../../device/context.js";
import type { UnpluggedDevice } from "../../device/plugged.js";
import { writePidFile } from "./pid-file.js";
import { missingFeatures } from "../options/machine/cpu.js";
import { buildMachine, settingsOf } from "../pc-options.js";
import { Session, type SessionActions, type ShutdownCause } from "./session.js";
import { loopSample } from "./wait-loop.js";
import { NAME } from "../version.js";
import { wire, type Wiring } from "../back-ends/wiring.js";

/** A PC that is ready to run. */
export interface RunningPc {
  /** Run until the program should exit. @throws CliError when a connection cannot be had */
  run(): Promise<void>;
  /** Make {@link run} settle soon. */
  quit(cause?: ShutdownCause): void;
  /** The exit status that the guest asked for, 0 unless it did. */
  readonly exitStatus: number;
  /** True if programs command the machine: its end by a signal is an orderly one. */
  readonly controlled: boolean;
  /** Close files and connections. May be called any number of times. */
  close(): Promise<void>;
}

/** Virtual time of `-accel qtest`: an instruction takes none, as none runs. */
const QTEST_NS_PER_INSTRUCTION = 1;

/**
 * Put the PC together.
 * @param writeLine where the log goes unless a file is asked for
 * @throws CliError when something the command line asks for cannot be had; nothing is left open then
 */
export function makePc(
  line: CommandLine,
  terminal: Terminal,
  writeLine: WriteLine,
  style: Style,
): RunningPc {
  const wiring = wire(line);
  const activity = new Activity();
  const underQtest = line.accel === "qtest";
  let session: Session | null = null;
  let quitEarly: (() => void) | null = null;
  let ended = false;
  const quit = (cause: ShutdownCause = "host-ui"): void => {
    ended = true;
    quitEarly?.();
    session?.quit(cause);
  };
  const mux = new TerminalMux(
    terminal,
    { quit: () => quit(), inputEnded: () => session?.inputEnded() },
    { escapes: wiring.escapes },
  );
  const screen = line.curses ? openTerminalDisplay(terminal, mux, () => session) : null;
  const logLine: WriteLine = (text) => {
    writeLine(text);
    screen?.repaint();
  };
  const terminalOpen = (): boolean => mux.hasReaders && (terminal.inputOpen || mux.holdsInput);
  const host = new CharacterHost({
    mux,
    activity,
    terminalOpen,
    complain: (text) => logLine(`${NAME}: ${text}`),
    quit,
  });
  const displays = new Displays({
    session: () => session,
    emit: (event, data) => emit(event, data),
    log: (text) => logLine(`${NAME}: ${text}`),
  });
  const inputOpen = (): boolean => terminalOpen() || host.inputOpen || displays.isOpen;
  const clock: MachineClock = underQtest
    ? new InstructionClock(QTEST_NS_PER_INSTRUCTION)
    : new IdleClock({
        activity,
        icountShift: line.icountShift,
        canReceive: inputOpen,
        sample: () => (session?.pc.cpu ? loopSample(session.pc.cpu) : null),
        fingerprint: () => session?.pc.board?.vga?.textScreen().join("\n") ?? "",
        onReady: () => mux.releaseInput(),
        onHalted: () => setImmediate(() => session?.guestIsIdle()),
      });
  const deadEnd = new DeadEnd((text) => {
    if (terminal.interactive && wiring.escapes && screen === null) {
      logLine(`${NAME}: ${text}`);
    }
  });
  let emit: EmitEvent = () => {};
  const blocks = openBlocks(line, {
    emit: (event, data) => emit(event, data),
    stop: () => session?.stop("io-error"),
    note: activity.note,
    complain: (text) => logLine(`${NAME}: ${text}`),
  });
  const networks = openNetworks(line.netdevs, (text) => logLine(`${NAME}: ${text}`));
  const added = new AddedObjects(line);
  const removePidFile = line.pidFile === null ? null : writePidFile(line.pidFile);
  const close = async (): Promise<void> => {
    removePidFile?.();
    screen?.[Symbol.dispose]();
    networks[Symbol.dispose]();
    blocks[Symbol.dispose]();
    added[Symbol.dispose]();
    await Promise.all([host.close(), displays.close()]);
  };
  try {
    const actions = actionsOf(line);
    host.openNamed(line.chardevs);
    const log = new MachineLog(line.log, logLine, (path) => host.openFile(path, false));
    if (line.logFile !== null) log.open(line.logFile);
    const pc = machineOf(line, wiring, {
      host,
      clock,
      blocks,
      networks,
      added,
      log,
      deadEnd,
      actions,
      wasReset: () => session?.wasReset(),
      wasSuspended: (suspended) => session?.wasSuspended(suspended),
      guestEvent: (event) => session?.guestEvent(event),
      unplugged: (device) => session?.unplugged(device),
    });
    for (const note of line.notes) logLine(`${NAME}: ${note}`);
    const whyInterpreted = pc.board?.whyInterpreted ?? null;
    if (whyInterpreted !== null) logLine(`${NAME}: -accel jit: interpreting: ${whyInterpreted}`);
    if (line.cpuChecks !== "off") {
      for (const warning of missingFeatures(line.cpu)) logLine(`${NAME}: ${warning}`);
    }
    if (line.cpuChecks === "enforce" && line.cpu.unavailable.length > 0) {
      throw optionError(`-cpu ${line.cpu.name}`, "TCG doesn't support requested features");
    }
    const started = new Session(pc, {
      name: line.name,
      uuid: line.uuid,
      ...(added.objects === null ? {} : { objects: added.objects }),
      startStopped: line.startStopped,
      preconfig: line.preconfig,
      actions,
      runsGuest: !underQtest,
      characters: host.devices,
      blocks: blocks.graph,
      networks,
      vnc: displays.servers,
      log,
      complain: (text) => logLine(`${NAME}: ${text}`),
      inputOpen,
      keepsHaltedGuest: () => {
        const typing = inputOpen() && (terminal.interactive || mux.monitorHasFocus);
        const keeps = typing || host.controlled || displays.isOpen;
        if (keeps && terminalOpen() && !mux.monitorHasFocus) {
          deadEnd.reached();
        }
        return keeps;
      },
    });
    session = started;
    started.observe((event) => {
      if (event === "RESUME") blocks.graph.resume();
    });
    terminal.onCongested = (drained) => started.holdUntil(drained);
    const controls = connectControls(line, wiring, {
      session: started,
      clock: clock instanceof InstructionClock ? clock : null,
      mux,
      terminal,
      host,
      blocks: blocks.graph,
      style,
      logLine,
    });
    emit = controls.emit;
    displays.open(line);
    return {
      run: async () => {
        const ready = Promise.all([host.ready(), displays.ready(), networksReady(networks)]);
        await Promise.race([ready, new Promise<void>((resolve) => (quitEarly = resolve))]);
        if (ended) return;
        mux.open();
        controls.open();
        const translation = pc.board?.translation ?? null;
        if (translation !== null) yieldToMachine();
        using _ = translation && collectDeadModules(() => translation.compiledBytes);
        await started.run();
      },
      quit,
      get exitStatus() {
        return started.exitStatus;
      },
      get controlled() {
        return host.controlled;
      },
      close,
    };
  } catch (error) {
    void close();
    throw error;
  }
}

/** Actions of the command line at resets and at power-off. */
function actionsOf(line: CommandLine): SessionActions {
  return {
    reboot: line.noReboot ? "shutdown" : "reset",
    shutdown: line.noShutdown ? "pause" : "poweroff",
    panic: line.panic,
    watchdog: line.watchdog,
  };
}

/** Parts from which the machine is assembled. */
interface Assembly {
  readonly host: CharacterHost;
  readonly clock: MachineClock;
  readonly blocks: OpenBlocks;
  readonly networks: Networks;
  readonly added: AddedObjects;
  readonly log: MachineLog;
  readonly deadEnd: DeadEnd;
  readonly actions: SessionActions;
  wasReset(): void;
  wasSuspended(suspended: boolean): void;
  guestEvent(event: GuestEvent): void;
  unplugged(device: UnpluggedDevice): void;
}

/** The PC, or a machine that has nothing. @throws CliError when it cannot be built */
function machineOf(line: CommandLine, wiring: Wiring, parts: Assembly): ControlledMachine {
  if (line.machine === "pc") return assemble(line, wiring, parts);
  if (line.cpus > 1) {
    const most = "The max CPUs supported by machine 'none' is 1";
    throw optionError("-smp", `Invalid SMP CPUs ${line.cpus}. ${most}`);
  }
  const [device] = [...line.nics, ...line.devices];
  if (device !== undefined) {
    const bus = builtinDevices.get(device.driver)?.bus ?? "PCI";
    throw optionError(device.option, `No '${bus}' bus found for device '${device.driver}'`);
  }
  const none = new NoneMachine({
    clock: parts.clock,
    ramSize: line.ramGiven ? line.ramSize : 0,
    onReset: () => parts.wasReset(),
  });
  parts.added.prepare(none.machine);
  return none;
}

/** @throws CliError for a network that cannot be had */
function inWords<T>(option: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    throw optionError(option, error.message);
  }
}

/** The machine of the command line. @throws CliError when it cannot be built */
function assemble(line: CommandLine, wiring: Wiring, parts: Assembly): PcMachine {
  const { host, clock, blocks, networks, log, deadEnd, actions } = parts;
  const { debugcon } = wiring;
  const settings = settingsOf(line, {
    serialConsole: wiring.serialConsole,
    debugcon: debugcon === null ? null : host.backend(debugcon, false, "debugcon", "-debugcon"),
    chardev: (device, name) =>
      host.backend(
        wiring.devices.get(device)?.get(name) ?? { kind: "null" },
        readsInput(device, name),
        device.properties[name] ?? name,
        device.option,
      ),
    drive: (device, name, drive) => blocks.drive(device, name, drive),
    netdev: (device, id) =>
      inWords(device.option, () => networks.take(id, `${device.driver}.netdev`)),
    memory: (device, id) => parts.added.memory(device, id),
    random: (device, id) => parts.added.random(device, id),
  });
  return buildMachine({
    ...settings,
    prepare: (machine) => parts.added.prepare(machine),
    clock,
    disks: blocks.disks,
    floppies: blocks.floppies,
    flash: blocks.flash,
    parallel: wiring.parallel.map((target, index) =>
      host.backend(target, false, `parallel${index}`, "-parallel"),
    ),
    // Read at each reset: a program may change it.
    get noReboot() {
      return actions.reboot === "shutdown";
    },
    onReset: () => parts.wasReset(),
    onSuspend: (suspended) => parts.wasSuspended(suspended),
    onGuestEvent: (event) => parts.guestEvent(event),
    onUnplug: (device) => parts.unplugged(device),
    serial: wiring.serial.map((target, index) => {
      const backend = host.backend(target, true, `serial${index}`, "-serial");
      return target.kind === "stdio" ? deadEnd.watch(backend) : backend;
    }),
    log: log.log,
  });
}
