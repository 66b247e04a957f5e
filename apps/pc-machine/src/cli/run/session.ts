/** A run of the PC: from power-on to the exit of the program. */
import type { ControlledMachine } from "../../board/controlled-machine.js";
import type { MachineEnd } from "../../board/index.js";
import type { BlockGraph } from "../../block/block-graph.js";
import { CharacterDevices } from "../../chardev/character-devices.js";
import type { GuestEvent } from "../../device/context.js";
import { dropNamedParts } from "../../device/named-parts.js";
import type { UnpluggedDevice } from "../../device/plugged.js";
import { memoryLeft } from "../../devices/virtio/index.js";
import { GuestDumps } from "../../dump/guest-dumps.js";
import type { Networks } from "../../net/networks.js";
import { UserObjects } from "../../objects/user-objects.js";
import type { MonitorTarget } from "../../monitor/index.js";
import type { GdbControl, MonitorLog } from "../../monitor/target.js";
import { writeParts } from "../write-parts.js";
import type { VncServers } from "../../vnc/vnc-list.js";

/** Event, in QMP's words. */
export type SessionEvent =
  | "STOP"
  | "RESUME"
  | "RESET"
  | "SHUTDOWN"
  | "POWERDOWN"
  | "SUSPEND"
  | "WAKEUP"
  | "GUEST_PANICKED"
  | "GUEST_CRASHLOADED"
  | "WATCHDOG"
  | "BALLOON_CHANGE"
  | "VSERPORT_CHANGE"
  | "DEVICE_DELETED"
  | "DUMP_COMPLETED";

/** Whoever asked for a reset or the end, as QMP's `ShutdownCause` says it. */
export type ShutdownCause =
  | "host-qmp-quit"
  | "host-qmp-system-reset"
  | "host-signal"
  | "host-ui"
  | "guest-shutdown"
  | "guest-reset"
  | "guest-panic";

/** Actions at events (QEMU's `-action`). */
export interface SessionActions {
  /** A reset that the guest asks for. */
  reboot: "reset" | "shutdown";
  /** The guest switches itself off. */
  shutdown: "poweroff" | "pause";
  panic: "pause" | "shutdown" | "exit-failure" | "none";
  watchdog: "reset" | "shutdown" | "poweroff" | "pause" | "debug" | "none" | "inject-nmi";
}

/** Told of an event: its name, and QMP's data of it. */
export type SessionObserver = (
  event: SessionEvent,
  data?: Readonly<Record<string, unknown>>,
) => void;

/** The state of a run, as `query-status` names it. */
export type RunState = "running" | "paused" | "suspended" | Exclude<Pause, "user">;

/** Behaviour of a session. */
export interface SessionOptions {
  readonly name: string | null;
  /** The machine's UUID; `null`, as by default: all zeros. */
  readonly uuid?: string | null;
  /** Wait for `cont` before the first instruction. */
  readonly startStopped: boolean;
  /** Wait to be told that the machine is described. */
  readonly preconfig?: boolean;
  /** Actions at a reset and at power-off; may change while the session runs. */
  readonly actions: SessionActions;
  /** The character devices, for the monitor. */
  readonly characters?: CharacterDevices;
  /** Objects that were added before the machine was made. */
  readonly objects?: UserObjects;
  /** Nodes and drives of the block layer, for the monitor. */
  readonly blocks?: BlockGraph;
  /** Networks, for the monitor. */
  readonly networks?: Networks;
  /** The VNC servers, for the monitor. */
  readonly vnc?: VncServers;
  /** The log, for the monitor. */
  readonly log?: MonitorLog;
  /** True if guest code is run at all; with `-accel qtest` it is not. */
  readonly runsGuest: boolean;
  /** Tell the user something. */
  complain?(text: string): void;
  /** True if somebody can still type to the guest or the monitor. */
  inputOpen(): boolean;
  /** True if somebody may look at a guest that has halted for good. */
  keepsHaltedGuest(): boolean;
}

/** Reason why the guest does not run: shown by `info status`. */
type Pause =
  "prelaunch" | "shutdown" | "user" | "debug" | "guest-panicked" | "watchdog" | "io-error";

/** Runs the machine until there is no more reason to. */
export class Session implements MonitorTarget {
  readonly pc: ControlledMachine;
  /** Objects that were added to the machine. */
  readonly objects: UserObjects;
  /** Dumps of its memory. */
  readonly dumps: GuestDumps;
  readonly #options: SessionOptions;
  #observers: readonly SessionObserver[] = [];
  #pause: Pause | null;
  #preconfig: boolean;
  readonly #characters: CharacterDevices;
  #quit = false;
  #status = 0;
  #resetCause: ShutdownCause = "guest-reset";
  /** The guest is halted with nothing that could wake it. */
  #halted = false;
  #wake: (() => void) | null = null;
  /** Settles when the guest may write again. */
  #congestion: Promise<void> | null = null;

  constructor(pc: ControlledMachine, options: SessionOptions) {
    this.pc = pc;
    this.objects = options.objects ?? new UserObjects(pc.machine);
    this.dumps = new GuestDumps(pc, {
      writeFile: writeParts,
      ended: (result) => this.#tell("DUMP_COMPLETED", { result }),
    });
    this.#options = options;
    this.#characters = options.characters ?? new CharacterDevices();
    this.#preconfig = options.preconfig ?? false;
    this.#pause = options.startStopped || this.#preconfig ? "prelaunch" : null;
  }

  get name(): string | null {
    return this.#options.name;
  }

  get uuid(): string | null {
    return this.#options.uuid ?? null;
  }

  /** Actions at events. */
  get actions(): SessionActions {
    return this.#options.actions;
  }

  get characters(): CharacterDevices {
    return this.#characters;
  }

  get blocks(): BlockGraph | undefined {
    return this.#options.blocks;
  }

  get log(): MonitorLog | undefined {
    return this.#options.log;
  }

  /** The place where gdb connects, `null` where there is none. */
  gdb: GdbControl | null = null;

  /** Networks. */
  get networks(): Networks | undefined {
    return this.#options.networks;
  }

  get vnc(): VncServers | undefined {
    return this.#options.vnc;
  }

  get runState(): RunState {
    if (this.#pause === null) return this.pc.suspended ? "suspended" : "running";
    return this.#pause === "user" ? "paused" : this.#pause;
  }

  /** The program's exit status, as far as the guest decides it. */
  get exitStatus(): number {
    return this.#status;
  }

  get status(): string {
    switch (this.#pause) {
      case null:
        return this.pc.suspended ? "paused (suspended)" : "running";
      case "user":
        return "paused";
      default:
        return `paused (${this.#pause})`;
    }
  }

  /** True until the machine is described (`--preconfig`). */
  get preconfig(): boolean {
    return this.#preconfig;
  }

  /** The machine is described: it starts, unless it is to wait for `cont`. */
  exitPreconfig(): void {
    this.#preconfig = false;
    if (!this.#options.startStopped) this.cont();
  }

  /** Write a file for the monitor. @returns why that cannot be, `null` when it was */
  readonly writeFile = writeParts;

  /** Be told of events from now on. */
  observe(observer: SessionObserver): () => void {
    this.#observers = [...this.#observers, observer];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer);
    };
  }

  /** @param reason who stops it: a person, a debugger at a breakpoint, the guest's crash, a watchdog, an error of a disk */
  stop(reason: "user" | "debug" | "guest-panicked" | "watchdog" | "io-error" = "user"): void {
    if (this.#pause === null) {
      this.#pause = reason;
      this.#tell("STOP");
    }
    this.#changed();
  }

  cont(): void {
    if (this.#pause === "shutdown") {
      // A machine that is off starts anew only by a reset.
      return;
    }
    if (this.#pause !== null) {
      this.#pause = null;
      this.#tell("RESUME");
    }
    this.#changed();
  }

  reset(cause: ShutdownCause = "host-qmp-system-reset"): void {
    if (this.#options.actions.reboot === "shutdown") {
      this.quit(cause);
      return;
    }
    this.#resetCause = cause;
    this.pc.reset();
    this.#resetCause = "guest-reset";
    this.#changed();
  }

  /** The machine has been reset. */
  wasReset(): void {
    this.#halted = false;
    if (this.#pause === "shutdown") {
      this.#pause = "user";
    }
    const cause = this.#resetCause;
    this.#tell("RESET", { guest: cause === "guest-reset", reason: cause });
  }

  /** The guest has put the machine to sleep, or it has woken up. */
  wasSuspended(suspended: boolean): void {
    this.#tell(suspended ? "SUSPEND" : "WAKEUP");
  }

  /** Do what devices asked for while no guest ran. */
  serve(): void {
    if (this.pc.running) return;
    const before = this.pc.end;
    const end = this.pc.serveRequests();
    if (end !== null && end !== before) this.#ended(end);
    if (this.#quit) this.#changed();
  }

  /** The guest has crashed, or does not feed its watchdog: do what the actions say. Or its memory is another. */
  guestEvent(event: GuestEvent): void {
    const { panic, watchdog } = this.#options.actions;
    if (event === "watchdog") {
      this.#tell("WATCHDOG", { action: watchdog });
      this.#watchdog(watchdog);
    } else if (typeof event === "object") {
      this.#tell("VSERPORT_CHANGE", { id: event.id, open: event.open });
    } else if (event === "balloon") {
      this.#tell("BALLOON_CHANGE", { actual: memoryLeft(this.pc) ?? this.pc.ramSize });
    } else if (event === "crash-loaded") {
      this.#tell("GUEST_CRASHLOADED", { action: "run" });
    } else if (panic === "none") {
      this.#tell("GUEST_PANICKED", { action: "run" });
    } else {
      this.#tell("GUEST_PANICKED", { action: panic === "pause" ? "pause" : "poweroff" });
      this.stop("guest-panicked");
      if (panic !== "pause") this.#finish("guest-panic", panic === "exit-failure" ? 1 : 0);
    }
  }

  /** A device has gone: what it had of the host goes with it, or is free for others. */
  unplugged({ plugged, paths }: UnpluggedDevice): void {
    dropNamedParts(this, plugged);
    const path = paths.at(-1);
    // What brought it about is answered first.
    queueMicrotask(() => {
      for (const part of paths.slice(0, -1)) this.#tell("DEVICE_DELETED", { path: part });
      const device = plugged.id === null ? {} : { device: plugged.id };
      this.#tell("DEVICE_DELETED", { ...device, path: path ?? "" });
    });
  }

  #watchdog(action: SessionActions["watchdog"]): void {
    switch (action) {
      case "reset":
        if (this.#options.actions.reboot === "shutdown") this.#finish("guest-reset");
        else this.reset("guest-reset");
        break;
      case "shutdown":
        this.powerDown();
        break;
      case "poweroff":
        this.#status = 0;
        this.#quit = true;
        this.#changed();
        break;
      case "pause":
        this.stop("watchdog");
        break;
      case "inject-nmi":
        this.pc.cpu?.raiseNmi?.();
        break;
      case "debug":
        this.#options.complain?.("watchdog: timer fired");
        break;
      case "none":
        break;
    }
  }

  /** Press the power button: the guest is asked to shut down, or woken up where it sleeps. */
  powerDown(): void {
    this.#tell("POWERDOWN");
    if (!this.pc.wakeUp()) this.pc.board?.powerManagement.acpi.pressPowerButton();
    this.#changed();
  }

  quit(cause: ShutdownCause = "host-qmp-quit"): void {
    if (!this.#quit) {
      this.#quit = true;
      this.#tell("SHUTDOWN", { guest: false, reason: cause });
    }
    this.#changed();
  }

  /** The guest will do nothing more unless somebody types. */
  guestIsIdle(): void {
    if (!this.#options.inputOpen()) {
      this.#quit = true;
      this.#changed();
    }
  }

  /** Nothing more will be typed. */
  inputEnded(): void {
    this.#changed();
  }

  /** The guest writes faster than it is read: hold it until `drained` settles. */
  holdUntil(drained: Promise<void>): void {
    this.#congestion ??= drained;
    this.pc.stop();
  }

  /** Run. Settles when the program should exit. */
  async run(): Promise<void> {
    while (!this.#quit) {
      if (this.#congestion !== null) {
        await Promise.race([this.#congestion, this.#change()]);
        this.#congestion = null;
      } else if (this.#pause === null && !this.#halted && this.#options.runsGuest) {
        const end = await this.pc.run();
        if (end !== null && !this.#quit) {
          this.#ended(end);
        }
      } else if (this.#worthWaiting()) {
        await this.#change();
      } else {
        return;
      }
    }
  }

  /** Settles when somebody asks for something. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** True if a guest that does not run could ever run again. */
  #worthWaiting(): boolean {
    return this.#pause === null && this.#options.runsGuest
      ? this.#options.keepsHaltedGuest()
      : this.#options.inputOpen();
  }

  #ended(end: MachineEnd): void {
    if (end.kind === "halted") {
      this.#halted = true;
      return;
    }
    if (end.kind === "exit") {
      // It is the program that ends, and no switch of the machine.
      this.#status = end.status;
      this.#quit = true;
      return;
    }
    this.#finish(end.kind === "power-off" ? "guest-shutdown" : "guest-reset");
  }

  /** The machine is off: stay, or leave with a status. */
  #finish(reason: ShutdownCause, status = 0): void {
    this.#tell("SHUTDOWN", { guest: true, reason });
    if (this.#options.actions.shutdown === "pause") {
      this.#pause = "shutdown";
      this.#tell("STOP");
    } else {
      this.#status = status;
      this.#quit = true;
    }
    this.#changed();
  }

  #tell(event: SessionEvent, data?: Readonly<Record<string, unknown>>): void {
    for (const observer of this.#observers) observer(event, data);
  }

  #changed(): void {
    if (this.pc.running && (this.#quit || this.#pause !== null)) {
      this.pc.stop();
    }
    this.pc.wake();
    this.#wake?.();
  }
}
