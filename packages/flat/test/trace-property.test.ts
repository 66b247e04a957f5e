import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AccessEvent,
  AccessTrace,
  Data64,
  memOp,
  memTxAttrs,
  MEMTXATTRS_UNSPECIFIED,
  type TraceRange,
} from "../src/index.js";
import { pieceAt, traceBoard, type TraceBoard } from "./trace-board.js";

const DEBUG = memTxAttrs({ debug: true });
const MEMORY_ONLY = memTxAttrs({ memory: true });

const address = fc.oneof(
  fc.integer({ min: 0, max: 0x4808 }),
  fc.integer({ min: 0x4ff8, max: 0x6148 }),
  fc.integer({ min: 0x5ff8, max: 0x6148 }),
  fc.integer({ min: 0x7ff8, max: 0xa008 }),
);

const step = fc.record({
  kind: fc.constantFrom("word", "word", "data", "data", "bulk", "fetch", "change"),
  isStore: fc.boolean(),
  addr: address,
  log2: fc.integer({ min: 0, max: 3 }),
  isBig: fc.boolean(),
  lo: fc.integer({ min: 0, max: 0xffff_ffff }),
  hi: fc.integer({ min: 0, max: 0xffff_ffff }),
  length: fc.integer({ min: 1, max: 40 }),
  attrs: fc.constantFrom(MEMTXATTRS_UNSPECIFIED, MEMTXATTRS_UNSPECIFIED, DEBUG, MEMORY_ONLY),
  change: fc.integer({ min: 0, max: 1 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An access by its step: how it went, and what it moved in the order of ascending addresses. */
interface Answer {
  readonly result: number;
  readonly bytes: readonly number[];
}

function run({ space, romd, ram }: TraceBoard, each: Step): Answer | null {
  const { kind, isStore, addr, log2, isBig, lo, hi, length, attrs } = each;
  if (kind === "change") {
    if (each.change === 0) romd.romd = !romd.romd;
    else ram.setLog(!ram.isLogging(0));
    return null;
  }
  if (kind === "fetch") {
    const value = space.fetch(addr);
    return { result: space.lastResult, bytes: [value] };
  }
  if (kind === "bulk") {
    const bytes = new Uint8Array(length).map((_, i) => lo + i * 7);
    const result = isStore ? space.write(addr, bytes, attrs) : space.read(addr, bytes, attrs);
    return { result, bytes: [...bytes] };
  }
  const size = (1 << (kind === "word" ? Math.min(log2, 2) : log2)) as 1 | 2 | 4;
  const data = new Data64();
  data.set(lo, hi);
  const bytes = new Uint8Array(size);
  const isBigData = kind === "data" && isBig;
  if (isStore) data.storeBytes(bytes, 0, size);
  let result: number;
  if (kind === "word") {
    if (isStore) result = space.store(addr, size, lo, attrs);
    else {
      data.value = space.load(addr, size, attrs);
      result = space.lastResult;
    }
  } else {
    const op = memOp(size, isBig ? "big" : "little");
    result = isStore
      ? space.storeData(addr, op, data, attrs)
      : space.loadData(addr, op, data, attrs);
  }
  if (!isStore) data.storeBytes(bytes, 0, size);
  return { result, bytes: isBigData ? [...bytes].reverse() : [...bytes] };
}

function bytesOf({ value, size }: AccessEvent): number[] | null {
  if (value === null) return null;
  return Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
}

/** What is wrong with the events of one access, given the access and the way the board is built. */
function faultsOf(
  { space, regions }: TraceBoard,
  each: Step,
  answer: Answer,
  events: readonly AccessEvent[],
): string[] {
  const faults: string[] = [];
  const check = (isRight: boolean, what: string) => void (isRight || faults.push(what));
  const isFetch = each.kind === "fetch";
  const type = isFetch ? "fetch" : each.isStore ? "write" : "read";
  let done = 0;
  let result = 0;
  for (const event of events) {
    const addr = each.addr + done;
    const piece = pieceAt(addr);
    check(event.type === type && event.isWrite === (type === "write"), "type");
    check(event.space === space && event.address === addr, "address");
    check(event.attrs === (isFetch ? MEMTXATTRS_UNSPECIFIED : each.attrs), "attrs");
    check(event.region === regions.get(piece?.region ?? "unassigned"), "region");
    check(event.via === (piece?.via ? regions.get(piece.via) : null), "via");
    check(event.target === (piece?.target ?? "unassigned"), "target");
    const isHole = piece === null || piece.target === "unassigned";
    check(isHole || event.offset === addr - piece.first + piece.offset, "offset");
    // What was refused is one piece up to the end; anything else keeps to its section.
    const isRun = each.kind === "bulk" && each.attrs !== MEMORY_ONLY && event.size > 8;
    check(!isRun || piece === null || addr + event.size - 1 <= piece.last, "section");
    const moved = bytesOf(event);
    const expected = answer.bytes.slice(done, done + event.size);
    check(moved !== null || event.size > 8 || each.attrs === MEMORY_ONLY, "no value");
    check(moved === null || moved.join(" ") === expected.join(" "), "value");
    done += event.size;
    result |= event.result;
  }
  check(result === answer.result, "result");
  // A memory-only transfer that begins where there is no memory is refused as a whole.
  const isRefused = each.kind === "bulk" && each.attrs === MEMORY_ONLY && answer.result !== 0;
  check(isRefused || done === answer.bytes.length, "length");
  return faults;
}

const touches = ({ addr, size }: TraceRange, event: AccessEvent): boolean =>
  Number(event.address) < Number(addr) + Number(size) &&
  Number(event.address) + event.size > Number(addr);

const strip = ({ type, address: at, size, value, offset, target, result }: AccessEvent) =>
  [type, at, size, value, offset, target, result].join(" ");

describe("a trace", () => {
  it("changes no answer, and its events are what a naive observer would note", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const plain = traceBoard();
        const traced = traceBoard();
        let events: AccessEvent[] = [];
        using trace = new AccessTrace(traced.space);
        trace.on((event) => events.push(event));
        let sequence = -1;
        let count = 0;
        for (const each of steps) {
          const expected = run(plain, each);
          events = [];
          const answer = run(traced, each);
          expect(answer).toEqual(expected);
          expect(answer ? faultsOf(traced, each, answer, events) : events).toEqual([]);
          for (const event of events) {
            expect(event.sequence).toBeGreaterThan(sequence);
            sequence = event.sequence;
          }
          count += events.length;
        }
        expect(traced.state()).toEqual(plain.state());
        const counted = [...trace.counters.values()].reduce((sum, c) => sum + c.accesses, 0);
        expect(counted).toBe(count);
      }),
      { numRuns: 80 },
    );
  });

  it("of ranges has the events of a trace of everything that touch them", () => {
    const range = fc.record({ addr: address, size: fc.integer({ min: 1, max: 0x1800 }) });
    const ranges = fc.array(range, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), ranges, (steps, wanted) => {
        const whole = traceBoard();
        const partly = traceBoard();
        const all: AccessEvent[] = [];
        const some: AccessEvent[] = [];
        using everything = new AccessTrace(whole.space);
        everything.on((event) => all.push(event));
        using filtered = new AccessTrace(partly.space, { ranges: wanted });
        filtered.on((event) => some.push(event));
        for (const each of steps) expect(run(partly, each)).toEqual(run(whole, each));
        expect(partly.state()).toEqual(whole.state());
        const expected = all.filter((event) => wanted.some((one) => touches(one, event)));
        expect(some.map(strip)).toEqual(expected.map(strip));
      }),
      { numRuns: 80 },
    );
  });
});
