import type { Operation } from "../operation.js";
import { nth, pattern, summary } from "../world.js";
import type { ModelAccess } from "./model-access.js";
import type { ModelRegion } from "./model-region.js";
import type { ModelSpace } from "./model-topology.js";

/** Guest memory that a device has for a transfer. */
interface ModelMapping {
  readonly space: ModelSpace;
  readonly at: number;
  readonly isWrite: boolean;
  /** Where the memory is; `null` for a bounce buffer. */
  readonly direct: { readonly region: ModelRegion; readonly offset: number } | null;
  readonly length: number;
  readonly bytes: number[];
}

const BOUNCE_BYTES = 4096;

/** Mappings, in place and by bounce buffers. */
export class ModelMappings {
  readonly #access: ModelAccess;
  readonly #loggersOf: (region: ModelRegion) => number;
  #list: ModelMapping[] = [];
  /** Bounce buffers that are being filled. */
  readonly #reading = new Set<ModelMapping>();
  /** Mappings that are being written back, with their room still taken. */
  readonly #ending = new Set<ModelMapping>();

  constructor(access: ModelAccess, loggersOf: (region: ModelRegion) => number) {
    this.#access = access;
    this.#loggersOf = loggersOf;
  }

  /** Whether something of a space is mapped. */
  has(space: ModelSpace): boolean {
    return [...this.#list, ...this.#ending].some((mapping) => mapping.space === space);
  }

  /** Maps a piece of a space. */
  map(space: ModelSpace, step: Extract<Operation, { op: "map" }>): string {
    const { view } = space;
    if (space.isDestroyed || this.#list.length >= 4) return "skipped";
    const { at, isWrite, length: wanted } = step;
    const hit = this.#access.translate(view, at, wanted, isWrite);
    const { region, offset } = hit;
    if (region?.isDirect(isWrite, false)) {
      const room = (region.block?.bytes.length ?? 0) - offset;
      const run = this.#access.contiguous(view, at, wanted, hit, isWrite);
      const length = Math.min(run, room);
      this.#list.push({ space, at, isWrite, direct: { region, offset }, length, bytes: [] });
      return `direct ${length}`;
    }
    const taken = [...this.#list, ...this.#reading, ...this.#ending]
      .filter((mapping) => mapping.space === space && !mapping.direct)
      .reduce((sum, { length }) => sum + length, 0);
    const length = Math.min(hit.length, BOUNCE_BYTES - taken);
    if (length <= 0) return "null";
    const bytes = new Array<number>(length).fill(0);
    const mapping = { space, at, isWrite, direct: null, length, bytes };
    if (!isWrite) {
      // Devices that are read may map something themselves; that is there first.
      this.#reading.add(mapping);
      this.#access.read(space.view, at, bytes, "none");
      this.#reading.delete(mapping);
    }
    this.#list.push(mapping);
    return `bounce ${length} ${summary(bytes)}`;
  }

  /** Ends a mapping, after writing to it. */
  unmap(index: number, value: number): string {
    const mapping = nth(this.#list, index);
    if (!mapping) return "skipped";
    this.#list = this.#list.filter((other) => other !== mapping);
    const { at, direct, isWrite, length, space } = mapping;
    const bytes = pattern(value, Math.min(length, 64));
    if (!isWrite) return "ok";
    if (direct) {
      direct.region.block?.bytes.set(bytes, direct.offset);
      direct.region.block?.mark(direct.offset, length, this.#loggersOf(direct.region));
    } else {
      this.#ending.add(mapping);
      this.#access.write(space.view, at, [...bytes, ...mapping.bytes.slice(bytes.length)], "none");
      this.#ending.delete(mapping);
    }
    return "ok";
  }
}
