/** The processor as the rest of a machine sees it. */
import { inspectCustom, type InspectOptions, outlined } from "@mem/qom";
import { Cpu } from "../state/cpu.js";
import type { StateStorage } from "../state/layout.js";
import { STATE_BYTES } from "../state/layout.js";
import { CpuDebugger } from "../debugger/cpu-debugger.js";
import { checkState } from "./check-state.js";
import { checkCpuOptions, type X86CpuOptions } from "./cpu-options.js";
import { cpuData, cpuOutline } from "./cpu-text.js";
import type { CodeBits } from "../disassembler/instruction.js";
import { engineHost } from "./engine-host.js";
import { formatState } from "./format-state.js";
import { formatVectors } from "./format-vectors.js";
import { CpuModel } from "../model/cpu-model.js";
import { kernelsFor, memoryOfItsOwn } from "../kernels/kernels.js";
import { EV_INIT, EV_INTR, EV_NMI, EV_SMI, EV_STOP } from "../constants.js";
import { run } from "./run.js";
import type { CpuState } from "./register-state.js";
import { applyState, getState } from "./register-state.js";
import { powerOn, waitForStartUp } from "./reset.js";
import { buildTables } from "./table.js";
import { flushTlb } from "../mmu/tlb.js";
import { walkDebug } from "../mmu/walk.js";

function storageOfItsOwn(): StateStorage {
  const memory = memoryOfItsOwn();
  if (memory === undefined) return { buffer: new ArrayBuffer(STATE_BYTES), offset: 0 };
  return { buffer: memory.buffer, memory, offset: 0 };
}

/**
 * One x86-64 processor with x87, MMX and SSE to SSE4.2, interpreting instruction by instruction.
 *
 * @example
 * const io = machine.addressSpace(machine.container({ name: "ports", size: 0x10000 }), "I/O");
 * const cpu = new X86Cpu({ memory: space, io, acknowledgeInterrupt: () => 0 });
 * ram.ramBytes().set([0x40, 0x40, 0xf4], 0x100); // inc ax; inc ax; hlt
 * cpu.setState({ cs: { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 }, eip: 0x100 });
 * cpu.run(100);
 * console.log(cpu.state().eax, cpu.halted); // prints: 2 true
 */
export class X86Cpu implements Disposable {
  readonly #cpu: Cpu;
  /** Instructions this run was given, and those of earlier runs. */
  #given = 0;
  #executed = 0;
  readonly #watching: Disposable[];
  /** The level of the interrupt request line, and whether a debugger keeps it from the processor. */
  #intr = false;
  #holds = false;
  /** Does it wait for a start-up after a reset? */
  readonly #waits: boolean;
  #debugger: CpuDebugger | null = null;

  /** @throws CpuOptionsError for options that are missing, unknown or of the wrong kind */
  constructor(options: X86CpuOptions) {
    checkCpuOptions(options);
    const executed = (): number => this.instructionCount;
    const storage = options.storage ?? storageOfItsOwn();
    const model = options.model ?? CpuModel.parse("max");
    this.#cpu = new Cpu(
      options.memory,
      options.smmMemory ?? options.memory,
      options.io,
      {
        acknowledgeInterrupt: () => options.acknowledgeInterrupt(),
        readTsc: () => options.readTsc?.() ?? BigInt(executed()),
        guestError: (message) => options.onGuestError?.(message),
        coprocessorError: () => options.coprocessorError?.() ?? true,
        coprocessorErrorEnded: () => options.coprocessorErrorEnded?.(),
        pause: options.pause === undefined ? null : () => options.pause?.(),
      },
      buildTables(model),
      storage,
      model,
    );
    this.#cpu.apic = options.apic ?? null;
    this.#waits = options.apic?.isBootstrap === false;
    this.#cpu.kernels = model.has("fpu") ? kernelsFor(storage) : null;
    if (options.engine !== undefined) {
      this.#cpu.engine = options.engine(engineHost(this.#cpu, storage));
    }
    const listener = (): { commit(): void } => ({ commit: () => flushTlb(this.#cpu) });
    this.#watching = [options.memory.listen(listener())];
    if (options.smmMemory !== undefined) this.#watching.push(options.smmMemory.listen(listener()));
    this.reset();
  }

  /**
   * Power-on state: CS base 0xffff0000, EIP 0xfff0; a processor that is not the first one waits for a
   * start-up. The interrupt line keeps its level.
   */
  reset(): void {
    powerOn(this.#cpu);
    if (this.#waits) waitForStartUp(this.#cpu);
  }

  /**
   * Executes up to `maxInstructions`; fewer when the processor halts, shuts down or is asked to
   * stop. Returns how many were executed (a chunk of a repeated string instruction counts as one).
   */
  run(maxInstructions: number): number {
    const c = this.#cpu;
    const given = Math.min(Math.max(0, Math.floor(maxInstructions)), 0x3fffffff);
    this.#given = given;
    c.left = given;
    c.events &= ~EV_STOP;
    try {
      run(c);
    } finally {
      this.#given = 0;
      this.#executed += given - c.left;
    }
    const done = given - c.left;
    c.left = 0;
    if (c.hostDebug !== null) this.#debugger?.report();
    return done;
  }

  /** Breakpoints, watchpoints and registers for a debugger on the host. */
  get debugger(): CpuDebugger {
    return (this.#debugger ??= new CpuDebugger(this.#cpu, {
      run: (count) => this.run(count),
      holdInterrupts: (hold) => {
        this.#holds = hold;
        this.setIntr(this.#intr);
      },
    }));
  }

  /** HLT was executed and no interrupt has come yet. */
  get halted(): boolean {
    return this.#cpu.halted;
  }
  /** A triple fault has stopped the processor; only {@link reset} revives it. */
  get shutdown(): boolean {
    return this.#cpu.shutdown;
  }
  /** Instructions executed since construction. */
  get instructionCount(): number {
    return this.#executed + (this.#given === 0 ? 0 : this.#given - this.#cpu.left);
  }

  /** The level of the interrupt request line. */
  setIntr(level: boolean): void {
    this.#intr = level;
    if (level && !this.#holds) this.#cpu.events |= EV_INTR;
    else this.#cpu.events &= ~EV_INTR;
  }
  /** Latches a non-maskable interrupt. */
  raiseNmi(): void {
    this.#cpu.events |= EV_NMI;
  }
  /** Latches a system management interrupt. */
  raiseSmi(): void {
    this.#cpu.events |= EV_SMI;
  }
  /**
   * INIT: registers as after a {@link reset}, but for x87, SSE and model specific registers, before the
   * next instruction.
   * @param waits true if it waits for {@link startUp} then, as all but the first processor do
   */
  init(waits: boolean): void {
    const c = this.#cpu;
    c.waitsAfterInit = waits;
    c.startUpVector = -1;
    c.events |= EV_INIT;
  }
  /**
   * A start-up message: a processor that waits for one begins in real mode at `vector` times 4096.
   * Others take no notice.
   * @param vector 0 to 255
   */
  startUp(vector: number): void {
    const c = this.#cpu;
    const isComing = (c.events & EV_INIT) !== 0 && c.waitsAfterInit;
    if (c.waitsForStartUp || isComing) c.startUpVector = vector & 0xff;
  }
  /** Makes the {@link run} in progress return after the current instruction. */
  requestStop(): void {
    this.#cpu.events |= EV_STOP;
  }

  /** Is address line 20 let through? */
  get a20(): boolean {
    return this.#cpu.a20mask === -1;
  }
  set a20(enabled: boolean) {
    this.setA20(enabled);
  }
  /** Lets address line 20 through, or forces it low. */
  setA20(enabled: boolean): void {
    if (enabled === this.a20) return;
    this.#cpu.a20mask = enabled ? -1 : ~0x100000;
    flushTlb(this.#cpu);
  }

  /** Stops watching the buses for commits; the processor must not run any more. */
  [Symbol.dispose](): void {
    for (const watch of this.#watching.splice(0)) watch[Symbol.dispose]();
  }

  /** A copy of all registers. */
  state(): CpuState {
    return getState(this.#cpu);
  }
  /**
   * Replaces the registers that `part` names.
   * @throws CpuOptionsError for a register that there is not, or a value of the wrong kind
   */
  setState(part: Partial<CpuState>): void {
    checkState(part, this.state());
    applyState(this.#cpu, part);
  }
  /** The registers as QEMU's monitor prints them; those of x87 and SSE where there are the units. */
  formatRegisters(): string {
    const c = this.#cpu;
    const general = formatState(this.state());
    return c.sse === null ? general : `${general}\n${formatVectors(c.words, c.code64)}`;
  }
  /** The default size of operands and addresses in the code segment; 64 in 64-bit code. */
  get codeBits(): CodeBits {
    if (this.#cpu.code64) return 64;
    return this.#cpu.code32 ? 32 : 16;
  }
  /**
   * Physical address of a linear one, without side effects; null when it is not mapped.
   * @param linear 32 bits; in long mode also an address of 64 bits, signed or not
   */
  translateDebug(linear: number): number | null {
    const c = this.#cpu;
    if (!c.lma) return walkDebug(c, linear | 0);
    return walkDebug(c, linear >= 2 ** 63 ? linear - 2 ** 64 : linear);
  }

  /** E.g. `X86Cpu at f000:fff0, real mode, 0 instruction(s)`. */
  toString(): string {
    return cpuOutline(this).head((text) => text);
  }

  /** Mode, number of instructions, and the registers by name: numbers, and hexadecimal text for what has 64 bits. */
  toJSON(): object {
    return cpuData(this);
  }

  /** Text for `console.log`: where it is; then, when shown alone, the registers. */
  [inspectCustom](depth: number | null, options?: InspectOptions): string {
    return outlined(depth, options, cpuOutline(this));
  }
}
