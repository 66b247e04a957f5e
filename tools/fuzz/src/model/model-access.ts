import type { Attrs } from "../operation.js";
import { PAGE } from "../operation.js";
import { iommuPage } from "../traits.js";
import type { PlainView } from "../visibility.js";
import { ACCESS_ERROR, chunk, type ModelDispatch, reversed } from "./model-dispatch.js";
import type { ModelRegion } from "./model-region.js";

/** A view as the model has it. */
export type ModelView = PlainView<ModelRegion>;

/** Where an access ends up. */
export interface Hit {
  region: ModelRegion | null;
  offset: number;
  length: number;
}

/** What an access came to. */
export interface Outcome {
  result: number;
  value: bigint;
}

/** What accesses need to know of the machine. */
export interface AccessHost {
  readonly dispatch: ModelDispatch;
  /** The present view of a space, by its number; `null` where there is none any more. */
  viewOf(space: number): ModelView;
  /** The traits number of a region. */
  traitsOf(region: ModelRegion): number;
  /** Clients that are told of stores to the region, as a mask. */
  loggers(region: ModelRegion): number;
}

const MAX_HOPS = 64;
const WRITE = 2;
const READ = 1;

/** Accesses as the rules say, byte by byte. */
export class ModelAccess {
  readonly #host: AccessHost;

  constructor(host: AccessHost) {
    this.#host = host;
  }

  translate(view: ModelView, at: number, length: number, isWrite: boolean): Hit {
    const hit: Hit = { region: null, offset: at, length };
    this.#enter(view, at, hit);
    for (let hops = 0; hit.region?.kind === "iommu"; hops++) {
      const page = iommuPage(this.#host.traitsOf(hit.region));
      const entry = hit.region.translations.get(Math.floor(hit.offset / page));
      if (!entry || hops >= MAX_HOPS || (entry.perm & (isWrite ? WRITE : READ)) === 0) {
        hit.region = null;
        break;
      }
      const inPage = hit.offset % page;
      hit.length = Math.min(hit.length, page - inPage);
      this.#enter(this.#host.viewOf(entry.space), entry.to * page + inPage, hit);
    }
    return hit;
  }

  load(view: ModelView, at: number, size: number, big: boolean): Outcome {
    return this.loadTranslated(this.translate(view, at, size, false), size, big);
  }

  loadTranslated({ region, offset, length }: Hit, size: number, big: boolean): Outcome {
    this.#host.dispatch.begin();
    if (length < size || !region?.isDirect(false, false)) {
      const { result, value } = this.#host.dispatch.read(region, offset, size, big);
      return { result, value: BigInt.asUintN(8 * size, value) };
    }
    let value = 0n;
    for (let i = 0; i < size; i++)
      value |= BigInt(region.block?.at(offset + i) ?? 0) << BigInt(8 * i);
    return { result: 0, value: big ? reversed(value, size) : value };
  }

  store(
    view: ModelView,
    at: number,
    size: number,
    big: boolean,
    raw: bigint,
    attrs: Attrs,
  ): number {
    return this.storeTranslated(this.translate(view, at, size, true), size, big, raw, attrs);
  }

  storeTranslated(hit: Hit, size: number, big: boolean, raw: bigint, attrs: Attrs): number {
    this.#host.dispatch.begin();
    const { region, offset, length } = hit;
    const value = BigInt.asUintN(8 * size, raw);
    if (length < size || !region?.isDirect(true, attrs === "debug")) {
      return this.#host.dispatch.write(region, offset, size, big, value);
    }
    const little = big ? reversed(value, size) : value;
    const bytes = Array.from({ length: size }, (_, i) => Number((little >> BigInt(8 * i)) & 0xffn));
    this.#writeMemory(region, offset, bytes);
    return 0;
  }

  /** Reads into `into`. */
  read(view: ModelView, at: number, into: number[], attrs: Attrs): number {
    return this.#transfer(view, at, into.length, false, attrs, (hit, done, n) => {
      const { region, offset } = hit;
      if (region?.isDirect(false, attrs === "debug")) {
        for (let i = 0; i < n; i++) into[done + i] = region.block?.at(offset + i) ?? 0;
        return 0;
      }
      const { result, value } = this.#host.dispatch.read(region, offset, n, false);
      for (let i = 0; i < n; i++) into[done + i] = Number((value >> BigInt(8 * i)) & 0xffn);
      return result;
    });
  }

  write(view: ModelView, at: number, from: readonly number[], attrs: Attrs): number {
    return this.#transfer(view, at, from.length, true, attrs, (hit, done, n) => {
      const { region, offset } = hit;
      const bytes = from.slice(done, done + n);
      if (region?.isDirect(true, attrs === "debug")) {
        this.#writeMemory(region, offset, bytes);
        return 0;
      }
      const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
      return this.#host.dispatch.write(region, offset, n, false, value);
    });
  }

  /** Writes RAM and ROM alike, and no devices. */
  writeRom(view: ModelView, at: number, from: readonly number[]): void {
    for (let done = 0; done < from.length;) {
      const hit = this.translate(view, at + done, from.length - done, true);
      const { region, offset } = hit;
      if (region?.directRead) {
        const n = directLength(hit);
        this.#writeMemory(region, offset, from.slice(done, done + n));
        done += n;
      } else {
        done += chunk(region, hit.length, offset);
      }
    }
  }

  isValid(view: ModelView, at: number, length: number, isWrite: boolean, attrs: Attrs): boolean {
    this.#host.dispatch.begin();
    for (let done = 0; done < length;) {
      const hit = this.translate(view, at + done, length - done, isWrite);
      if (hit.region?.isDirect(isWrite, attrs === "debug")) {
        done += hit.length;
        continue;
      }
      const n = chunk(hit.region, hit.length, at + done);
      if (!this.#host.dispatch.isValid(hit.region, hit.offset, n, isWrite)) return false;
      done += n;
    }
    return true;
  }

  /** The translation of a page: its target and address, or nothing. */
  iotlb(
    space: number,
    at: number,
    isWrite: boolean,
  ): { space: number; to: number; size: number } | null {
    let target = space;
    let where = at;
    let size = 0;
    for (let hops = 0; ; hops++) {
      const page = Math.floor(where / PAGE) * PAGE;
      const range = this.#host
        .viewOf(target)
        .ranges.find(({ start, end }) => end > page && start < page + PAGE);
      if (!range) return null;
      const isWhole = range.start <= page && range.end >= page + PAGE;
      if (!isWhole || range.region.kind !== "iommu") break;
      const own = iommuPage(this.#host.traitsOf(range.region));
      const offset = where - range.start + range.offset;
      const entry = range.region.translations.get(Math.floor(offset / own));
      if (!entry || hops >= MAX_HOPS || (entry.perm & (isWrite ? WRITE : READ)) === 0) return null;
      where = entry.to * own + (offset % own);
      size = size === 0 ? own : Math.min(size, own);
      target = entry.space;
    }
    const bytes = size || PAGE;
    return { space: target, to: Math.floor(where / bytes) * bytes, size: bytes };
  }

  /** How far a range goes on in one run of one region, from a first piece on. */
  contiguous(view: ModelView, at: number, wanted: number, first: Hit, isWrite: boolean): number {
    let done = Math.min(first.length, wanted);
    while (done < wanted) {
      const next = this.translate(view, at + done, wanted - done, isWrite);
      if (next.region !== first.region || next.offset !== first.offset + done) break;
      done += next.length;
    }
    return Math.min(done, wanted);
  }

  /** Pieces of a cache that is not memory in place: a device is asked directly. */
  cached(hit: Hit, bytes: number[], isWrite: boolean): number {
    let result = 0;
    const { region } = hit;
    for (let done = 0; done < bytes.length;) {
      const offset = hit.offset + done;
      const left = bytes.length - done;
      const room = (region?.block?.bytes.length ?? 0) - offset;
      const isDirect = region?.isDirect(isWrite, false) === true && room > 0;
      const n = isDirect ? Math.min(left, room) : chunk(region, left, offset);
      if (region && isDirect) {
        if (isWrite) this.#writeMemory(region, offset, bytes.slice(done, done + n));
        else for (let i = 0; i < n; i++) bytes[done + i] = region.block?.at(offset + i) ?? 0;
      } else if (isWrite) {
        const part = bytes.slice(done, done + n);
        const value = part.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
        result |= this.#host.dispatch.write(region, offset, n, false, value);
      } else {
        const answer = this.#host.dispatch.read(region, offset, n, false);
        result |= answer.result;
        for (let i = 0; i < n; i++)
          bytes[done + i] = Number((answer.value >> BigInt(8 * i)) & 0xffn);
      }
      done += n;
    }
    return result;
  }

  #enter(view: ModelView, at: number, hit: Hit): void {
    const section = view.sectionAt(at);
    hit.region = section.region;
    hit.offset = section.region ? section.offset + at - section.start : at;
    if (section.region?.isRam) hit.length = Math.min(hit.length, section.end - at);
  }

  #writeMemory(region: ModelRegion, offset: number, bytes: readonly number[]): void {
    const { block } = region;
    if (!block) return;
    for (const [i, byte] of bytes.entries()) {
      if (offset + i < block.bytes.length) block.bytes[offset + i] = byte;
    }
    block.mark(offset, bytes.length, this.#host.loggers(region));
  }

  #transfer(
    view: ModelView,
    at: number,
    length: number,
    isWrite: boolean,
    attrs: Attrs,
    piece: (hit: Hit, done: number, n: number) => number,
  ): number {
    this.#host.dispatch.begin();
    let result = 0;
    for (let done = 0; done < length;) {
      const hit = this.translate(view, at + done, length - done, isWrite);
      let n: number;
      if (attrs === "memory" && !hit.region?.isRam) {
        if (done === 0) return ACCESS_ERROR;
        result |= ACCESS_ERROR;
        n = hit.length;
      } else {
        const isDirect = hit.region?.isDirect(isWrite, attrs === "debug") === true;
        n = isDirect ? directLength(hit) : chunk(hit.region, hit.length, hit.offset);
        result |= piece(hit, done, n);
      }
      done += n;
    }
    return result;
  }
}

function directLength({ region, offset, length }: Hit): number {
  return Math.min(length, (region?.block?.bytes.length ?? 0) - offset);
}
