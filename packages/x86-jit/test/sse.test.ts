import { describe, expect, it } from "vitest";
import { Guest } from "./lockstep/machine.js";

describe("a loop of SSE instructions", () => {
  it("runs as a unit", () => {
    const guest = new Guest({ threshold: 1, batch: 1, patience: 1 });
    guest.prepare("flat", { narrow: { eip: 0x5000, ecx: 1000, esi: 0x8000 }, long: [] });
    // movaps xmm0, [esi]; mulps; addps; dec ecx; jnz.
    guest.ram
      .ramBytes()
      .set([0x0f, 0x28, 6, 0x0f, 0x59, 0xc1, 0x0f, 0x58, 0xd0, 0x49, 0x75, 0xf4, 0xf4], 0x5000);
    guest.cpu.run(5000);
    expect(guest.cpu.state().ecx).toBe(0);
    expect(guest.translator?.counters).toMatchObject({ called: 0 });
    expect(guest.translator?.counters.interpreted).toBeLessThan(3);
  });
});
