import type { ObjectInit } from "@mem/qom";
import type { Data64 } from "../access/data64.js";
import type { MemOp } from "../access/mem-op.js";
import { type MemTxAttrs, type MemTxResult, MEMTXATTRS_UNSPECIFIED } from "../access/mem-tx.js";
import { type Address, isExactNumber, toAddress } from "../address.js";
import { errorText } from "../errors.js";
import type { DevicePort } from "../mmio/device-port.js";
import { DeviceObject } from "../mmio/device.js";
import { dispatchRead, dispatchWrite } from "../mmio/dispatch.js";
import type { ResolvedMmioOps } from "../mmio/resolved-ops.js";
import { validOps } from "../mmio/rules.js";
import { REGION_ATTRIBUTES } from "./attributes.js";
import type { RegionSystem } from "./host.js";
import type { RegionIdentity } from "./identity.js";
import { RegionMemory } from "./region-memory.js";
import type { RegionSpec } from "./spec.js";

/**
 * The device behind a region: its operations, the guard of its callbacks, how deep they nest, the
 * writes that do not reach it.
 * @see {@link MemoryRegion}
 */
export abstract class RegionDevice extends RegionMemory {
  /** Device callbacks with their rules resolved; `null` where the region has none. */
  protected readonly ops: ResolvedMmioOps | null;
  /** The device whose MMIO this is, where the re-entrancy guard applies. */
  protected guardDevice: DeviceObject | null = null;
  /** Number of the region's callbacks that are running, one inside the other. */
  protected entered = 0;

  constructor(init: ObjectInit, system: RegionSystem, spec: RegionSpec<RegionIdentity>) {
    super(init, system, spec);
    this.ops = spec.ops ?? null;
  }

  /** The region as accesses to its device see it. */
  protected abstract get port(): DevicePort;

  /** Switches the guard against a device re-entering itself off for this region, or on again. */
  get reentrancyGuardDisabled(): boolean {
    return (this.flags & 32) !== 0;
  }
  set reentrancyGuardDisabled(off: boolean) {
    const { bit, action } = REGION_ATTRIBUTES.reentrancyGuardDisabled;
    this.assertSettable(action, off);
    this.flags = off ? this.flags | bit : this.flags & ~bit;
    this.attributesChanged();
  }

  /** The device does its own locking; this also gives up the re-entrancy guard. */
  enableLocklessIo(): void {
    const { lockless, reentrancyGuardDisabled } = REGION_ATTRIBUTES;
    this.flags |= lockless.bit | reentrancyGuardDisabled.bit;
    this.attributesChanged();
  }

  /** True if {@link enableLocklessIo} was called. */
  protected get lockless(): boolean {
    return (this.flags & 64) !== 0;
  }

  /** The device whose callbacks may not be entered while one of them runs, were nothing switched off. */
  protected get guardedDevice(): DeviceObject | null {
    const { owner } = this;
    return owner instanceof DeviceObject ? owner : null;
  }

  /** Reads directly from the region (`memory_region_dispatch_read`) into `data`. */
  dispatchRead(
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    checkOffset(this, addr);
    return dispatchRead(this.port, addr, op, data, attrs);
  }

  /** Writes directly to the region (`memory_region_dispatch_write`). */
  dispatchWrite(
    addr: Address,
    op: MemOp,
    data: Data64,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): MemTxResult {
    checkOffset(this, addr);
    return dispatchWrite(this.port, addr, op, data, attrs);
  }

  /** True if the device would accept this access; aliases are not followed. */
  accessValid(
    addr: Address,
    size: number,
    isWrite: boolean,
    attrs: MemTxAttrs = MEMTXATTRS_UNSPECIFIED,
  ): boolean {
    checkOffset(this, addr);
    return this.isRamDevice || validOps(this.port, addr, size, isWrite, attrs) !== null;
  }

  /** Writes the log line of a callback of the region that threw: one, however often it does. */
  protected logCallbackError(error: unknown): void {
    const message = `${this.describe()}: a device callback threw: ${errorText(error)}`;
    this.host.logOnce("throw", "callback", message, this.port);
  }
}

// A function, as a private method would cost each region a field.
function checkOffset(region: RegionDevice, addr: Address): void {
  if (!isExactNumber(addr)) toAddress(addr, "offset", region.describe());
}
