/** Port input and output, and the permission to do it. */
import type { Cpu, OpcodeTables } from "./cpu.js";
import { EDX, TR } from "./constants.js";
import { gp } from "./fault.js";
import { fetch8 } from "./fetch.js";
import { iopl } from "./interrupt.js";
import { sysLoad16 } from "./memory.js";
import { both, sized } from "./table-build.js";

/** Throws #GP(0) unless `size` ports from `port` may be used at the current level. */
export function checkPort(c: Cpu, port: number, size: number): void {
  if (!c.pe || (!c.vm && c.cpl <= iopl(c))) return;
  if ((c.segAttr[TR] & 0x8800) !== 0x8800) gp(c, 0);
  const limit = c.segLimit[TR] >>> 0;
  if (limit < 0x67) gp(c, 0);
  const at = sysLoad16(c, (c.segBase[TR] + 0x66) | 0) + (port >> 3);
  if (at + 1 > limit) gp(c, 0);
  const bits = sysLoad16(c, (c.segBase[TR] + at) | 0) >> (port & 7);
  if ((bits & ((1 << size) - 1)) !== 0) gp(c, 0);
}

/** Reads a port; the result is unsigned for 8 and 16 bits, signed for 32. */
export function input(c: Cpu, port: number, size: 1 | 2 | 4): number {
  checkPort(c, port, size);
  const v = c.io.load(port, size);
  return size === 4 ? v | 0 : v;
}
/** Writes a port. */
export function output(c: Cpu, port: number, size: 1 | 2 | 4, value: number): void {
  checkPort(c, port, size);
  c.io.store(port, size, value >>> 0);
}

/** Enters this file's instructions. */
export function installIo(t: OpcodeTables): void {
  both(t, 0xe4, (c) => {
    c.reg8[0] = input(c, fetch8(c), 1);
  });
  sized(
    t,
    0xe5,
    (c) => {
      c.reg16[0] = input(c, fetch8(c), 2);
    },
    (c) => {
      c.reg32[0] = input(c, fetch8(c), 4);
    },
  );
  both(t, 0xe6, (c) => output(c, fetch8(c), 1, c.reg8[0]));
  sized(
    t,
    0xe7,
    (c) => output(c, fetch8(c), 2, c.reg16[0]),
    (c) => output(c, fetch8(c), 4, c.reg32[0]),
  );
  both(t, 0xec, (c) => {
    c.reg8[0] = input(c, c.reg16[EDX * 2], 1);
  });
  sized(
    t,
    0xed,
    (c) => {
      c.reg16[0] = input(c, c.reg16[EDX * 2], 2);
    },
    (c) => {
      c.reg32[0] = input(c, c.reg16[EDX * 2], 4);
    },
  );
  both(t, 0xee, (c) => output(c, c.reg16[EDX * 2], 1, c.reg8[0]));
  sized(
    t,
    0xef,
    (c) => output(c, c.reg16[EDX * 2], 2, c.reg16[0]),
    (c) => output(c, c.reg16[EDX * 2], 4, c.reg32[0]),
  );
}
