import type { Endianness, MemTxAttrs, MmioCallbacks, MmioOps, WideMmioOps } from "@mem/core";
import { attrsEntry } from "../attributes.js";
import { bit, fillPattern, hex } from "../format-number.js";
import type { Journal } from "../journal.js";
import type { OpFields } from "../op-fields.js";
import type { JsonObject } from "../script.js";
import {
  scriptedAccepts,
  scriptedErrors,
  scriptedHooks,
  type ScriptedAccepts,
  type ScriptedError,
  type ScriptedHook,
} from "./mmio-config.js";

/** How deep hooks nest: a callback inside this many hooks runs without its own. */
const MAX_HOOK_DEPTH = 4;

/**
 * The scripted device behind an `io` or `rom_device` region: a byte store that holds a pattern at
 * first, logs every callback, fails where the script says so, and runs nested operations.
 */
export class MmioStore {
  readonly #harness: Journal;
  readonly #id: string;
  readonly #store: Uint8Array;
  readonly #withAttrs: boolean;
  readonly #errors: readonly ScriptedError[];
  readonly #hooks: readonly ScriptedHook[];
  readonly #accepts: ScriptedAccepts | null;

  constructor(harness: Journal, op: OpFields) {
    this.#harness = harness;
    this.#id = op.text("id");
    this.#store = new Uint8Array(storeLength(op));
    fillPattern(this.#store, op.integer("seed", 0));
    this.#withAttrs = op.flag("with_attrs");
    this.#errors = this.#withAttrs ? scriptedErrors(op) : [];
    this.#hooks = scriptedHooks(op);
    this.#accepts = scriptedAccepts(op);
  }

  /** The callbacks and constraints of the region. */
  ops(op: OpFields): MmioOps | WideMmioOps {
    return this.#harness.farRegions.has(this.#id)
      ? { ...this.#callbacks<bigint>(op), wideOffsets: true }
      : this.#callbacks<number>(op);
  }

  #callbacks<Offset extends number | bigint>(op: OpFields): MmioCallbacks<Offset> {
    const accepts = this.#accepts;
    return {
      endianness: op.text("endian", "native") as Endianness,
      valid: {
        ...accessSizes(op.recordOrNull("valid")),
        ...(accepts && {
          accepts: (offset: Offset, size: number, isWrite: boolean, attrs: MemTxAttrs) =>
            this.#accept(accepts, BigInt(offset), size, isWrite, attrs),
        }),
      },
      // The callbacks know 8 bytes also where a recording keeps the default of 4.
      impl: { maxAccessSize: 0, ...accessSizes(op.recordOrNull("impl")) },
      ...(this.#withAttrs ? this.#attrsCallbacks<Offset>() : this.#plainCallbacks<Offset>()),
    };
  }

  #plainCallbacks<Offset extends number | bigint>(): MmioCallbacks<Offset> {
    return {
      read: (offset, size, attrs) => Number(this.#read(BigInt(offset), size, attrs).value),
      write: (offset, value, size, attrs) => {
        this.#write(BigInt(offset), BigInt(value), size, attrs);
      },
      read64: (offset, attrs) => this.#read(BigInt(offset), 8, attrs).value,
      write64: (offset, value, attrs) => {
        this.#write(BigInt(offset), value, 8, attrs);
      },
    };
  }

  #attrsCallbacks<Offset extends number | bigint>(): MmioCallbacks<Offset> {
    return {
      readWithAttrs: (offset, size, attrs, data) => {
        const { value, res } = this.#read(BigInt(offset), size, attrs);
        data.value64 = value;
        return res;
      },
      writeWithAttrs: (offset, data, size, attrs) =>
        this.#write(BigInt(offset), data.value64, size, attrs),
    };
  }

  #read(addr: bigint, size: number, attrs: MemTxAttrs): { value: bigint; res: number } {
    const res = this.#errors.find((error) => error.onRead && error.addr === addr)?.res ?? 0;
    const value = res === 0 ? this.#load(addr, size) : 0n;
    this.#log("read", addr, size, value, attrs, res);
    if (res === 0) this.#runHooks(addr, false);
    return { value, res };
  }

  #write(addr: bigint, value: bigint, size: number, attrs: MemTxAttrs): number {
    const res = this.#errors.find((error) => error.onWrite && error.addr === addr)?.res ?? 0;
    if (res === 0) this.#save(addr, size, value);
    this.#log("write", addr, size, value, attrs, res);
    if (res === 0) this.#runHooks(addr, true);
    return res;
  }

  #load(addr: bigint, size: number): bigint {
    const start = this.#position(addr);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(this.#store[(start + i) % this.#store.length] ?? 0);
    }
    return value;
  }

  #save(addr: bigint, size: number, value: bigint): void {
    const start = this.#position(addr);
    for (let i = 0; i < size; i++) {
      const byte = Number((value >> BigInt(8 * i)) & 0xffn);
      this.#store[(start + i) % this.#store.length] = byte;
    }
  }

  #position(addr: bigint): number {
    return Number(addr % BigInt(this.#store.length));
  }

  #log(
    cb: "read" | "write",
    addr: bigint,
    size: number,
    value: bigint,
    attrs: MemTxAttrs,
    res: number,
  ): void {
    const entry: JsonObject = { mr: this.#id, addr: hex(addr), size, val: hex(value) };
    const outcome: JsonObject = this.#withAttrs ? { attrs: attrsEntry(attrs), res } : {};
    this.#harness.record({ cb, ...entry, ...outcome });
  }

  #runHooks(addr: bigint, isWrite: boolean): void {
    for (const hook of this.#hooks) {
      if (hook.addr !== addr || hook.onWrite !== isWrite) continue;
      this.#harness.runHook(this.#id, hook.op, MAX_HOOK_DEPTH);
    }
  }

  #accept(
    rules: ScriptedAccepts,
    addr: bigint,
    size: number,
    isWrite: boolean,
    attrs: MemTxAttrs,
  ): boolean {
    const range = rules.rejectRange;
    const refused =
      (isWrite ? rules.rejectWrite : rules.rejectRead) ||
      rules.rejectSizes.includes(size) ||
      (range !== null && addr >= range.from && addr <= range.to) ||
      (rules.needSecure && !attrs.secure);
    this.#harness.record({
      cb: "accepts",
      mr: this.#id,
      addr: hex(addr),
      size,
      write: bit(isWrite),
      ok: bit(!refused),
    });
    return !refused;
  }
}

function storeLength(op: OpFields): number {
  const size = op.size("size");
  const length = op.integer("bytes", Number(size < 0x1000n ? size : 0x1000n));
  return length === 0 || length > 0x10000 ? 256 : length;
}

function accessSizes(limits: OpFields | null) {
  if (limits === null) return {};
  return {
    minAccessSize: limits.integer("min", 0),
    maxAccessSize: limits.integer("max", 0),
    unaligned: limits.flag("unaligned"),
  };
}
