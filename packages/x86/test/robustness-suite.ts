import { describe, expect, it } from "vitest";
import { Random } from "@mem/common";
import { Guest } from "./guest.js";

const MODES = {
  "real mode": (guest: Guest) => guest,
  "protected mode": (guest: Guest) => guest.flat(),
  "protected mode, level 3": (guest: Guest) => guest.flat(3),
  "paged protected mode": (guest: Guest) => guest.flat().paged(),
  "virtual-8086 mode": (guest: Guest) => {
    const data = { selector: 0, base: 0, limit: 0xffff, flags: 0xf300 };
    const all = { es: data, cs: data, ss: data, ds: data, fs: data, gs: data };
    guest.flat().cpu.setState({ ...all, eflags: 0x23202 });
    return guest;
  },
};

/** Declares the tests of a processor that is fed random bytes, so many programs in each mode. */
export function declareRobustness(rounds: number): void {
  describe("a processor that is fed random bytes", () => {
    for (const [name, enter] of Object.entries(MODES)) {
      it(`never throws and always returns, in ${name}`, () => {
        const random = new Random(name.length);
        const next = () => random.next();
        for (let round = 0; round < rounds; round++) {
          const code = Array.from({ length: 0x400 }, () => {
            const v = next();
            return v % 8 === 0 ? 0x0f : v >>> 24;
          });
          const guest = enter(new Guest(code));
          guest.cpu.setState({
            eax: next(),
            ecx: next() & 63,
            edx: next(),
            esi: next(),
            edi: next(),
          });
          for (let slice = 0; slice < 10; slice++) {
            if (slice % 3 === 1) guest.cpu.setIntr(true);
            if (slice % 4 === 2) guest.cpu.raiseNmi();
            expect(guest.cpu.run(20)).toBeLessThanOrEqual(20);
            expect(guest.cpu.state().eip).toBeGreaterThanOrEqual(0);
          }
        }
      });
    }
  });
}
