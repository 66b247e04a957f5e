import type { CpuBus, CpuWindow } from "../../src/index.js";

/** A RAM or ROM range of a `MemoryBus`; `bytes` is shared between ranges to make an alias. */
export interface BusRange {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly writable: boolean;
}

function windowOver(
  start: number,
  last: number,
  bytes: Uint8Array | null,
  writable: boolean,
): CpuWindow {
  return {
    start,
    last,
    region: { directRead: bytes !== null, plainWrite: writable },
    bytes,
    view: bytes === null ? null : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    bias: start,
  };
}

/** RAM and ROM at fixed places; holes read as zero and swallow writes. */
export class MemoryBus implements CpuBus {
  readonly #windows: CpuWindow[] = [];

  constructor(ranges: readonly BusRange[]) {
    let next = 0;
    for (const { start, bytes, writable } of ranges) {
      if (start > next) this.#windows.push(windowOver(next, start - 1, null, false));
      this.#windows.push(windowOver(start, start + bytes.length - 1, bytes, writable));
      next = start + bytes.length;
    }
    if (next <= 0xffffffff) this.#windows.push(windowOver(next, 0xffffffff, null, false));
  }

  lookup(addr: number): CpuWindow {
    const found = this.#windows.find((w) => addr <= w.last);
    if (found === undefined) throw new RangeError(`bus address ${addr} beyond 4 GiB`);
    return found;
  }

  load(addr: number, size: 1 | 2 | 4): number {
    let value = 0;
    for (let i = 0; i < size; i++) {
      const at = (addr + i) % 2 ** 32;
      const w = this.lookup(at);
      value += (w.bytes === null ? 0 : (w.bytes[at - w.bias] ?? 0)) * 2 ** (8 * i);
    }
    return value;
  }

  store(addr: number, size: 1 | 2 | 4, value: number): number {
    for (let i = 0; i < size; i++) {
      const at = (addr + i) % 2 ** 32;
      const w = this.lookup(at);
      if (w.bytes !== null && w.region.plainWrite) w.bytes[at - w.bias] = value >>> (8 * i);
    }
    return 0;
  }

  listen(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }
}
