import { describe, expect, it } from "vitest";
import { Guest } from "./guest.js";

/** Vector 0x20 goes to 0x2000: inc bx; iret. */
function withHandler(code: readonly number[]): Guest {
  const guest = new Guest(code);
  guest.put(0x20 * 4, [0x00, 0x20, 0, 0]);
  guest.put(0x2000, [0x43, 0xcf]);
  return guest;
}

describe("interrupt lines", () => {
  it("delivers when IF allows, and asks for the vector once", () => {
    const guest = withHandler([0xfa, 0x40, 0xfb, 0x40, 0x40, 0xf4]);
    guest.cpu.setIntr(true);
    guest.cpu.run(2);
    expect(guest.acknowledged).toBe(0);
    // sti, and the shadow of one instruction
    guest.cpu.run(2);
    expect(guest.acknowledged).toBe(0);
    guest.cpu.run(1);
    expect(guest.acknowledged).toBe(1);
    guest.cpu.setIntr(false);
    expect(guest.run().ebx).toBe(1);
    expect(guest.acknowledged).toBe(1);
  });

  it("leave a processor alone that was told to go on while it waited for a start-up", () => {
    const guest = withHandler([0xf4]);
    guest.cpu.init(true);
    guest.cpu.run(10);
    expect(guest.cpu.state().halted).toBe(true);
    guest.cpu.setIntr(true);
    guest.put(0x3000, [0x40, 0x40, 0x40]);
    const cs = { selector: 0, base: 0, limit: 0xffff, flags: 0x9b00 };
    guest.cpu.setState({ halted: false, cs, eip: 0x3000, eax: 0 });
    expect(guest.cpu.run(3)).toBe(3);
    expect(guest.cpu.state().eax).toBe(3);
  });

  it("wakes a halted processor", () => {
    const guest = withHandler([0xfb, 0xf4, 0x40, 0xfa, 0xf4]);
    guest.cpu.run(100);
    expect(guest.cpu.halted).toBe(true);
    expect(guest.cpu.run(100)).toBe(0);
    guest.cpu.setIntr(true);
    guest.cpu.run(1);
    guest.cpu.setIntr(false);
    const s = guest.run();
    expect([s.eax, s.ebx]).toEqual([1, 1]);
  });

  it("delivers an NMI in spite of IF", () => {
    const guest = withHandler([0xfa, 0x90, 0xf4]);
    guest.put(2 * 4, [0x00, 0x20, 0, 0]);
    guest.cpu.raiseNmi();
    expect(guest.run().ebx).toBe(1);
  });

  it("lets an interrupt into a repeated string instruction and resumes it", () => {
    // sti; rep lodsb over 1000 bytes; hlt
    const guest = withHandler([0xfb, 0x90, 0xf3, 0xac, 0xfa, 0xf4]);
    guest.cpu.setState({ ecx: 1000, esi: 0x4000 });
    guest.cpu.run(3);
    const ip = guest.cpu.state();
    expect(ip.ecx).toBeLessThan(1000);
    expect(ip.eip).toBe(0x1002);
    guest.cpu.setIntr(true);
    guest.cpu.run(1);
    guest.cpu.setIntr(false);
    const s = guest.run();
    expect([s.ecx, s.esi, s.ebx]).toEqual([0, 0x4000 + 1000, 1]);
  });

  it("leaves run() when a device asks for it", () => {
    // out 0x80,al; jmp back
    const guest = new Guest([0xe6, 0x80, 0xeb, 0xfc]);
    let writes = 0;
    guest.ports.store = (): number => {
      if (++writes === 3) guest.cpu.requestStop();
      return 0;
    };
    expect(guest.cpu.run(1000)).toBe(5);
  });

  it("traps after each instruction while TF is set", () => {
    // push 0x102; popf; inc ax; inc ax; push 2; popf; hlt -- handler of #DB: inc bx; iret
    const guest = new Guest([0x68, 0x02, 0x01, 0x9d, 0x40, 0x40, 0x6a, 0x02, 0x9d, 0xf4]);
    guest.put(4, [0x00, 0x20, 0, 0]);
    guest.put(0x2000, [0x43, 0xcf]);
    const s = guest.run();
    expect([s.eax, s.ebx]).toEqual([2, 4]);
    expect(s.dr6 & 0x4000).toBe(0x4000);
  });
});
