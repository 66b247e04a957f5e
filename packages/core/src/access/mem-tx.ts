import { aFlag, aNumber, checkOptions, type OptionTable } from "@mem/qom/plumbing";
import { refuseArgument } from "../arguments.js";

/**
 * Result bits of a memory transaction (`MemTxResult`); the parts of one access are OR-ed.
 *
 * @example
 * const result = space.store(0x8000_0000, 4, 1); // nothing is there
 * console.log(result === MemTxResult.DECODE_ERROR, (result & MemTxResult.ERROR) !== 0); // prints: true false
 * space.load(0x100, 4);
 * console.log(space.lastResult === MemTxResult.OK); // prints: true
 * @see the guide "Twenty lines to a bus", "What an access answers"
 */
export const MemTxResult = {
  /** Everything succeeded. */
  OK: 0,
  /** The device reported an error, or its callback threw. */
  ERROR: 1,
  /** Nothing is there, or the device does not accept this access. */
  DECODE_ERROR: 2,
  /** The access was refused: not memory as asked for, or re-entering a busy device. */
  ACCESS_ERROR: 4,
} as const;

/** An OR of {@link MemTxResult} bits; 0 is success. */
export type MemTxResult = number;

/**
 * Attributes of the bus master behind a transaction (`MemTxAttrs`).
 * @see the guide "From QEMU's memory.h to Mem", "What is as you know it"
 */
export interface MemTxAttrs {
  /** No attributes were given at all. */
  readonly unspecified: boolean;
  /** Arm TrustZone / x86 SMM style secure access. */
  readonly secure: boolean;
  /** Address space selector beyond `secure` (Arm RME), 0..3. */
  readonly space: number;
  /** Unprivileged access. */
  readonly user: boolean;
  /** The master wants RAM only: anything else is refused. */
  readonly memory: boolean;
  /** A debugger's access: it may write ROM. */
  readonly debug: boolean;
  /** Requester id (PCI bus/device/function), 0..65535. */
  readonly requesterId: number;
  /** Process address space id. */
  readonly pid: number;
}

const ATTRIBUTES: OptionTable = {
  call: "memTxAttrs",
  optional: {
    unspecified: aFlag,
    secure: aFlag,
    space: aNumber,
    user: aFlag,
    memory: aFlag,
    debug: aFlag,
    requesterId: aNumber,
    pid: aNumber,
  },
};

/**
 * A full set of attributes; everything that is not named is 0 or false.
 *
 * @example
 * const attrs = memTxAttrs({ secure: true, requesterId: 3 });
 * console.log(space.load(0x100, 4, attrs)); // prints: 0
 * console.log(attrs.secure, attrs.user, attrs.requesterId); // prints: true false 3
 * @see the guide "MMIO devices: sizes, alignment, endianness", "A device that refuses, and one
 *   that fails"
 */
export function memTxAttrs(part: Partial<MemTxAttrs> = {}): MemTxAttrs {
  checkOptions(part, ATTRIBUTES, refuseArgument);
  return Object.freeze({
    unspecified: part.unspecified ?? false,
    secure: part.secure ?? false,
    space: part.space ?? 0,
    user: part.user ?? false,
    memory: part.memory ?? false,
    debug: part.debug ?? false,
    requesterId: part.requesterId ?? 0,
    pid: part.pid ?? 0,
  });
}

/** The attributes of an access that names none. */
export const MEMTXATTRS_UNSPECIFIED: MemTxAttrs = /* @__PURE__ */ memTxAttrs({
  unspecified: true,
});
