/** State of a processor after power-on, INIT and a start-up message. */
import type { Cpu } from "../state/cpu.js";
import { CS, EV_HALT, EV_INIT, EV_INTR, EV_NMI, EV_SMI } from "../constants.js";
import { setSegment } from "../mmu/segment.js";
import { initialiseFpu } from "../operations/fpu/unit.js";
import { resetSse } from "../operations/sse/install.js";
import { applyState } from "./register-state.js";

/** Registers that both a reset and INIT set; CR0's cache bits stay after INIT. */
function setRegisters(c: Cpu, cr0: number): void {
  const data = { selector: 0, base: 0, limit: 0xffff, flags: 0x9300 };
  c.efer = 0;
  c.cr3High = 0;
  c.lma = false;
  c.code64 = false;
  c.long.initialise();
  c.dr.fill(0);
  applyState(c, {
    eax: 0,
    ecx: 0,
    edx: c.model.signature,
    ebx: 0,
    esp: 0,
    ebp: 0,
    esi: 0,
    edi: 0,
    eip: 0xfff0,
    eflags: 2,
    es: data,
    ss: data,
    ds: data,
    fs: data,
    gs: data,
    cs: { selector: 0xf000, base: 0xffff0000, limit: 0xffff, flags: 0x9b00 },
    ldtr: { selector: 0, base: 0, limit: 0xffff, flags: 0x8200 },
    tr: { selector: 0, base: 0, limit: 0xffff, flags: 0x8b00 },
    gdtr: { base: 0, limit: 0xffff },
    idtr: { base: 0, limit: 0xffff },
    cr0,
    cr2: 0,
    cr3: 0,
    cr4: 0,
    dr6: 0xffff0ff0,
    dr7: 0x400,
  });
}

function leaveEverything(c: Cpu): void {
  c.halted = false;
  c.shutdown = false;
  c.nmiBlocked = false;
  c.smm = false;
  c.memory = c.normalMemory;
  c.startUpVector = -1;
  c.waitsForStartUp = false;
}

/** Power-on: CS base 0xffff0000, EIP 0xfff0. The interrupt line keeps its level. */
export function powerOn(c: Cpu): void {
  c.events &= EV_INTR;
  leaveEverything(c);
  c.smbase = 0x30000;
  c.msr.clear();
  c.long.reset();
  c.tscOffset = 0n;
  initialiseFpu(c);
  resetSse(c);
  setRegisters(c, 0x60000010);
}

/** INIT: as power-on, but for x87, SSE, model specific registers and where SMRAM is. */
export function initialise(c: Cpu, waits: boolean): void {
  c.events &= EV_INTR;
  leaveEverything(c);
  setRegisters(c, (c.cr0 & 0x60000000) | 0x10);
  if (waits) waitForStartUp(c);
}

/** A processor that is not the first one does nothing until another one starts it. */
export function waitForStartUp(c: Cpu): void {
  c.waitsForStartUp = true;
  c.halted = true;
  c.events |= EV_HALT;
}

/**
 * Does what INIT and start-up messages have asked for.
 * @returns true if the processor goes on waiting for a start-up
 */
export function attendInit(c: Cpu): boolean {
  if ((c.events & EV_INIT) !== 0) {
    const vector = c.startUpVector;
    initialise(c, c.waitsAfterInit);
    c.startUpVector = vector;
  }
  if (!c.waitsForStartUp) return false;
  if (c.startUpVector < 0) return true;
  c.waitsForStartUp = false;
  c.halted = false;
  // What came meanwhile was not heard.
  c.events &= ~(EV_HALT | EV_NMI | EV_SMI);
  setSegment(c, CS, c.startUpVector << 8, c.startUpVector << 12, 0xffff, 0x9b00);
  c.eip = 0;
  c.startUpVector = -1;
  return false;
}
