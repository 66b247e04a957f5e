import { describe, expect, it } from "vitest";
import { Guest } from "./lockstep/machine.js";

/** fld qword [esi]; fmul qword [esi+8]; fadd st0, st0; fstp qword [esi+16]; dec ecx; jnz. */
const LOOP = [0xdd, 6, 0xdc, 0x4e, 8, 0xd8, 0xc0, 0xdd, 0x5e, 16, 0x49, 0x75, 0xf3, 0xf4];

function prepared(control: number): Guest {
  const guest = new Guest({ threshold: 1, batch: 1, patience: 1 });
  guest.prepare("flat", { narrow: { eip: 0x5000, ecx: 1000, esi: 0x8000 }, long: [] });
  guest.fpu[0] = control;
  guest.fpu[3] = 0;
  guest.ram.ramBytes().set(LOOP, 0x5000);
  return guest;
}

describe("a loop of x87 instructions", () => {
  it("runs as a unit", () => {
    const guest = prepared(0x37f);
    const view = new DataView(guest.ram.ramBytes().buffer, guest.ram.ramBytes().byteOffset);
    view.setFloat64(0x8000, 1.5, true);
    view.setFloat64(0x8008, -2.25, true);
    guest.cpu.run(7000);
    expect(guest.cpu.state().ecx).toBe(0);
    expect(view.getFloat64(0x8010, true)).toBe(-6.75);
    expect(guest.translator?.counters).toMatchObject({ called: 0 });
    expect(guest.translator?.counters.interpreted).toBeLessThan(3);
  });

  it("ends at an unmasked exception, which the next instruction is told of", () => {
    const guest = prepared(0x37e);
    guest.cpu.setState({ cr0: guest.cpu.state().cr0 | 0x20 });
    const view = new DataView(guest.ram.ramBytes().buffer, guest.ram.ramBytes().byteOffset);
    view.setFloat64(0x8000, 0, true);
    view.setFloat64(0x8008, 1, true);
    guest.cpu.run(600);
    view.setFloat64(0x8008, Infinity, true);
    const before = guest.fpu[1];
    guest.cpu.run(12);
    expect(before).toBe(0);
    // Zero times infinity is invalid.
    expect((guest.fpu[1] ?? 0) & 0x81).toBe(0x81);
  });
});
