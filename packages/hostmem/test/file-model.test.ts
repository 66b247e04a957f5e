import { readFileSync, writeFileSync } from "node:fs";
import { type MemoryRegion, RAM_CHUNK_BYTES } from "@mem/core";
import { type AddressSpace, Machine } from "@mem/flat";
import { fileRam } from "@mem/hostmem";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockOf, fileOf, PAGE, pattern, temporaryFolder, ways } from "./temporary.js";

const files = temporaryFolder();
const SIZE = 2 * RAM_CHUNK_BYTES + 5 * PAGE;
const PAGES = SIZE / PAGE;
const OFFSET = 2 * PAGE;
const START = pattern(OFFSET + SIZE);

/** Few pages, at the edges of chunks, so that steps meet. */
const page = fc.constantFrom(0, 1, 2, 510, 511, 512, 513, 1023, 1024, PAGES - 1);
const step = fc.record({
  kind: fc.constantFrom("store", "store", "poke", "poke", "discard", "sync", "sync", "reopen"),
  page,
  at: fc.integer({ min: 0, max: PAGE - 1 }),
  value: fc.integer({ min: 0, max: 255 }),
  pages: fc.constantFrom(1, 2, 512, 513, 1030),
});

/** Memory of a file, beside two plain arrays: what is in memory, and what is in the file. */
class Pair {
  memory: Uint8Array = START.slice(OFFSET);
  file: Uint8Array = START.slice();
  readonly problems: string[] = [];
  readonly #path: string;
  readonly #share: boolean;
  readonly #mapping: "never" | "required";
  #ram: MemoryRegion;
  #space: AddressSpace;

  constructor(path: string, share: boolean, mapping: "never" | "required") {
    this.#path = path;
    this.#share = share;
    this.#mapping = mapping;
    writeFileSync(path, START);
    [this.#ram, this.#space] = this.#open();
  }

  store(at: number, value: number): void {
    this.#space.write(at, new Uint8Array([value]));
    this.memory[at] = value;
  }

  poke(at: number, value: number): void {
    this.#ram.ramBytes(at, 1)[0] = value;
    this.memory[at] = value;
  }

  discard(from: number, to: number): void {
    blockOf(this.#ram).discard(from, to - from);
    this.memory.fill(0, from, to);
  }

  /** In the range the file follows memory; beside it, only what was discarded may. */
  sync(from: number, to: number): void {
    const { statistics } = fileOf(this.#ram);
    const before = statistics.bytesWritten;
    this.#ram.msync(from, to - from);
    const now = new Uint8Array(readFileSync(this.#path));
    let changed = 0;
    const isMapped = this.#mapping === "required";
    for (let at = 0; at < this.file.length; at += PAGE) {
      if (samePage(now, at, this.file, at)) continue;
      changed += PAGE;
      const allowed = this.#share && at >= OFFSET && samePage(now, at, this.memory, at - OFFSET);
      this.#check(allowed, `page at ${at} holds neither what it held nor what memory holds`);
    }
    const held = now.subarray(OFFSET + from, OFFSET + to);
    const wanted = this.#share
      ? this.memory.subarray(from, to)
      : START.subarray(OFFSET + from, OFFSET + to);
    this.#check(Buffer.compare(held, wanted) === 0, "the range that was synced is not in the file");
    const written = statistics.bytesWritten - before;
    this.#check(
      written === (isMapped ? 0 : changed),
      `${written} bytes were written, ${changed} had changed`,
    );
    this.file = now;
  }

  reopen(): void {
    this.close();
    [this.#ram, this.#space] = this.#open();
    this.memory = this.file.slice(OFFSET);
  }

  close(): void {
    fileOf(this.#ram).close();
    if (this.#share) this.file.set(this.memory, OFFSET);
    const same = Buffer.compare(readFileSync(this.#path), this.file) === 0;
    this.#check(same, "the file that was closed is not what it should be");
  }

  compareMemory(): void {
    const into = new Uint8Array(SIZE);
    this.#space.read(0, into);
    this.#check(Buffer.compare(into, this.memory) === 0, "memory is not what it should be");
  }

  #check(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }

  #open(): [MemoryRegion, AddressSpace] {
    const machine = new Machine();
    const [path, share, mapping] = [this.#path, this.#share, this.#mapping];
    const options = { name: "ram", size: SIZE, path, offset: OFFSET, share, mapping };
    const ram = fileRam(machine, options);
    return [ram, machine.addressSpace(ram, "cpu")];
  }
}

function samePage(a: Uint8Array, at: number, b: Uint8Array, bt: number): boolean {
  return Buffer.compare(a.subarray(at, at + PAGE), b.subarray(bt, bt + PAGE)) === 0;
}

const kinds = ways.flatMap((mapping) => [true, false].map((share) => ({ share, mapping })));

describe.each(kinds)("memory of a file, share: $share, mapping: $mapping", (options) => {
  it("and the file agree with two plain arrays", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const pair = new Pair(files.path("f"), options.share, options.mapping);
        for (const { kind, page: first, at, value, pages } of steps) {
          const from = first * PAGE;
          const to = Math.min(from + pages * PAGE, SIZE);
          if (kind === "store") pair.store(from + at, value);
          else if (kind === "poke") pair.poke(from + at, value);
          else if (kind === "discard") pair.discard(from, to);
          else if (kind === "sync") pair.sync(from, to);
          else pair.reopen();
        }
        pair.compareMemory();
        pair.close();
        expect(pair.problems).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
