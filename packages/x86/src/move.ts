/** Moves between registers, memory and immediates: MOV MOVZX MOVSX LEA XCHG XLAT CBW CWD. */
import type { Cpu, OpcodeTables } from "./cpu.js";
import { EBX, EDX, DS } from "./constants.js";
import { ud } from "./fault.js";
import { fetch16, fetch32, fetch8 } from "./fetch.js";
import {
  load16,
  load32,
  load8,
  modify,
  read16,
  read32,
  read8,
  store16,
  store32,
  store8,
  write16,
  write32,
  write8,
} from "./memory.js";
import { ea } from "./modrm.js";
import { rm16, rm32, rm8, setRm16, setRm8 } from "./operands.js";
import { both, index8, sized } from "./table-build.js";

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

function moffs(c: Cpu): number {
  c.eaSeg = c.segOv >= 0 ? c.segOv : DS;
  return c.addr32 ? fetch32(c) : fetch16(c);
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

function xchg8(c: Cpu): void {
  const m = fetch8(c);
  const g = index8(m >> 3);
  const v = c.reg8[g];
  if (m >= 0xc0) {
    c.reg8[g] = c.reg8[index8(m)];
    c.reg8[index8(m)] = v;
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 1);
    c.reg8[g] = load8(c, at);
    store8(c, at, v);
  }
}
function xchg16(c: Cpu): void {
  const m = fetch8(c);
  const g = (m >> 2) & 14;
  const v = c.reg16[g];
  if (m >= 0xc0) {
    c.reg16[g] = c.reg16[(m & 7) << 1];
    c.reg16[(m & 7) << 1] = v;
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 2);
    c.reg16[g] = load16(c, at);
    store16(c, at, v);
  }
}
function xchg32(c: Cpu): void {
  const m = fetch8(c);
  const g = (m >> 3) & 7;
  const v = c.reg32[g];
  if (m >= 0xc0) {
    c.reg32[g] = c.reg32[m & 7];
    c.reg32[m & 7] = v;
  } else {
    const offset = ea(c, m);
    const at = modify(c, c.eaSeg, offset, 4);
    c.reg32[g] = load32(c, at);
    store32(c, at, v);
  }
}
function xlat(c: Cpu): void {
  const seg = c.segOv >= 0 ? c.segOv : DS;
  const offset = c.addr32
    ? (c.reg32[EBX] + c.reg8[0]) | 0
    : (c.reg16[EBX * 2] + c.reg8[0]) & 0xffff;
  c.reg8[0] = read8(c, seg, offset);
}

/** Enters this file's instructions. */
export function installMove(t: OpcodeTables): void {
  both(t, 0x88, movEbGb);
  sized(t, 0x89, movEwGw, movEdGd);
  both(t, 0x8a, movGbEb);
  sized(t, 0x8b, movGwEw, movGdEd);
  both(t, 0xc6, movEbIb);
  sized(t, 0xc7, movEwIw, movEdId);
  sized(t, 0x8d, lea16, lea32);
  both(t, 0x86, xchg8);
  sized(t, 0x87, xchg16, xchg32);
  both(t, 0x90, () => undefined);
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
    if (r === 0) continue;
    sized(
      t,
      0x90 + r,
      (c, op) => {
        const v = c.reg16[0];
        c.reg16[0] = c.reg16[(op & 7) << 1];
        c.reg16[(op & 7) << 1] = v;
      },
      (c, op) => {
        const v = c.reg32[0];
        c.reg32[0] = c.reg32[op & 7];
        c.reg32[op & 7] = v;
      },
    );
  }
  both(t, 0xa0, (c) => {
    const o = moffs(c);
    c.reg8[0] = read8(c, c.eaSeg, o);
  });
  sized(
    t,
    0xa1,
    (c) => {
      const o = moffs(c);
      c.reg16[0] = read16(c, c.eaSeg, o);
    },
    (c) => {
      const o = moffs(c);
      c.reg32[0] = read32(c, c.eaSeg, o);
    },
  );
  both(t, 0xa2, (c) => {
    const o = moffs(c);
    write8(c, c.eaSeg, o, c.reg8[0]);
  });
  sized(
    t,
    0xa3,
    (c) => {
      const o = moffs(c);
      write16(c, c.eaSeg, o, c.reg16[0]);
    },
    (c) => {
      const o = moffs(c);
      write32(c, c.eaSeg, o, c.reg32[0]);
    },
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
