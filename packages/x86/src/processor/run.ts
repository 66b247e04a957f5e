/** The run loop: instruction after instruction, interrupts between them, faults around them. */
import type { Cpu } from "../state/cpu.js";
import type { Engine } from "../state/engine.js";
import {
  CS,
  EV_BREAK,
  EV_DEBUG,
  EV_EXCEPTION,
  EV_HALT,
  EV_INIT,
  EV_INTR,
  EV_MODE,
  EV_NMI,
  EV_SHADOW,
  EV_SHUTDOWN,
  EV_SMI,
  EV_STOP,
  EV_TRAP,
  EX_DB,
  EX_DE,
  EX_DF,
  EX_NMI,
  EX_PF,
  EX_TS,
  F_IF,
  F_RF,
  F_TF,
} from "../constants.js";
import { DEBUG_STEP, executionHits, reportDebug, reportDebugHits } from "../state/breakpoints.js";
import { hostBreakAt } from "../state/host-breakpoints.js";
import { refill } from "../decode/fetch.js";
import { longStep } from "../long/step.js";
import { attendInit } from "./reset.js";
import { enterSmm } from "../system/smm.js";
import { SOURCE_EXCEPTION, SOURCE_HARDWARE, deliver } from "../system/interrupt.js";

/** Bytes of the longest instruction: where EIP advanced by no more there was, most likely, no jump. */
const LONGEST = 15;

/** Runs until `c.left` is used up, the processor halts, or a stop is requested. */
export function run(c: Cpu): void {
  for (;;) {
    try {
      if (c.code64) {
        if (c.engine === null) longLoop(c);
        else longEngineLoop(c, c.engine);
      } else if (c.engine === null) loop(c);
      else engineLoop(c, c.engine);
      if ((c.events & EV_MODE) === 0) return;
      c.events &= ~EV_MODE;
    } catch (e) {
      afterThrow(c, e);
    }
  }
}

/** Executes one instruction, and delivers its fault if it has one: false then. */
export function runOne(c: Cpu): boolean {
  try {
    stepAny(c);
    return true;
  } catch (e) {
    afterThrow(c, e);
    return false;
  }
}

/**
 * Delivers the fault that was thrown, with everything where it was before the instruction.
 * @throws what was thrown if that is no fault
 */
export function afterThrow(c: Cpu, e: unknown): void {
  if (e !== c.fault) {
    c.attending = false;
    rewind(c);
    throw e;
  }
  if (c.attending) countFaultBetween(c);
  deliverFault(c, c.fault.vector, c.fault.error);
}

function loop(c: Cpu): void {
  while (c.left > 0) {
    if (c.events !== 0) {
      const what = attend(c);
      if (what === LEAVE) return;
      if (what === STEPPED) continue;
    }
    step(c);
  }
}

/** As {@link loop}, for 64-bit code. */
function longLoop(c: Cpu): void {
  while (c.left > 0) {
    if (c.events !== 0) {
      const what = attend(c);
      if (what === LEAVE) return;
      if (what === STEPPED) continue;
    }
    longStep(c);
  }
}

/** As {@link loop}, but what the engine has translated runs there. */
function engineLoop(c: Cpu, engine: Engine): void {
  while (c.left > 0) {
    if (!isCalm(c)) {
      const what = attend(c);
      if (what === LEAVE) return;
      if (what === STEP) step(c);
    } else if (!engine.execute()) interpretBlock(c);
  }
}

/** As {@link engineLoop}, for 64-bit code. */
function longEngineLoop(c: Cpu, engine: Engine): void {
  while (c.left > 0) {
    if (!isCalm(c)) {
      const what = attend(c);
      if (what === LEAVE) return;
      if (what === STEP) longStep(c);
    } else if (!engine.execute()) interpretLongBlock(c);
  }
}

/** May the next instruction run at once? An interrupt that IF holds off disturbs nothing. */
export function isCalm(c: Cpu): boolean {
  return c.events === 0 || (c.events === EV_INTR && (c.eflags & F_IF) === 0);
}

/** Interprets until a jump, an event, or the end of the run. */
function interpretBlock(c: Cpu): void {
  do step(c);
  while (c.left > 0 && (c.eip - c.startEip - 1) >>> 0 < LONGEST && isCalm(c));
}

/** As {@link interpretBlock}, for 64-bit code. */
function interpretLongBlock(c: Cpu): void {
  const { long } = c;
  do longStep(c);
  while (c.left > 0 && !long.jumped && isCalm(c));
}

/**
 * Delivery of an interrupt or trap ran into a fault. That counts as an instruction: a guest whose
 * interrupts never get through, while those faults do, would go on for ever otherwise.
 */
function countFaultBetween(c: Cpu): void {
  c.attending = false;
  c.left--;
}

/** One instruction. */
function step(c: Cpu): void {
  c.left--;
  const eip = c.eip;
  c.startEip = eip;
  if ((eip + c.fetchAdj) >>> 0 >= c.fetchSafe) refill(c);
  const op = c.code[(eip + c.codeBias) >>> 0];
  c.eip = (eip + 1) | 0;
  c.ops[op](c, op);
}

/** One instruction, whichever code runs. */
function stepAny(c: Cpu): void {
  if (c.code64) longStep(c);
  else step(c);
}

/** The next instruction is the one that is to be begun, or was not finished. */
function markStart(c: Cpu): void {
  if (c.code64) c.long.startRip = c.long.rip;
  else c.startEip = c.eip;
}
/** Goes back to where the instruction began. */
function rewind(c: Cpu): void {
  if (c.code64) c.long.rip = c.long.startRip;
  else {
    c.eip = c.startEip;
    c.resetPrefixes();
  }
}

/** Work that {@link attend} leaves. */
const STEP = 0;
const STEPPED = 1;
const LEAVE = 2;

/** Handles what is pending before the next instruction. */
function attend(c: Cpu): typeof STEP | typeof STEPPED | typeof LEAVE {
  c.attending = true;
  const what = handlePending(c);
  c.attending = false;
  return what;
}

function handlePending(c: Cpu): typeof STEP | typeof STEPPED | typeof LEAVE {
  // The loop for the other kind of code takes over, and looks at what else there is.
  if ((c.events & EV_MODE) !== 0) return LEAVE;
  if ((c.events & EV_STOP) !== 0) {
    c.events &= ~EV_STOP;
    return LEAVE;
  }
  if ((c.events & EV_INIT) !== 0 || c.waitsForStartUp) {
    if (attendInit(c)) return LEAVE;
  }
  if ((c.events & EV_SHUTDOWN) !== 0) return LEAVE;
  markStart(c);
  if ((c.events & EV_EXCEPTION) !== 0) {
    c.events &= ~EV_EXCEPTION;
    c.left--;
    deliverFault(c, c.waitingVector, c.waitingError);
    return STEPPED;
  }
  const shadow = (c.events & EV_SHADOW) !== 0;
  c.events &= ~EV_SHADOW;
  const debugHeld = shadow && c.debugHeld;
  c.debugHeld = false;
  if ((c.events & EV_DEBUG) !== 0 && !debugHeld) debugTrap(c);
  if (!shadow) {
    if ((c.events & EV_SMI) !== 0 && !c.smm) {
      c.events &= ~(EV_SMI | EV_HALT);
      c.halted = false;
      enterSmm(c);
      return STEPPED;
    }
    if ((c.events & EV_NMI) !== 0 && !c.nmiBlocked) {
      c.events &= ~(EV_NMI | EV_HALT);
      c.nmiBlocked = true;
      c.halted = false;
      deliver(c, EX_NMI, SOURCE_HARDWARE, -1);
    } else if ((c.events & EV_INTR) !== 0 && (c.eflags & F_IF) !== 0) {
      const vector = c.host.acknowledgeInterrupt();
      // Nothing is delivered if the request has gone meanwhile.
      if (vector >= 0) {
        c.events &= ~EV_HALT;
        c.halted = false;
        deliver(c, vector & 0xff, SOURCE_HARDWARE, -1);
      }
    }
  }
  if (c.halted) return LEAVE;
  if ((c.events & EV_BREAK) !== 0) {
    if (hostBreak(c)) return LEAVE;
    if (executionBreak(c)) return STEPPED;
  }
  if ((c.events & EV_TRAP) !== 0) {
    if ((c.eflags & F_TF) === 0) c.events &= ~EV_TRAP;
    else {
      c.attending = false;
      stepAny(c);
      c.attending = true;
      singleStepTrap(c);
      return STEPPED;
    }
  }
  return (c.events & EV_MODE) === 0 ? STEP : STEPPED;
}

/** #DB after an instruction that accessed a watched address. */
function debugTrap(c: Cpu): void {
  reportDebugHits(c);
  deliver(c, EX_DB, SOURCE_EXCEPTION, -1);
}

/** Does a debugger on the host stop the processor before the instruction? */
function hostBreak(c: Cpu): boolean {
  if (c.hostDebug === null) return false;
  const linear = c.code64 ? c.long.rip : (c.segBase[CS] + c.eip) >>> 0;
  return hostBreakAt(c.hostDebug, (linear | 0) >>> 0, Math.floor(linear / 0x1_0000_0000) >>> 0);
}

/** #DB before an instruction with a breakpoint, unless RF is set. */
function executionBreak(c: Cpu): boolean {
  if ((c.eflags & F_RF) !== 0) {
    c.eflags &= ~F_RF;
    return false;
  }
  const hits = executionHits(c);
  if (hits === 0) return false;
  c.left--;
  reportDebug(c, hits);
  deliver(c, EX_DB, SOURCE_EXCEPTION, -1);
  return true;
}

/**
 * #DB after an instruction that began with TF set, unless it loaded SS or was an INT. One that lets
 * interrupts in holds off only them.
 */
function singleStepTrap(c: Cpu): void {
  markStart(c);
  if (c.debugHeld || (c.events & EV_TRAP) === 0) return;
  reportDebugHits(c, DEBUG_STEP);
  // A debug exception ends a HLT, too.
  c.events &= ~(EV_SHADOW | EV_HALT);
  c.halted = false;
  deliver(c, EX_DB, SOURCE_EXCEPTION, -1);
}

/** Exceptions that turn a second one into a double fault. */
function contributory(vector: number): boolean {
  return vector === EX_DE || (vector >= EX_TS && vector <= 13);
}

/**
 * Delivers an exception, and those that its delivery throws. Two that make a double fault, and
 * the third that ends in a shutdown, come to an end. One that takes the place of another may go on
 * without end, as when #GP meets #AC and #AC meets #GP: each of those counts as an instruction,
 * and waits for the next run when there is none left.
 */
function deliverFault(c: Cpu, first: number, code: number): void {
  let vector = first;
  let error = code;
  c.events &= ~EV_DEBUG;
  c.debugHits = 0;
  for (;;) {
    rewind(c);
    try {
      deliver(c, vector, SOURCE_EXCEPTION, error);
      return;
    } catch (e) {
      if (e !== c.fault) throw e;
    }
    const second = c.fault.vector;
    if (vector === EX_DF) {
      rewind(c);
      c.shutdown = true;
      c.events |= EV_SHUTDOWN;
      return;
    }
    const double = contributory(vector)
      ? contributory(second)
      : vector === EX_PF && (contributory(second) || second === EX_PF);
    if (double) {
      vector = EX_DF;
      error = 0;
    } else {
      vector = second;
      error = c.fault.error;
      if (c.left <= 0 || (c.events & EV_STOP) !== 0) {
        rewind(c);
        c.waitingVector = vector;
        c.waitingError = error;
        c.events |= EV_EXCEPTION;
        return;
      }
      c.left--;
    }
  }
}
