import type { Operation } from "../operation.js";
import { nth, pattern, summary, wideValue, wordSize } from "../world.js";
import type { Hit, ModelAccess, ModelView } from "./model-access.js";
import type { ModelDispatch } from "./model-dispatch.js";
import type { ModelRegion } from "./model-region.js";

type CacheAccess = Extract<Operation, { op: "cacheAccess" }>;

/** A piece of a view that was looked up once. */
interface ModelCache {
  readonly view: ModelView;
  readonly at: number;
  readonly hit: Hit;
  readonly length: number;
  readonly isDirect: boolean;
  readonly isWrite: boolean;
}

/** Cached pieces of address spaces. */
export class ModelCaches {
  readonly #access: ModelAccess;
  readonly #dispatch: ModelDispatch;
  readonly #loggersOf: (region: ModelRegion) => number;
  #list: ModelCache[] = [];

  constructor(
    access: ModelAccess,
    dispatch: ModelDispatch,
    loggersOf: (region: ModelRegion) => number,
  ) {
    this.#access = access;
    this.#dispatch = dispatch;
    this.#loggersOf = loggersOf;
  }

  /** Looks a piece up. */
  open(view: ModelView, step: Extract<Operation, { op: "cache" }>): string {
    if (this.#list.length >= 4) return "skipped";
    const { at, isWrite, length: wanted } = step;
    const section = view.sectionAt(at);
    const { region } = section;
    const offset = region ? section.offset + at - section.start : at;
    let length = region ? Math.min(section.end - at, wanted) : wanted;
    const isDirect = region?.isDirect(isWrite, false) === true;
    if (region && isDirect) {
      const run = this.#access.contiguous(view, at, wanted, { region, offset, length }, isWrite);
      length = Math.min(run, (region.block?.bytes.length ?? 0) - offset);
    }
    this.#list.push({ view, at, hit: { region, offset, length }, length, isDirect, isWrite });
    return `${isDirect} ${length}`;
  }

  /** An access to a cache. */
  use(step: CacheAccess): string {
    const cache = nth(this.#list, step.cache);
    return cache ? this.#perform(cache, step) : "skipped";
  }

  /** Ends a cache. */
  close(index: number): void {
    const cache = nth(this.#list, index);
    this.#list = this.#list.filter((other) => other !== cache);
  }

  #perform(cache: ModelCache, step: CacheAccess): string {
    const { at, big, form } = step;
    const isWord = form === "load" || form === "store";
    const size = isWord ? wordSize(step.size) : step.size;
    if (at + size > cache.length) return "cache-range";
    if (!cache.isWrite && form !== "load" && form !== "read") return "cache-direction";
    const { region } = cache.hit;
    const offset = cache.hit.offset + at;
    const memory = cache.isDirect ? region?.block : null;
    if (form === "invalidate") {
      if (memory && region) memory.mark(offset, size, this.#loggersOf(region));
      return "ok";
    }
    const isWrite = form === "store" || form === "write";
    if (isWord) {
      const value = wideValue(step.value);
      if (memory && region) {
        if (isWrite) return this.#storeInPlace(region, offset, size, big, value);
        let read = 0n;
        for (let i = 0; i < size; i++)
          read = (read << 8n) | BigInt(memory.at(offset + (big ? i : size - 1 - i)));
        return `0 ${read.toString(16)}`;
      }
      const hit = this.#locate(cache, at, size, isWrite);
      if (isWrite) return `${this.#access.storeTranslated(hit, size, big, value, "none")}`;
      const read = this.#access.loadTranslated(hit, size, big);
      return `${read.result} ${read.value.toString(16)}`;
    }
    this.#dispatch.begin();
    const bytes = isWrite ? pattern(step.value, size) : new Array<number>(size).fill(0xee);
    let result = 0;
    if (memory) {
      if (isWrite) memory.bytes.set(bytes, offset);
      else for (let i = 0; i < size; i++) bytes[i] = memory.at(offset + i);
    } else {
      for (let done = 0; done < size;) {
        const hit = this.#locate(cache, at + done, size - done, isWrite);
        const part = bytes.slice(done, done + Math.min(hit.length, size - done));
        result |= this.#access.cached(hit, part, isWrite);
        for (const [i, byte] of part.entries()) bytes[done + i] = byte;
        done += part.length;
      }
    }
    return isWrite ? `${result}` : `${result} ${summary(bytes)}`;
  }

  /** In place: neither the rules of the region nor dirty clients are asked. */
  #storeInPlace(region: ModelRegion, offset: number, size: number, big: boolean, value: bigint) {
    for (let i = 0; i < size; i++) {
      const shift = BigInt(8 * (big ? size - 1 - i : i));
      if (region.block) region.block.bytes[offset + i] = Number((value >> shift) & 0xffn);
    }
    return "0";
  }

  #locate(cache: ModelCache, at: number, length: number, isWrite: boolean): Hit {
    const { region, offset } = cache.hit;
    if (region?.kind === "iommu") {
      return this.#access.translate(cache.view, cache.at + at, length, isWrite);
    }
    return { region, offset: offset + at, length };
  }
}
