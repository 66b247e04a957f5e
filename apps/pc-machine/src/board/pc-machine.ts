/** The PC as a whole: a board, its clock, and the loop that runs them. */
import type { AddressSpace, Machine } from "@mem/flat";

import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";

import type { MachineClock } from "../host/clock.js";
import { sleep, type Sleep } from "../host/sleep.js";
import { RealTimeClock } from "../host/real-time-clock.js";
import type { GuestEvent, WakeReason } from "../device/context.js";
import type { PluggedDevice } from "../device/plugged.js";
import type { DeviceRegistry } from "../device/registry.js";
import type { DeviceRequest } from "../device/properties/request.js";
import { builtinDevices } from "../devices/builtin.js";
import type { PcCpu } from "./processor/cpu.js";
import { createX86Cpu } from "./processor/default-cpu.js";
import { checkPcOptions } from "./options/check-options.js";
import type { PcOptions } from "./options/options.js";
import { DEFAULT_BOOT_ORDER, PcBoard } from "./pc-board.js";
import type { MachineEnd, StepResult } from "./run-result.js";
import { pcData, pcOutline } from "./pc-text.js";
import { PcError } from "../pc-error.js";

const INTERRUPT_FLAG = 0x200;
const RAN: StepResult = { kind: "ran" };
/** Time that {@link PcMachine.run} keeps the host's event loop waiting, in milliseconds. */
const HOST_SLICE_MS = 8;
/** Instructions a step of {@link PcMachine.run} may take; the clock's slices are shorter. */
const RUN_STEP = 250_000;

/**
 * A PC.
 *
 * Either drive it by hand with {@link step}, which is synchronous and, on an instruction-driven
 * clock, repeatable (a real-time clock stands still unless `clock.setRunning(true)`); or let {@link run} drive it, which lets the host's other work happen.
 */
export class PcMachine implements Disposable {
  /** The board, with all that is on it. */
  readonly board: PcBoard;
  /** The clock that the devices see. */
  readonly clock: MachineClock;
  readonly #options: PcOptions;
  #end: MachineEnd | null = null;
  #resetRequested = false;
  /** The end that a device asks for, `null` while none does. */
  #endRequested: MachineEnd | null = null;
  #suspendRequested = false;
  #suspended = false;
  /** The reason to wake up, `null` while there is none. */
  #wakeRequested: WakeReason | null = null;
  #stopRequested = false;
  #running = false;
  #inCpu = false;
  #disposed = false;
  #sleep: Sleep | null = null;
  /** The order of boot devices holds until a reset. */
  #bootsOnce: boolean;

  /** @throws PcOptionsError when the options do not make a machine; nothing was built then */
  constructor(options: PcOptions) {
    const plan = checkPcOptions(options);
    this.#options = options;
    this.#bootsOnce = options.bootOnce !== undefined;
    this.clock = options.clock ?? new RealTimeClock();
    const createCpu = options.createCpu ?? createX86Cpu(options.cpu);
    this.board = PcBoard.build(options, plan, this.clock, createCpu, {
      reset: () => {
        this.#resetRequested = true;
        this.#interruptRun();
      },
      powerOff: () => this.#endSoon({ kind: "power-off" }),
      suspend: () => {
        this.#suspendRequested = true;
        this.#interruptRun();
      },
      wakeUp: (reason) => void this.#wakeUp(reason),
      exit: (status) => this.#endSoon({ kind: "exit", status }),
      report: (event) => this.#report(event),
      unplugged: (device) => options.onUnplug?.(device),
      interrupt: () => this.wake(),
      executing: () => this.#inCpu,
    });
    const { cpu } = this.board;
    this.clock.attachCpu({
      get instructionCount(): number {
        return cpu.instructionCount;
      },
      requestStop: () => this.#leaveCpu(),
    });
    this.board.reset();
  }

  /** The memory system: regions, address spaces, statistics. */
  get machine(): Machine {
    return this.board.machine;
  }

  /** The processor. */
  get cpu(): PcCpu {
    return this.board.cpu;
  }

  /** Memory as the processor sees it. */
  get memory(): AddressSpace {
    return this.board.map.cpuMemory();
  }

  /** The I/O ports. */
  get io(): AddressSpace {
    return this.board.map.ioSpace;
  }

  /** The devices that can be asked for by name. */
  get registry(): DeviceRegistry {
    return this.#options.registry ?? builtinDevices;
  }

  /** Every device of the board, in the order in which they were made. */
  get devices(): readonly PluggedDevice[] {
    return this.board.devices.all;
  }

  /** Reason why the machine ended, `null` while it has not. */
  get end(): MachineEnd | null {
    return this.#end;
  }

  /** Bytes of RAM. */
  get ramSize(): number {
    return this.#options.ramSize;
  }

  /** True if {@link run} is under way. */
  get running(): boolean {
    return this.#running;
  }

  /**
   * True while the machine sleeps with its memory kept (ACPI's S3): no guest runs until the alarm of
   * the real-time clock, a key, {@link wakeUp} or {@link reset}. Time goes on.
   */
  get suspended(): boolean {
    return this.#suspended;
  }

  /** Run up to `maxInstructions` (1 or more) and say what came of it. */
  step(maxInstructions: number): StepResult {
    return this.#step(maxInstructions, Infinity);
  }

  /** A step that ends at `hostEndMs` of the host's time, too, after the slice that is under way. */
  #step(maxInstructions: number, hostEndMs: number): StepResult {
    const { cpu, clock } = this;
    let left = maxInstructions;
    this.#stopRequested = false;
    while (this.#end === null && left > 0 && !this.#stopRequested) {
      clock.runDue();
      this.#inCpu = true;
      const ran = this.#suspended ? 0 : cpu.run(clock.instructionBudget(left));
      this.#inCpu = false;
      left -= ran;
      this.#serveRequests();
      if (ran === 0 && (this.#suspended || cpu.halted) && this.#end === null) {
        const wait = this.#idle();
        if (wait !== null) {
          return wait;
        }
        // Sleeping through a timer nobody hears must use the step up, too.
        left -= 1;
      } else if (ran === 0) {
        left -= 1;
      }
      if (hostEndMs !== Infinity && performance.now() >= hostEndMs) break;
    }
    return this.#end === null ? RAN : { kind: "ended", end: this.#end };
  }

  /**
   * Run until the machine ends or {@link stop} is called, letting the host's event loop go on.
   * @returns why the machine ended, `null` when it was stopped
   * @throws PcError when it is running already
   */
  async run(): Promise<MachineEnd | null> {
    if (this.#running) {
      throw new PcError("the machine is running already", { rule: "machine-running" });
    }
    this.#running = true;
    this.clock.setRunning(true);
    try {
      let sliceEnd = performance.now() + HOST_SLICE_MS;
      for (;;) {
        const result = this.#step(RUN_STEP, sliceEnd);
        if (result.kind === "ended") {
          return result.end;
        }
        if (this.#stopRequested) {
          return null;
        }
        if (result.kind === "wait" || performance.now() >= sliceEnd) {
          this.clock.sliceEnded();
          this.#sleep = sleep(result.kind === "wait" ? result.ms : 0);
          await this.#sleep.done;
          this.#sleep = null;
          if (this.#stopRequested) {
            return null;
          }
          sliceEnd = performance.now() + HOST_SLICE_MS;
        }
      }
    } finally {
      this.#running = false;
      this.clock.setRunning(false);
    }
  }

  /** Make {@link run}, or the {@link step} under way, return soon. */
  stop(): void {
    this.#stopRequested = true;
    this.#interruptRun();
  }

  /** Something happened outside: let a sleeping machine look at it. */
  wake(): void {
    this.#sleep?.cut();
  }

  /**
   * Wake the machine up, as QEMU's `system_wakeup` does: the guest goes on soon, and finds its power
   * button pressed.
   * @returns false if it does not sleep
   */
  wakeUp(): boolean {
    return this.#wakeUp("other");
  }

  /**
   * Plug a device in while the machine is there, as QEMU's `device_add` does. The guest is told of one on
   * the PCI bus, by ACPI.
   * @throws PcOptionsError when it cannot be, naming each reason
   */
  plug(request: DeviceRequest): PluggedDevice {
    return this.board.plugging.plug(request, this.registry);
  }

  /**
   * Take a device out at once that was plugged in with an ID, whether or not the guest uses it.
   * @throws PcOptionsError when there is none, or it cannot be taken out
   */
  unplug(id: string): void {
    this.board.plugging.unplug(id);
  }

  /**
   * Ask for the device of an ID, or at a path in the object tree, to go, as QEMU's `device_del` does. The guest is
   * told of one on the PCI bus, by ACPI: it goes when the guest ejects it, or at the next reset. Others go at once.
   * @throws PcOptionsError when there is none, it cannot be taken out, or was asked for already
   */
  askToUnplug(which: string): void {
    this.board.plugging.askToUnplug(which);
  }

  /**
   * Do what a device asked for while no guest ran: a reset, or power-off.
   * @returns why the machine has ended, `null` while it has not
   */
  serveRequests(): MachineEnd | null {
    if (!this.#inCpu) this.#serveRequests();
    return this.#end;
  }

  /** The reset button. Also brings back a machine that has ended. */
  reset(): void {
    this.#resetRequested = false;
    this.#endRequested = null;
    this.#end = null;
    this.#suspendRequested = false;
    if (this.#suspended) {
      this.#suspended = false;
      this.#wakeRequested = null;
      this.board.isa.rtc.resumes = false;
    }
    if (this.#bootsOnce) {
      this.#bootsOnce = false;
      this.board.setBootOrder(this.#options.bootOrder ?? DEFAULT_BOOT_ORDER);
    }
    this.board.reset();
    this.#options.onReset?.();
    this.wake();
  }

  /**
   * Take the machine apart. No-op when it was.
   * @throws PcError while it is running
   */
  dispose(): void {
    if (this.#running) {
      throw new PcError("the machine is running: stop it first", { rule: "machine-running" });
    }
    if (!this.#disposed) {
      this.#disposed = true;
      this.board.dispose();
    }
  }

  /** As {@link dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** E.g. `PcMachine, 0x8000000 bytes of RAM, 24 device(s), stopped`. */
  toString(): string {
    return pcOutline(this, this.#options.ramSize).head((text) => text);
  }

  /** Memory, processor, devices, and how the machine fares; 256 devices at most. */
  toJSON(): object {
    return pcData(this, this.#options.ramSize);
  }

  /** Text for `console.log`: a line; then, when shown alone, the processor and the devices. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, pcOutline(this, this.#options.ramSize));
  }

  #endSoon(end: MachineEnd): void {
    this.#endRequested = end;
    this.#interruptRun();
  }

  #wakeUp(reason: WakeReason): boolean {
    if (!this.#suspended || !this.board.powerManagement.acpi.wakesBy(reason)) return false;
    this.#wakeRequested ??= reason;
    this.wake();
    return true;
  }

  #report(event: GuestEvent): void {
    if (this.#options.onGuestEvent !== undefined) {
      this.#options.onGuestEvent(event);
    } else if (event === "panicked") {
      this.#endSoon({ kind: "panicked" });
    } else if (event === "watchdog") {
      this.#resetRequested = true;
      this.#interruptRun();
    }
  }

  #interruptRun(): void {
    this.#leaveCpu();
    this.wake();
  }

  /** A processor that is not running would remember the request, and skip its next slice. */
  #leaveCpu(): void {
    if (this.#inCpu) {
      this.cpu.requestStop();
    }
  }

  /** Do what the guest asked for during the slice. */
  #serveRequests(): void {
    const tripleFault = this.cpu.shutdown;
    if (this.#endRequested !== null) {
      this.#end = this.#endRequested;
      this.#endRequested = null;
    } else if (tripleFault || this.#resetRequested) {
      this.#resetRequested = false;
      if (this.#options.noReboot === true) {
        this.#end = { kind: tripleFault ? "shutdown" : "reset" };
      } else {
        this.reset();
      }
    } else if (this.#suspendRequested) {
      this.#suspendRequested = false;
      this.#suspended = true;
      this.board.suspend();
      this.#options.onSuspend?.(true);
    } else if (this.#wakeRequested !== null) {
      const reason = this.#wakeRequested;
      this.#wakeRequested = null;
      this.#suspended = false;
      this.board.wakeUp(reason);
      this.#options.onSuspend?.(false);
    }
  }

  /** The processor is halted, or the machine sleeps. `null` when time has moved on and it may go on. */
  #idle(): StepResult | null {
    if (this.#suspended) {
      const ms = this.#wakeRequested === null ? this.clock.idle() : 0;
      return ms > 0 ? { kind: "wait", ms } : null;
    }
    const canWake = this.cpu.canWake ?? (this.cpu.state().eflags & INTERRUPT_FLAG) !== 0;
    if (!canWake) {
      this.#end = { kind: "halted", reason: "HLT with interrupts disabled" };
      return { kind: "ended", end: this.#end };
    }
    const ms = this.clock.idle();
    if (ms === Infinity && !this.clock.followsHost) {
      this.#end = { kind: "halted", reason: "HLT with no timer armed" };
      return { kind: "ended", end: this.#end };
    }
    return ms > 0 ? { kind: "wait", ms } : null;
  }
}
