import { describe, expect, it } from "vitest";
import { Guest } from "./lockstep/machine.js";
import type { LongMode } from "./lockstep/long-machine.js";

/** A guest with code at 0x5000, which shows in the upper half, too. */
function started(mode: LongMode, code: readonly number[], rip: bigint): Guest {
  const guest = new Guest({ threshold: 1, batch: 1, patience: 1 });
  // RAX, then RCX that counts; RSP; RSI.
  const registers = [0n, 1000n, 0n, 0n, 0x8800n, 0n, 0x8000n, ...Array<bigint>(9).fill(0n)];
  guest.prepare(mode, { narrow: { eflags: 2 }, long: [...registers, rip] });
  guest.ram.ramBytes().set(code, 0x5000);
  return guest;
}

describe("a loop of 64-bit code", () => {
  it("runs as a unit, with addresses of the upper half by RIP", () => {
    // lea r9, [rip+0x2ff9]; mov [r9], rcx; add rax, [r9]; imul rdx, rax, 3; dec rcx; jnz; hlt
    const code = [
      ...[0x4c, 0x8d, 0x0d, 0xf9, 0x2f, 0, 0, 0x49, 0x89, 0x09, 0x49, 0x03, 0x01],
      ...[0x48, 0x6b, 0xd0, 0x03, 0x48, 0xff, 0xc9, 0x75, 0xea, 0xf4],
    ];
    const guest = started("longUpper", code, 0xffff_ffff_8000_5000n);
    guest.cpu.run(6001);
    const { registers, rip } = guest.cpu.state().long;
    expect(registers.slice(0, 3)).toEqual([500_500n, 0n, 1_501_500n]);
    expect(registers[9]).toBe(0xffff_ffff_8000_8000n);
    expect(rip).toBe(0xffff_ffff_8000_5017n);
    expect(guest.translator?.counters).toMatchObject({ called: 0 });
    expect(guest.translator?.counters.interpreted).toBeLessThan(3);
    expect(guest.translator?.units()[0]).toMatchObject({ bits: 64 });
    const listing = guest.translator?.listing(-0x7fff_b000);
    expect(listing?.guest[0]?.address).toBe(0xffff_ffff_8000_5000n);
    expect(listing?.wasm).toContain("i64.mul");
  });

  it("calls and returns from unit to unit", () => {
    // again: call 5010; dec rcx; jnz again; hlt; at 5010: add rax, 5; ret
    const code = [0xe8, 0x0b, 0, 0, 0, 0x48, 0xff, 0xc9, 0x75, 0xf6, 0xf4, 0, 0, 0, 0, 0];
    const guest = started("longUser", [...code, 0x48, 0x83, 0xc0, 5, 0xc3], 0x5000n);
    guest.cpu.run(5000);
    const { registers, rip } = guest.cpu.state().long;
    expect([registers[0], registers[1], registers[4], rip]).toEqual([5000n, 0n, 0x8800n, 0x500an]);
    expect(guest.translator?.counters.entries).toBeLessThan(20);
  });
});
