/** Handlers of exceptions: they go on one byte further, so that a program that faults is not at its end. */

/** Bytes from handler to handler. */
export const HANDLER_BYTES = 16;

/** Interrupts from here on go on where they came. */
const FIRST_INTERRUPT = 32;
const VECTORS = 64;
/** Bytes of all of them. */
const ALL_HANDLERS = VECTORS * HANDLER_BYTES;
const DOUBLE_FAULT = 8;
const WITH_CODE = new Set([8, 10, 11, 12, 13, 14, 17]);
const HLT = 0xf4;
const IRET = 0xcf;

/** A processor that comes to its end by a double fault halts, and so does one that runs off a handler. */
function handler(
  v: number,
  hasCode: boolean,
  drop: number[],
  advance: number[],
  end: number[],
): number[] {
  if (v === DOUBLE_FAULT) return [HLT];
  if (v >= FIRST_INTERRUPT) return end;
  return [...(hasCode && WITH_CODE.has(v) ? drop : []), ...advance, ...end];
}

function write(bytes: Uint8Array, at: number, code: (v: number) => readonly number[]): void {
  bytes.fill(HLT, at, at + ALL_HANDLERS);
  for (let v = 0; v < VECTORS; v++) bytes.set(code(v), at + v * HANDLER_BYTES);
}

/**
 * Writes those of 16- and 32-bit code.
 * @param stackBits width of the stack pointer
 */
export function writeNarrowHandlers(
  bytes: Uint8Array,
  at: number,
  isReal: boolean,
  stackBits: 16 | 32,
): void {
  // push bp; mov bp, sp; inc word [bp+2]; pop bp
  const real = [0x55, 0x89, 0xe5, 0xff, 0x46, 0x02, 0x5d];
  // push ebp; movzx ebp, sp; inc dword [ebp+4]; pop ebp
  const small = [0x55, 0x0f, 0xb7, 0xec, 0xff, 0x45, 0x04, 0x5d];
  // inc dword [esp]
  const advance = isReal ? real : stackBits === 16 ? small : [0xff, 0x04, 0x24];
  // add esp, 4, or add sp, 4
  const drop = [...(stackBits === 16 ? [0x66] : []), 0x83, 0xc4, 4];
  write(bytes, at, (v) => handler(v, !isReal, drop, advance, [IRET]));
}

/** Writes those of 64-bit code. */
export function writeLongHandlers(bytes: Uint8Array, at: number): void {
  // add rsp, 8; inc qword [rsp]; iretq
  const drop = [0x48, 0x83, 0xc4, 8];
  const advance = [0x48, 0xff, 0x04, 0x24];
  write(bytes, at, (v) => handler(v, true, drop, advance, [0x48, IRET]));
}
