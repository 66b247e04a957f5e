/** The PC in its worker: does what the page asks for, and tells it what happens. */
import {
  builtinDevices,
  type MachineEnd,
  type PcMachine,
  PcOptionsError,
  type VgaScreen,
} from "@mem/pc-machine";
import { MapSource } from "../map/map-source.js";
import { buildPc, type Built } from "./build.js";
import { Driver } from "./driver.js";
import { scanCodeOf } from "./keys.js";
import type { Command, MachineRequest, MachineState, Report } from "./protocol.js";
import { SerialLine } from "./serial-line.js";
import { SpeedMeter } from "./speed-meter.js";

/** Between two pictures, in milliseconds. */
const SCREEN_MS = 16;
/** For each time that a picture takes, the machine runs so many times as long before the next. */
const SCREEN_REST = 10;

type MapCommandType = Extract<Command, { type: `map/${string}` }>;

/** One machine after the other. */
export class Session {
  readonly #post: (report: Report, transfer?: Transferable[]) => void;
  #machine: (Built & { readonly driver: Driver; readonly map: MapSource }) | null = null;
  #serial: SerialLine | null = null;
  #perSecond: number | null = null;
  #screen: VgaScreen | null = null;
  #isScreenShown = false;
  #screenTimer: ReturnType<typeof setTimeout> | undefined;
  #speed: SpeedMeter | null = null;
  #isSpeedShown = false;
  #lastShow: MapCommandType | null = null;
  #stopsAtChange = false;
  /** Reason why the machine will stop, if somebody has said so. */
  #reason: string | null = null;

  constructor(post: (report: Report, transfer?: Transferable[]) => void) {
    this.#post = post;
  }

  /** Do it. Commands come one after the other, as the page sent them. */
  async handle(command: Command): Promise<void> {
    if (command.type === "build") return this.#build(command.machine);
    if (command.type === "limit") this.#perSecond = command.perSecond;
    if (command.type === "screen") return this.#showScreen(command.isShown);
    if (command.type === "speed") return this.#showSpeed(command.isShown);
    if (isMapCommand(command)) {
      if (command.type === "map/show" || command.type === "map/hide") this.#lastShow = command;
      this.#machine?.map.handle(command);
      return;
    }
    if (this.#machine === null) return;
    const { pc, driver } = this.#machine;
    switch (command.type) {
      case "run":
        this.#stopsAtChange = false;
        this.#start(driver);
        break;
      case "pause":
        this.#reason = "you paused it";
        driver.pause();
        break;
      case "reset":
        pc.reset();
        if (!driver.running) this.#tellState();
        break;
      case "step":
        this.#reason = command.instructions === 1 ? "after one instruction" : "after a step";
        driver.step(command.instructions);
        break;
      case "next-change":
        this.#stopsAtChange = true;
        this.#machine.map.awaitChange();
        this.#start(driver);
        break;
      case "limit":
        driver.limit(command.perSecond);
        break;
      case "serial":
        this.#serial?.type(command.bytes);
        pc.wake();
        break;
      case "key": {
        const code = scanCodeOf(command.code);
        if (code !== null) pc.board.input.key(code, command.down);
        pc.wake();
        break;
      }
      case "pointer":
        pc.board.input.move(command.dx, command.dy, command.dz, command.buttons);
        pc.wake();
        break;
      case "save":
        this.#save();
        break;
    }
  }

  #start(driver: Driver): void {
    this.#reason = null;
    driver.run();
    this.#tellState();
  }

  async #build(request: MachineRequest): Promise<void> {
    let built: Built;
    const serial = new SerialLine((bytes) => this.#post({ type: "serial", bytes }, [bytes.buffer]));
    try {
      built = buildPc(request, serial, (category, message) =>
        this.#post({ type: "log", category, message }),
      );
    } catch (error) {
      this.#post({ type: "refused", problems: problemsOf(error) });
      return;
    }
    const breaks = this.#machine?.map.breaks ?? [];
    await this.#dismantle();
    const { pc } = built;
    const driver = new Driver(pc, (end) => this.#stopped(end));
    driver.limit(this.#perSecond);
    const map = new MapSource(pc.machine, {
      firstSpace: pc.memory.name,
      post: (report) => this.#post(report),
      progress: () => pc.cpu.instructionCount,
      onBreak: () => this.#stopFor("a break was hit"),
      onChange: () => {
        if (this.#stopsAtChange) this.#stopFor("the map has changed");
      },
    });
    this.#machine = { ...built, driver, map };
    this.#serial = serial;
    const { translation, whyInterpreted } = pc.board;
    const engine =
      translation !== null
        ? "translated to WebAssembly"
        : `interpreted${whyInterpreted === null ? "" : `: ${whyInterpreted}`}`;
    const devices = builtinDevices.creatable.map(({ name, description }) => ({
      name,
      description,
    }));
    this.#post({ type: "built", devices, engine });
    this.#showScreen(this.#isScreenShown);
    this.#showSpeed(this.#isSpeedShown);
    if (this.#lastShow !== null) map.handle(this.#lastShow);
    for (const { space, start, last, on } of breaks) {
      map.handle({ type: "map/break", space, start, last, on });
    }
    this.#tellState();
  }

  async #dismantle(): Promise<void> {
    const machine = this.#machine;
    if (machine === null) return;
    await machine.driver.halt();
    this.#serial?.flush();
    this.#endScreen();
    this.#speed?.[Symbol.dispose]();
    this.#speed = null;
    machine.map[Symbol.dispose]();
    machine.pc.dispose();
    this.#machine = null;
  }

  #stopFor(reason: string): void {
    const machine = this.#machine;
    if (machine === null) return;
    this.#stopsAtChange = false;
    this.#reason = reason;
    machine.driver.pause();
  }

  #stopped(end: MachineEnd | null): void {
    this.#serial?.flush();
    this.#tellScreen();
    if (end !== null) this.#tellState({ kind: "ended", reason: endText(end) });
    else this.#tellState();
  }

  #tellState(state?: MachineState): void {
    const machine = this.#machine;
    if (machine === null) return;
    const { pc, driver } = machine;
    const end = pc.end;
    const now: MachineState = driver.running
      ? { kind: "running" }
      : end !== null
        ? { kind: "ended", reason: endText(end) }
        : { kind: "paused", reason: this.#reason ?? "it has not run yet" };
    this.#post({ type: "state", state: state ?? now, instructions: pc.cpu.instructionCount });
  }

  #showScreen(isShown: boolean): void {
    this.#isScreenShown = isShown;
    this.#endScreen();
    const vga = this.#machine?.pc.board.vga ?? null;
    if (!isShown || vga === null) return;
    this.#screen = vga.watchScreen();
    this.#drawScreen();
  }

  #drawScreen(): void {
    const began = performance.now();
    this.#tellScreen();
    const rest = SCREEN_REST * (performance.now() - began);
    this.#screenTimer = setTimeout(() => this.#drawScreen(), Math.max(SCREEN_MS, rest));
  }

  #endScreen(): void {
    clearTimeout(this.#screenTimer);
    this.#screen?.[Symbol.dispose]();
    this.#screen = null;
  }

  #tellScreen(): void {
    const update = this.#screen?.update() ?? null;
    if (update === null || update.pixels.length === 0) return;
    this.#post({ type: "screen", ...update }, [update.pixels.buffer]);
  }

  #showSpeed(isShown: boolean): void {
    this.#isSpeedShown = isShown;
    this.#speed?.[Symbol.dispose]();
    this.#speed = null;
    const machine = this.#machine;
    if (!isShown || machine === null) return;
    this.#speed = new SpeedMeter(machine.pc, machine.map, (line) =>
      this.#post({ type: "speed", line }),
    );
  }

  #save(): void {
    const machine = this.#machine;
    if (machine === null) return;
    const ram = machine.pc.board.map.ram.ramBytes().slice();
    const disks = machine.disks.map(({ given, image }) => ({
      ...given,
      bytes: image.bytes.slice(),
    }));
    this.#post({ type: "saved", ram, disks }, [
      ram.buffer,
      ...disks.map(({ bytes }) => bytes.buffer),
    ]);
  }

  /** The machine that is there now, for tests. */
  get pc(): PcMachine | null {
    return this.#machine?.pc ?? null;
  }
}

function isMapCommand(command: Command): command is MapCommandType {
  return command.type.startsWith("map/");
}

/** Reasons why a machine cannot be, one line each. */
function problemsOf(error: unknown): string[] {
  if (error instanceof PcOptionsError) {
    return error.problems.map(({ option, message }) => `${option}: ${message}`);
  }
  return [error instanceof Error ? error.message : String(error)];
}

function endText(end: MachineEnd): string {
  switch (end.kind) {
    case "power-off":
      return "the guest switched it off";
    case "exit":
      return `the guest ended it with status ${end.status}`;
    case "panicked":
      return "the guest has crashed";
    case "reset":
      return "the guest asked for a reset";
    case "shutdown":
      return "the processor shut down after a triple fault";
    case "halted":
      return `the processor waits for ever: ${end.reason}`;
  }
}
