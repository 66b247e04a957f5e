/** One processor's local APIC. */
import type { ApicBus } from "./apic-bus.js";
import { ApicTimer, type ApicClock } from "./apic-timer.js";
import { DeliveryMode, DestinationMode, TriggerMode } from "./delivery.js";
import {
  ApicBase,
  ApicError,
  LVT_LEVEL,
  LVT_MASKED,
  LVT_WRITABLE,
  SVR_ENABLE,
  SVR_NO_FOCUS,
  VERSION,
} from "./registers.js";
import * as Register from "./register-numbers.js";
import { VectorSet } from "./vector-set.js";

const DEFAULT_BASE = 0xfee0_0000;
const LVT_COUNT = LVT_WRITABLE.length;
const LINT0 = Register.LVT_LINT0 - Register.LVT_TIMER;
const LINT1 = Register.LVT_LINT1 - Register.LVT_TIMER;
const LVT_ERROR = Register.LVT_ERROR - Register.LVT_TIMER;
const FIRST_LEGAL_VECTOR = 16;
const VIRTUAL_WIRE = DeliveryMode.EXTINT << 8;
const Shorthand = { NONE: 0, SELF: 1, ALL: 2, OTHERS: 3 } as const;

/**
 * Processor, as its local APIC acts on it; an `X86Cpu` is one.
 * @see {@link LocalApics}
 */
export interface ApicProcessor {
  /** The level of the interrupt request line. */
  setIntr(level: boolean): void;
  /** A non-maskable interrupt. */
  raiseNmi(): void;
  /** A system management interrupt. */
  raiseSmi(): void;
  /** INIT: registers as after a reset; it waits for {@link startUp} if `waits`. */
  init(waits: boolean): void;
  /** A processor that waits starts at `vector` times 4096. */
  startUp(vector: number): void;
}

/**
 * Parts and options of a {@link LocalApic}.
 * @see {@link LocalApics}
 */
export interface LocalApicOptions {
  /** The ID, 0 to 254. */
  readonly id: number;
  /** Is it the processor that starts by itself after a reset? */
  readonly isBootstrap: boolean;
  /** The machine's clock; the timer counts its nanoseconds. */
  readonly clock: ApicClock;
  /** The acknowledge cycle of the 8259, whose output is LINT0: the vector. */
  acknowledgeExternal(): number;
}

/**
 * A local APIC: it takes requests from its own timer and pins, from other APICs and from devices, and hands
 * the processor one vector after another by priority. Registers are read and written by number: in memory
 * their offset divided by 16, with x2APIC the MSR's number less 800h.
 * @see {@link LocalApics}
 */
export class LocalApic {
  /** The ID after a reset. */
  readonly initialId: number;
  /** Is its processor the one that starts by itself? */
  readonly isBootstrap: boolean;
  readonly #bus: ApicBus;
  readonly #timer: ApicTimer;
  readonly #acknowledgeExternal: () => number;
  #cpu: ApicProcessor | null = null;
  readonly #request = new VectorSet();
  readonly #inService = new VectorSet();
  readonly #trigger = new VectorSet();
  readonly #lvt = new Int32Array(LVT_COUNT);
  /** The levels of the pins LINT0 and LINT1. */
  readonly #pins = [false, false];
  #base = DEFAULT_BASE | ApicBase.ENABLE;
  #id = 0;
  #taskPriority = 0;
  #logicalDestination = 0;
  #destinationFormat = 0xf;
  #spurious = 0xff;
  #errors = 0;
  #shownErrors = 0;
  #command = 0;
  #commandHigh = 0;

  /** For {@link LocalApics.add}. */
  constructor(bus: ApicBus, options: LocalApicOptions) {
    this.initialId = options.id;
    this.isBootstrap = options.isBootstrap;
    this.#bus = bus;
    this.#acknowledgeExternal = () => options.acknowledgeExternal();
    this.#timer = new ApicTimer(options.clock, () => this.#deliverLocal(0));
    this.reset();
  }

  /** Tells whose APIC it is. */
  connect(cpu: ApicProcessor): void {
    this.#cpu = cpu;
    this.#update();
  }

  /** The state after power-on. */
  reset(): void {
    this.#base =
      (DEFAULT_BASE | ApicBase.ENABLE | (this.isBootstrap ? ApicBase.BOOTSTRAP : 0)) >>> 0;
    this.#id = this.initialId;
    this.init();
  }
  /** The state after INIT: the base and the ID stay. */
  init(): void {
    this.#request.clear();
    this.#inService.clear();
    this.#trigger.clear();
    this.#lvt.fill(LVT_MASKED);
    // The 8259 reaches the first processor until a system decides otherwise.
    if (this.isBootstrap) this.#lvt[LINT0] = VIRTUAL_WIRE;
    this.#taskPriority = 0;
    this.#logicalDestination = 0;
    this.#destinationFormat = 0xf;
    this.#spurious = 0xff;
    this.#errors = 0;
    this.#shownErrors = 0;
    this.#command = 0;
    this.#commandHigh = 0;
    this.#timer.reset();
    this.#update();
  }

  // ---- who it is ------------------------------------------------------------------------

  /** The ID: 8 bits, or with x2APIC the one that it was made with. */
  get id(): number {
    return this.isX2apic ? this.initialId : this.#id;
  }
  /** The APIC base MSR, 32 bits: the physical address in bytes, enable bits. */
  get base(): number {
    return this.#base;
  }
  /** Is it there at all? When not, the 8259 is wired to the processor. */
  get isEnabled(): boolean {
    return (this.#base & ApicBase.ENABLE) !== 0;
  }
  /** Are registers MSRs, and IDs of 32 bits? */
  get isX2apic(): boolean {
    return (this.#base & ApicBase.X2APIC) !== 0;
  }
  get #isSoftwareEnabled(): boolean {
    return (this.#spurious & SVR_ENABLE) !== 0;
  }
  /**
   * Writes the APIC base MSR. The registers stay where the board has them.
   * @returns true if the change is one that there is; nothing happens otherwise
   */
  setBase(value: number): boolean {
    const { ENABLE, X2APIC, BOOTSTRAP } = ApicBase;
    const next = value & (ENABLE | X2APIC);
    const before = this.#base & (ENABLE | X2APIC);
    if (next === X2APIC) return false;
    if (before === (ENABLE | X2APIC) && next === ENABLE) return false;
    if (before === 0 && next === (ENABLE | X2APIC)) return false;
    this.#base = ((value & 0xffff_f000) | next | (this.#base & BOOTSTRAP)) >>> 0;
    if (next === 0 && before !== 0) this.init();
    this.#update();
    return true;
  }
  /** Does a destination name this APIC? */
  matches(destination: number, mode: number): boolean {
    if (!this.isEnabled) return false;
    if (mode === DestinationMode.PHYSICAL) {
      return destination === this.id || isBroadcast(destination);
    }
    if (this.isX2apic) {
      const isCluster = destination >>> 16 === this.initialId >>> 4;
      return isCluster && (destination & (1 << (this.initialId & 15))) !== 0;
    }
    const own = this.#logicalDestination;
    if (this.#destinationFormat === 0xf) return (destination & own & 0xff) !== 0;
    return (destination & 0xf0) === (own & 0xf0) && (destination & own & 0x0f) !== 0;
  }

  // ---- requests -------------------------------------------------------------------------

  /** A message has come to this APIC. */
  accept(deliveryMode: number, vector: number, triggerMode: number): void {
    switch (deliveryMode) {
      case DeliveryMode.FIXED:
      case DeliveryMode.LOWEST_PRIORITY:
        return this.#requestVector(vector, triggerMode);
      case DeliveryMode.SMI:
        return this.#cpu?.raiseSmi();
      case DeliveryMode.NMI:
        return this.#cpu?.raiseNmi();
      case DeliveryMode.INIT:
        this.init();
        return this.#cpu?.init(!this.isBootstrap);
      case DeliveryMode.START_UP:
        return this.#cpu?.startUp(vector & 0xff);
      default:
    }
  }
  #requestVector(vector: number, triggerMode: number): void {
    if (vector < FIRST_LEGAL_VECTOR) return this.#error(ApicError.RECEIVE_ILLEGAL_VECTOR);
    this.#request.add(vector);
    if (triggerMode === TriggerMode.LEVEL) this.#trigger.add(vector);
    else this.#trigger.delete(vector);
    this.#update();
  }
  #error(bit: number): void {
    const isNew = (this.#errors & bit) === 0;
    this.#errors |= bit;
    if (isNew) this.#deliverLocal(LVT_ERROR);
  }
  /** An LVT entry's interrupt. */
  #deliverLocal(entry: number): void {
    const lvt = this.#lvt[entry];
    if ((lvt & LVT_MASKED) !== 0) return;
    const mode = (lvt >> 8) & 7;
    // A timer or an error has no mode: it is fixed.
    if (entry === 0 || entry === LVT_ERROR || mode === DeliveryMode.FIXED) {
      const isLevel = entry === LINT0 && (lvt & LVT_LEVEL) !== 0;
      this.#requestVector(lvt & 0xff, isLevel ? TriggerMode.LEVEL : TriggerMode.EDGE);
    } else if (mode !== DeliveryMode.EXTINT) this.accept(mode, lvt & 0xff, TriggerMode.EDGE);
  }
  /** A pin's level: LINT0 is the output of the 8259, LINT1 the board's NMI. */
  setPin(pin: 0 | 1, level: boolean): void {
    const before = this.#pins[pin];
    this.#pins[pin] = level;
    if (level && !before && this.isEnabled) this.#deliverLocal(pin === 0 ? LINT0 : LINT1);
    this.#update();
  }
  /** Do the interrupts of the 8259 come through? */
  get acceptsExternal(): boolean {
    if (!this.isEnabled) return true;
    const lvt = this.#lvt[LINT0];
    return (lvt & LVT_MASKED) === 0 && ((lvt >> 8) & 7) === DeliveryMode.EXTINT;
  }
  /** Has it the vector in service or requested already? Then it takes a lowest-priority message. */
  isFocus(vector: number): boolean {
    if ((this.#spurious & SVR_NO_FOCUS) !== 0) return false;
    return this.#inService.has(vector) || this.#request.has(vector);
  }

  // ---- priority -------------------------------------------------------------------------

  /** PPR, 0 to 255: the class and more of what runs. */
  get processorPriority(): number {
    const inService = Math.max(0, this.#inService.highest);
    const task = this.#taskPriority;
    return task >> 4 >= inService >> 4 ? task : inService & 0xf0;
  }
  /** By which messages to the lowest priority compare, 0 to 255. */
  get arbitrationPriority(): number {
    const request = Math.max(0, this.#request.highest);
    return Math.max(this.processorPriority, request & 0xf0);
  }
  /** TPR, the task priority, 0 to 255: CR8 is its high half. */
  get taskPriority(): number {
    return this.#taskPriority;
  }
  set taskPriority(value: number) {
    this.#taskPriority = value & 0xff;
    this.#update();
  }
  /** The vector that the processor would be given, or -1. */
  get #deliverable(): number {
    if (!this.isEnabled || !this.#isSoftwareEnabled) return -1;
    const vector = this.#request.highest;
    return vector >> 4 > this.processorPriority >> 4 ? vector : -1;
  }
  #update(): void {
    const external = this.#pins[0] && this.acceptsExternal;
    this.#cpu?.setIntr(external || this.#deliverable >= 0);
  }
  /** The processor acknowledges: a vector, or -1 when there is none any more. */
  acknowledge(): number {
    const vector = this.#deliverable;
    if (vector >= 0) {
      this.#request.delete(vector);
      this.#inService.add(vector);
      this.#update();
      return vector;
    }
    if (!this.#pins[0] || !this.acceptsExternal) return -1;
    return this.#acknowledgeExternal() & 0xff;
  }
  #endOfInterrupt(): void {
    const vector = this.#inService.highest;
    if (vector < 0) return;
    this.#inService.delete(vector);
    if (this.#trigger.has(vector)) this.#bus.endOfInterrupt(vector);
    this.#update();
  }

  // ---- registers ------------------------------------------------------------------------

  /** The deadline of the timer, a time stamp; 0: none. */
  get deadline(): bigint {
    return this.#timer.deadline;
  }
  /**
   * Sets the deadline, where the timer is in that mode.
   * @param inNs nanoseconds from now to that time stamp
   */
  setDeadline(stamp: bigint, inNs: number): void {
    this.#timer.setDeadline(stamp, inNs);
  }

  /** The upper half of the interrupt command. */
  get commandHigh(): number {
    return this.#commandHigh;
  }
  /** Reads a register by its number. */
  read(register: number): number {
    if (register >= Register.IN_SERVICE && register < Register.ERROR_STATUS) {
      const sets = [this.#inService, this.#trigger, this.#request];
      return sets[(register - Register.IN_SERVICE) >> 3].words[register & 7] >>> 0;
    }
    if (register >= Register.LVT_TIMER && register <= Register.LVT_ERROR) {
      return this.#lvt[register - Register.LVT_TIMER];
    }
    switch (register) {
      case Register.ID:
        return this.isX2apic ? this.initialId : (this.#id << 24) >>> 0;
      case Register.VERSION:
        return VERSION;
      case Register.TASK_PRIORITY:
        return this.#taskPriority;
      case Register.ARBITRATION_PRIORITY:
        return this.arbitrationPriority;
      case Register.PROCESSOR_PRIORITY:
        return this.processorPriority;
      case Register.EOI:
        return 0;
      case Register.LOGICAL_DESTINATION:
        return this.#shownLogicalDestination;
      case Register.DESTINATION_FORMAT:
        return ((this.#destinationFormat << 28) | 0x0fff_ffff) >>> 0;
      case Register.SPURIOUS:
        return this.#spurious;
      case Register.ERROR_STATUS:
        return this.#shownErrors;
      case Register.COMMAND:
        return this.#command >>> 0;
      case Register.COMMAND_HIGH:
        return this.#commandHigh >>> 0;
      case Register.INITIAL_COUNT:
        return this.#timer.initialCount;
      case Register.CURRENT_COUNT:
        return this.#timer.currentCount;
      case Register.DIVIDE:
        return this.#timer.divideConfiguration;
      default:
        this.#error(ApicError.ILLEGAL_REGISTER);
        return 0;
    }
  }
  get #shownLogicalDestination(): number {
    if (!this.isX2apic) return (this.#logicalDestination << 24) >>> 0;
    return (((this.initialId >>> 4) << 16) | (1 << (this.initialId & 15))) >>> 0;
  }

  /** Writes a register by its number. */
  write(register: number, value: number): void {
    if (register >= Register.LVT_TIMER && register <= Register.LVT_ERROR) {
      return this.#writeLvt(register - Register.LVT_TIMER, value);
    }
    switch (register) {
      case Register.ID:
        this.#id = value >>> 24;
        return;
      case Register.TASK_PRIORITY:
        this.taskPriority = value;
        return;
      case Register.EOI:
        return this.#endOfInterrupt();
      case Register.LOGICAL_DESTINATION:
        this.#logicalDestination = value >>> 24;
        return;
      case Register.DESTINATION_FORMAT:
        this.#destinationFormat = value >>> 28;
        return;
      case Register.SPURIOUS:
        return this.#writeSpurious(value);
      case Register.ERROR_STATUS:
        this.#shownErrors = this.#errors;
        this.#errors = 0;
        return;
      case Register.COMMAND:
        this.#command = value & 0xc_cfff;
        return this.#send();
      case Register.COMMAND_HIGH:
        this.#commandHigh = value;
        return;
      case Register.INITIAL_COUNT:
        this.#timer.initialCount = value;
        return;
      case Register.DIVIDE:
        this.#timer.divideConfiguration = value;
        return;
      case Register.SELF_IPI:
        if (this.isX2apic) return this.#requestVector(value & 0xff, TriggerMode.EDGE);
        return this.#error(ApicError.ILLEGAL_REGISTER);
      default:
        if (!isReadOnly(register)) this.#error(ApicError.ILLEGAL_REGISTER);
    }
  }
  #writeLvt(entry: number, value: number): void {
    const forced = this.#isSoftwareEnabled ? 0 : LVT_MASKED;
    this.#lvt[entry] = (value & LVT_WRITABLE[entry]) | forced;
    if (entry === 0) this.#timer.setMode((this.#lvt[0] >> 17) & 3);
    this.#update();
  }
  #writeSpurious(value: number): void {
    this.#spurious = value & 0x3ff;
    if (!this.#isSoftwareEnabled) {
      for (let entry = 0; entry < LVT_COUNT; entry++) this.#lvt[entry] |= LVT_MASKED;
    }
    this.#update();
  }

  /** Sends what the interrupt command register says. */
  #send(): void {
    const command = this.#command;
    const vector = command & 0xff;
    const mode = (command >> 8) & 7;
    const isLevel = (command & 0x8000) !== 0;
    // The end of an INIT's level: nothing has happened with it since the Pentium 4.
    if (mode === DeliveryMode.INIT && isLevel && (command & 0x4000) === 0) return;
    if (mode <= DeliveryMode.LOWEST_PRIORITY && vector < FIRST_LEGAL_VECTOR) {
      return this.#error(ApicError.SEND_ILLEGAL_VECTOR);
    }
    // Messages between processors are edges, whatever the bit says.
    const trigger = TriggerMode.EDGE;
    const shorthand = (command >> 18) & 3;
    if (shorthand === Shorthand.SELF) return this.#requestVector(vector, trigger);
    if (shorthand === Shorthand.NONE) {
      const high = this.#commandHigh;
      const destination = this.isX2apic ? high >>> 0 : high >>> 24;
      this.#bus.deliver(destination, (command >> 11) & 1, mode, vector, trigger);
      return;
    }
    this.#bus.deliverToAll(shorthand === Shorthand.OTHERS ? this : null, mode, vector, trigger);
  }
}

/** Does a physical destination name all? */
function isBroadcast(destination: number): boolean {
  return destination === 0xff || destination >>> 0 === 0xffff_ffff;
}

function isReadOnly(register: number): boolean {
  return (
    register === Register.VERSION ||
    register === Register.ARBITRATION_PRIORITY ||
    register === Register.PROCESSOR_PRIORITY ||
    register === Register.CURRENT_COUNT ||
    (register >= Register.IN_SERVICE && register < Register.ERROR_STATUS)
  );
}
