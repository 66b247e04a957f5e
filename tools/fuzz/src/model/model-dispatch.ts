import type { Device } from "../traits.js";
import type { ModelRegion } from "./model-region.js";

/** Result bits. */
export const ERROR = 1;
export const DECODE_ERROR = 2;
export const ACCESS_ERROR = 4;

/** What callbacks of devices do besides answering. */
export interface CallbackHost {
  /** A callback of a region was entered: whatever happens then happens within. */
  callback(region: ModelRegion, what: string): void;
  /** Owners that are in a callback. */
  readonly engaged: Set<number>;
}

/** The low `size` bytes of a value. */
export const cut = (value: bigint, size: number): bigint => BigInt.asUintN(size * 8, value);

/** The low `size` bytes in reverse order, and no others. */
export function reversed(value: bigint, size: number): bigint {
  let result = 0n;
  for (let i = 0; i < size; i++)
    result |= ((value >> BigInt(8 * i)) & 0xffn) << BigInt(8 * (size - 1 - i));
  return result;
}

/** How often regions may be entered again within an access, while they are in a callback. */
const MAX_REENTRIES = 1000;

/** One access to a region that is not reached as memory. Values are as the bus has them. */
export class ModelDispatch {
  readonly #host: CallbackHost;
  /** How many of a region's callbacks are under way. */
  readonly #entered = new Map<ModelRegion, number>();
  #depth = 0;
  #reentries = 0;

  constructor(host: CallbackHost) {
    this.#host = host;
  }

  /** An access begins; unless others are under way, re-entries count from 0. */
  begin(): void {
    if (this.#depth === 0) this.#reentries = 0;
  }

  /** The value is what the callbacks answered, perhaps wider than the access. */
  read(
    region: ModelRegion | null,
    offset: number,
    size: number,
    big: boolean,
  ): { result: number; value: bigint } {
    if (region?.kind === "ramDevice") return this.#readRamDevice(region, offset, size, big);
    const device = this.#admit(region, offset, size, false);
    if (!region || !device) return { result: DECODE_ERROR, value: 0n };
    const { traits } = device;
    const { guard } = region;
    if (!this.#mayEnter(region, guard)) return { result: ACCESS_ERROR, value: 0n };
    this.#enter(region, guard);
    const piece = pieceSize(device, size);
    let result = 0;
    let value = 0n;
    for (let i = 0; i < size; i += piece) {
      this.#host.callback(region, `read ${offset + i} ${piece}`);
      const answer = device.read(offset + i, piece);
      if (answer.result < 0) {
        result = ERROR;
        value = 0n;
        break;
      }
      result |= answer.result;
      const part = answer.result === 0 ? cut(answer.value, piece) : 0n;
      const shift = 8 * (traits.bigEndian ? size - piece - i : i);
      value |= shift >= 0 ? part << BigInt(shift) : part >> BigInt(-shift);
    }
    this.#leave(region, guard);
    value = BigInt.asUintN(64, value);
    return { result, value: big !== traits.bigEndian ? reversed(value, size) : value };
  }

  write(
    region: ModelRegion | null,
    offset: number,
    size: number,
    big: boolean,
    raw: bigint,
  ): number {
    if (region?.kind === "ramDevice") return this.#writeRamDevice(region, offset, size, big, raw);
    const device = this.#admit(region, offset, size, true);
    if (!region || !device) return DECODE_ERROR;
    const { traits } = device;
    const value = big !== traits.bigEndian ? reversed(raw, size) : raw;
    const trigger = region.triggers.find(
      ({ at, size: own, data }) =>
        at === offset && (own === 0 || (own === size && (data === null || data === value))),
    );
    if (trigger) {
      if (!this.#mayEnter(region, null)) return ACCESS_ERROR;
      this.#enter(region, null);
      this.#host.callback(region, `signal ${trigger.at}`);
      this.#leave(region, null);
      return 0;
    }
    const { guard } = region;
    if (!this.#mayEnter(region, guard)) return ACCESS_ERROR;
    this.#enter(region, guard);
    const piece = pieceSize(device, size);
    let result = 0;
    for (let i = 0; i < size; i += piece) {
      const shift = 8 * (traits.bigEndian ? size - piece - i : i);
      const part = cut(shift >= 0 ? value >> BigInt(shift) : value << BigInt(-shift), piece);
      this.#host.callback(region, `write ${offset + i} ${piece} ${part}`);
      const answer = device.write(offset + i, part, piece);
      if (answer < 0) {
        result = ERROR;
        break;
      }
      result |= answer;
    }
    this.#leave(region, guard);
    return result;
  }

  /** Whether the rules of a device allow an access. */
  isValid(region: ModelRegion | null, offset: number, size: number, isWrite: boolean): boolean {
    if (region?.kind === "ramDevice") return true;
    return this.#admit(region, offset, size, isWrite) !== null;
  }

  #admit(
    region: ModelRegion | null,
    offset: number,
    size: number,
    isWrite: boolean,
  ): Device | null {
    const device = region?.device ?? null;
    if (!region || !device) return null;
    const { accepts, valid } = device.traits;
    if (accepts) {
      if (!this.#mayEnter(region, null)) return null;
      this.#enter(region, null);
      this.#host.callback(region, `accepts ${offset} ${size}`);
      this.#leave(region, null);
      try {
        if (!device.accepts(offset, size, isWrite)) return null;
      } catch {
        return null;
      }
    }
    if (!valid.unaligned && offset % size !== 0) return null;
    if (valid.max !== 0 && (size > valid.max || size < valid.min)) return null;
    return device;
  }

  #mayEnter(region: ModelRegion, guard: number | null): boolean {
    if (guard !== null && this.#host.engaged.has(guard)) return false;
    return (this.#entered.get(region) ?? 0) === 0 || this.#reentries < MAX_REENTRIES;
  }

  #enter(region: ModelRegion, guard: number | null): void {
    const times = this.#entered.get(region) ?? 0;
    if (guard !== null) this.#host.engaged.add(guard);
    if (times > 0) this.#reentries++;
    this.#entered.set(region, times + 1);
    this.#depth++;
  }

  #leave(region: ModelRegion, guard: number | null): void {
    if (guard !== null) this.#host.engaged.delete(guard);
    this.#entered.set(region, (this.#entered.get(region) ?? 1) - 1);
    this.#depth--;
  }

  #readRamDevice({ block }: ModelRegion, offset: number, size: number, big: boolean) {
    if (!block || offset + size > block.bytes.length) return { result: DECODE_ERROR, value: 0n };
    let value = 0n;
    for (let i = 0; i < size; i++) value |= BigInt(block.at(offset + i)) << BigInt(8 * i);
    return { result: 0, value: big ? reversed(value, size) : value };
  }

  #writeRamDevice({ block }: ModelRegion, offset: number, size: number, big: boolean, raw: bigint) {
    if (!block || offset + size > block.bytes.length) return DECODE_ERROR;
    const value = big ? reversed(raw, size) : raw;
    for (let i = 0; i < size; i++)
      block.bytes[offset + i] = Number((value >> BigInt(8 * i)) & 0xffn);
    return 0;
  }
}

function pieceSize({ traits: { impl } }: Device, size: number): number {
  return Math.max(Math.min(size, impl.max || 4), impl.min || 1);
}

/** How many bytes of a bulk access go to a device at once. */
export function chunk(region: ModelRegion | null, length: number, at: number): number {
  let max = 4;
  let aligned = true;
  if (region?.kind === "ramDevice") {
    max = 8;
    aligned = false;
  } else if (region?.device) {
    max = region.device.traits.valid.max || 4;
    aligned = !region.device.traits.impl.unaligned;
  }
  const low = at % 8;
  if (aligned && low !== 0) max = Math.min(max, low & -low);
  const limit = Math.min(length, max);
  return limit >= 8 ? 8 : limit >= 4 ? 4 : limit >= 2 ? 2 : 1;
}
