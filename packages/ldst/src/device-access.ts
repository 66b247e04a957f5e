import {
  fastMmioRead,
  fastMmioWrite,
  type MemOp,
  MemOp as Op,
  memOpSize,
  type MemorySystem,
  MEMTXATTRS_UNSPECIFIED,
  type MemTxAttrs,
  MemTxResult,
  NOT_FAST,
} from "@mem/core";
import { type AccessWindow, ScratchFrames } from "@mem/flat";
import type { TxStatus } from "./tx-status.js";

/**
 * Loads and stores of up to 32 bits that a device answers. Apart from {@link Bus}, so that what
 * is inlined for RAM stays small; offsets are handed over rather than addresses, as addresses
 * above 2^31 would be boxed.
 */
export class DeviceAccess {
  readonly #system: MemorySystem;
  readonly #frames: ScratchFrames;

  constructor(system: MemorySystem) {
    this.#system = system;
    this.#frames = new ScratchFrames(system);
  }

  /** Loads at an offset of the window's region. */
  load(
    window: AccessWindow,
    offset: number,
    op: MemOp,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
    status: TxStatus | undefined,
  ): number {
    const { region } = window;
    const { ops } = region;
    const size = memOpSize(op);
    if (ops !== null && op < Op.BIG) {
      const value = fastMmioRead(region, ops, offset, size, attrs);
      if (value !== NOT_FAST) {
        if (status) status.result = value < 0 ? MemTxResult.ERROR : MemTxResult.OK;
        return value < 0 ? 0 : value;
      }
    }
    const { data } = this.#frames.current;
    const { reclaimer } = this.#system;
    reclaimer.enter();
    try {
      const result = region.dispatchRead(offset, op, data, attrs);
      if (status) status.result = result;
    } finally {
      reclaimer.exit();
    }
    data.truncate(size);
    return data.lo;
  }

  /** Stores at an offset of the window's region; the value is reduced to the size. */
  store(
    window: AccessWindow,
    offset: number,
    value: number,
    op: MemOp,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
    status: TxStatus | undefined,
  ): void {
    const { region } = window;
    const { ops } = region;
    const { data } = this.#frames.current;
    const size = memOpSize(op);
    data.value = value;
    data.truncate(size);
    if (ops !== null && op < Op.BIG) {
      const outcome = fastMmioWrite(region, ops, offset, data.lo, size, attrs);
      if (outcome !== NOT_FAST) {
        if (status) status.result = outcome === 0 ? MemTxResult.OK : MemTxResult.ERROR;
        return;
      }
    }
    const { reclaimer } = this.#system;
    reclaimer.enter();
    try {
      const result = region.dispatchWrite(offset, op, data, attrs);
      if (status) status.result = result;
    } finally {
      reclaimer.exit();
    }
  }
}
