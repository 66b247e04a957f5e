/** Moves between registers, memory and immediates: MOV MOVZX MOVSX LEA XLAT CBW CWD. */
import type { Cpu, OpcodeTables } from "../state/cpu.js";
import { EAX, EBX, EDX } from "../constants.js";
import { ud } from "../state/fault.js";
import { fetch16, fetch32, fetch8 } from "../decode/fetch.js";
import type { Size } from "../mmu/memory.js";
import { read, read8, write, write16, write32, write8 } from "../mmu/memory.js";
import { addressRegister, dataSegment, ea, offsetAfter } from "../decode/modrm.js";
import {
  index8,
  register,
  rm16,
  rm32,
  rm8,
  setRegister,
  setRm16,
  setRm8,
} from "../decode/operands.js";
import { both, sized, widths } from "../decode/table-build.js";

function movEdGd(c: Cpu): void {
  const m = fetch8(c);
  const v = c.reg32[(m >> 3) & 7];
  if (m >= 0xc0) c.reg32[m & 7] = v;
  else {
    const offset = ea(c, m);
    write32(c, c.eaSeg, offset, v);
  }
}
function movGdEd(c: Cpu): void {
  const m = fetch8(c);
  c.reg32[(m >> 3) & 7] = rm32(c, m);
}
function movEwGw(c: Cpu): void {
  const m = fetch8(c);
  setRm16(c, m, c.reg16[(m >> 2) & 14]);
}
function movGwEw(c: Cpu): void {
  const m = fetch8(c);
  c.reg16[(m >> 2) & 14] = rm16(c, m);
}
function movEbGb(c: Cpu): void {
  const m = fetch8(c);
  setRm8(c, m, c.reg8[index8(m >> 3)]);
}
function movGbEb(c: Cpu): void {
  const m = fetch8(c);
  c.reg8[index8(m >> 3)] = rm8(c, m);
}
function movEbIb(c: Cpu): void {
  const m = fetch8(c);
  if ((m & 0x38) !== 0) ud(c);
  if (m >= 0xc0) c.reg8[index8(m)] = fetch8(c);
  else {
    const offset = ea(c, m);
    write8(c, c.eaSeg, offset, fetch8(c));
  }
}
function movEwIw(c: Cpu): void {
  const m = fetch8(c);
  if ((m & 0x38) !== 0) ud(c);
  if (m >= 0xc0) c.reg16[(m & 7) << 1] = fetch16(c);
  else {
    const offset = ea(c, m);
    write16(c, c.eaSeg, offset, fetch16(c));
  }
}
function movEdId(c: Cpu): void {
  const m = fetch8(c);
  if ((m & 0x38) !== 0) ud(c);
  if (m >= 0xc0) c.reg32[m & 7] = fetch32(c);
  else {
    const offset = ea(c, m);
    write32(c, c.eaSeg, offset, fetch32(c));
  }
}

/** The offset that follows the opcode of a move without a ModRM byte, in the address size. */
function directOffset(c: Cpu): number {
  return c.addr32 ? fetch32(c) : fetch16(c);
}

function loadAccumulator(c: Cpu, size: Size): void {
  const offset = directOffset(c);
  setRegister(c, EAX, size, read(c, dataSegment(c), offset, size));
}
function storeAccumulator(c: Cpu, size: Size): void {
  const offset = directOffset(c);
  write(c, dataSegment(c), offset, size, register(c, EAX, size));
}

function lea16(c: Cpu): void {
  const m = fetch8(c);
  if (m >= 0xc0) ud(c);
  c.reg16[(m >> 2) & 14] = ea(c, m);
}
function lea32(c: Cpu): void {
  const m = fetch8(c);
  if (m >= 0xc0) ud(c);
  c.reg32[(m >> 3) & 7] = ea(c, m);
}

function xlat(c: Cpu): void {
  const offset = offsetAfter(c, addressRegister(c, EBX), c.reg8[0]);
  c.reg8[0] = read8(c, dataSegment(c), offset);
}

/** Enters this file's instructions. */
export function installMove(t: OpcodeTables): void {
  both(t, 0x88, movEbGb);
  sized(t, 0x89, movEwGw, movEdGd);
  both(t, 0x8a, movGbEb);
  sized(t, 0x8b, movGwEw, movGdEd);
  widths(t, 0xc6, movEbIb, movEwIw, movEdId);
  sized(t, 0x8d, lea16, lea32);
  for (let r = 0; r < 8; r++) {
    both(t, 0xb0 + r, (c, op) => {
      c.reg8[index8(op)] = fetch8(c);
    });
    sized(
      t,
      0xb8 + r,
      (c, op) => {
        c.reg16[(op & 7) << 1] = fetch16(c);
      },
      (c, op) => {
        c.reg32[op & 7] = fetch32(c);
      },
    );
  }
  widths(
    t,
    0xa0,
    (c) => loadAccumulator(c, 1),
    (c) => loadAccumulator(c, 2),
    (c) => loadAccumulator(c, 4),
  );
  widths(
    t,
    0xa2,
    (c) => storeAccumulator(c, 1),
    (c) => storeAccumulator(c, 2),
    (c) => storeAccumulator(c, 4),
  );
  both(t, 0xd7, xlat);
  sized(
    t,
    0x1b6,
    (c) => {
      const m = fetch8(c);
      c.reg16[(m >> 2) & 14] = rm8(c, m);
    },
    (c) => {
      const m = fetch8(c);
      c.reg32[(m >> 3) & 7] = rm8(c, m);
    },
  );
  sized(t, 0x1b7, movGwEw, (c) => {
    const m = fetch8(c);
    c.reg32[(m >> 3) & 7] = rm16(c, m);
  });
  sized(
    t,
    0x1be,
    (c) => {
      const m = fetch8(c);
      c.reg16[(m >> 2) & 14] = (rm8(c, m) << 24) >> 24;
    },
    (c) => {
      const m = fetch8(c);
      c.reg32[(m >> 3) & 7] = (rm8(c, m) << 24) >> 24;
    },
  );
  sized(t, 0x1bf, movGwEw, (c) => {
    const m = fetch8(c);
    c.reg32[(m >> 3) & 7] = (rm16(c, m) << 16) >> 16;
  });
  sized(
    t,
    0x98,
    (c) => {
      c.reg16[0] = (c.reg8[0] << 24) >> 24;
    },
    (c) => {
      c.reg32[0] = (c.reg16[0] << 16) >> 16;
    },
  );
  sized(
    t,
    0x99,
    (c) => {
      c.reg16[EDX * 2] = (c.reg16[0] << 16) >> 31;
    },
    (c) => {
      c.reg32[EDX] = c.reg32[0] >> 31;
    },
  );
}
