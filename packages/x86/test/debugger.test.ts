import { describe, expect, it } from "vitest";
import type { DebugStop } from "../src/index.js";
import { Guest } from "./guest.js";

/** inc ax; mov [0x4000], ax; mov bx, [0x4000]; inc ax; hlt, from 0x1000 on. */
const PROGRAM = [0x40, 0xa3, 0x00, 0x40, 0x8b, 0x1e, 0x00, 0x40, 0x40, 0xf4];

function debugged(code: readonly number[] = PROGRAM): { guest: Guest; stops: DebugStop[] } {
  const guest = new Guest(code);
  const stops: DebugStop[] = [];
  guest.cpu.debugger.onStop = (stop) => stops.push(stop);
  return { guest, stops };
}

describe("breakpoints of the host", () => {
  it("stop before the instruction, and let the next run pass", () => {
    const { guest, stops } = debugged();
    guest.cpu.debugger.setBreakpoints([0x1004n]);
    expect(guest.cpu.run(100)).toBe(2);
    expect(stops).toEqual([{ kind: "breakpoint", address: 0x1004n }]);
    expect(guest.cpu.state().eip).toBe(0x1004);
    guest.cpu.run(100);
    expect(guest.cpu.halted).toBe(true);
    expect(stops).toHaveLength(1);
  });

  it("stop again each time round a loop", () => {
    const { guest, stops } = debugged([0x40, 0xeb, 0xfd]);
    guest.cpu.debugger.setBreakpoints([0x1001n]);
    for (let k = 0; k < 3; k++) guest.cpu.run(100);
    expect(stops).toHaveLength(3);
    expect(guest.cpu.state().eax).toBe(3);
    guest.cpu.debugger.setBreakpoints([]);
    expect(guest.cpu.run(100)).toBe(100);
  });

  it("are linear addresses of the whole 64 bits", () => {
    const { guest, stops } = debugged();
    guest.cpu.setState({
      cs: { selector: 0x100, base: 0x1000, limit: 0xffff, flags: 0x9b00 },
      eip: 0,
    });
    guest.cpu.debugger.setBreakpoints([0x1_0000_1000n, 0x1008n]);
    guest.cpu.run(100);
    expect(stops).toEqual([{ kind: "breakpoint", address: 0x1008n }]);
  });

  it("are no business of a reset", () => {
    const { guest, stops } = debugged();
    guest.cpu.debugger.setBreakpoints([0xfffffff0n]);
    guest.cpu.reset();
    guest.cpu.run(1);
    expect(stops).toEqual([{ kind: "breakpoint", address: 0xfffffff0n }]);
  });
});

describe("watchpoints of the host", () => {
  it.each([
    ["write", 2, true],
    ["read", 3, false],
    ["access", 2, true],
  ] as const)("on %s stop after the instruction", (kind, executed, write) => {
    const { guest, stops } = debugged();
    const watchpoint = { address: 0x4001n, length: 1, kind };
    guest.cpu.debugger.setWatchpoints([watchpoint]);
    expect(guest.cpu.run(100)).toBe(executed);
    expect(stops).toEqual([{ kind: "watchpoint", watchpoint, write }]);
    guest.cpu.debugger.setWatchpoints([]);
    guest.cpu.run(100);
    expect(guest.cpu.halted).toBe(true);
  });

  it("leave the guest's own debug registers alone", () => {
    const { guest, stops } = debugged();
    guest.cpu.setState({ dr0: 0x4000, dr7: 0xd0001 });
    guest.put(4, [0x00, 0x20, 0, 0]);
    guest.put(0x2000, [0xf4]);
    guest.cpu.debugger.setWatchpoints([{ address: 0x5000n, length: 4, kind: "write" }]);
    expect(guest.run().eip).toBe(0x2001);
    expect(stops).toEqual([]);
  });
});

describe("a step of the host's debugger", () => {
  it("runs the instruction at a breakpoint", () => {
    const { guest, stops } = debugged();
    guest.cpu.debugger.setBreakpoints([0x1000n]);
    guest.cpu.run(5);
    expect(guest.cpu.debugger.step()).toBe(1);
    expect(guest.cpu.state().eip).toBe(0x1001);
    expect(stops).toHaveLength(1);
  });

  it("holds interrupts off, and lets them in afterwards", () => {
    const { guest } = debugged([0x90, 0x90, 0x90, 0xf4]);
    guest.put(0x20 * 4, [0x00, 0x20, 0, 0]);
    guest.put(0x2000, [0xf4]);
    guest.cpu.setState({ eflags: 0x202 });
    guest.cpu.setIntr(true);
    guest.cpu.debugger.step();
    guest.cpu.debugger.step();
    expect(guest.cpu.state().eip).toBe(0x1002);
    guest.cpu.run(1);
    expect(guest.acknowledged).toBe(1);
  });
});

describe("registers of the host's debugger", () => {
  it("reads and writes every one of them", () => {
    const { guest } = debugged();
    const { debugger: debug } = guest.cpu;
    expect(debug.registerNames.length).toBeGreaterThan(50);
    for (const name of debug.registerNames) {
      if (["eflags", "cr0", "cr4", "fctrl", "fstat", "ftag"].includes(name)) continue;
      const value = BigInt.asUintN(debug.bitsOf(name) ?? 0, 0x0123456789abcdef13572468ace0beefn);
      expect(debug.write(name, value), name).toBe(true);
      expect(debug.read(name), name).toBe(value);
    }
    expect(debug.read("rip")).toBe(undefined);
    expect(debug.write("rip", 0n)).toBe(false);
  });

  it("knows the stack of x87 and its tags", () => {
    // fld1; fldz; hlt
    const { guest } = debugged([0xdb, 0xe3, 0xd9, 0xe8, 0xd9, 0xee, 0xf4]);
    guest.cpu.run(100);
    const { debugger: debug } = guest.cpu;
    expect(debug.read("st0")).toBe(0n);
    expect(debug.read("st1")).toBe(0x3fff8000000000000000n);
    expect(debug.read("ftag")).toBe(0b00_01_11_11_11_11_11_11n | (0n << 14n));
    expect(debug.read("fstat")).toBe(0x3000n);
  });
});
