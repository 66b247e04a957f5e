import { Random } from "@mem/common";
import { describe, expect, it } from "vitest";
import { Guest } from "./guest.js";
import { CODE, LongModeGuest } from "./long-guest.js";

const CMPS = 0xa6;
const SCAS = 0xae;
const ZF = 0x40;
const MOST = 10_000;

interface Case {
  readonly opcode: number;
  /** Bytes of an element. */
  readonly size: 1 | 2 | 4 | 8;
  /** F2 or F3. */
  readonly prefix: number;
  readonly source: number;
  readonly target: number;
  readonly count: number;
  readonly eax: number;
}

/** Strings of few different bytes, long runs of which are equal, at the ends of pages. */
function fill(random: Random, bytes: Uint8Array): void {
  const usual = random.below(3);
  for (let k = 0; k < bytes.length; k++) bytes[k] = random.oneIn(700) ? random.below(3) : usual;
}
function randomCase(random: Random, sizes: readonly Case["size"][]): Case {
  const size = random.pick(sizes);
  const place = (): number => 0x30000 + 0x1000 * random.below(3) + 0x800 + random.below(0x800);
  const count = random.oneIn(10) ? 0 : random.below(random.oneIn(2) ? 12 : 3000);
  return {
    opcode: random.pick([CMPS, SCAS]),
    size,
    prefix: random.pick([0xf2, 0xf3]),
    source: place(),
    target: place(),
    count,
    eax: random.below(3) * 0x01010101,
  };
}

/** An instruction's bytes without the repetition. */
const element = ({ opcode, size }: Case): number[] => [
  ...(size === 2 ? [0x66] : size === 8 ? [0x48] : []),
  size === 1 ? opcode : opcode + 1,
];

/** What is left in registers. */
interface Outcome {
  readonly source: number;
  readonly target: number;
  readonly count: number;
  readonly flags: number;
}

/** Machine on which a case is run: the repeated instruction, or one element at a time. */
interface Runner {
  readonly bytes: Uint8Array;
  begin(which: Case, code: readonly number[]): void;
  run(count: number): void;
  outcome(): Outcome;
}

function narrow(): Runner {
  const guest = new Guest([], { size: 1 << 20 }).flat();
  const { cpu, memory } = guest;
  return {
    bytes: memory.bytes,
    begin: ({ source, target, count, eax }, code) => {
      guest.put(0x1000, code);
      const registers = { esi: source, edi: target, ecx: count, eax };
      cpu.setState({ ...registers, eip: 0x1000, eflags: 2, halted: false });
    },
    run: (count) => void cpu.run(count),
    outcome: () => {
      const { esi, edi, ecx, eflags } = cpu.state();
      return { source: esi, target: edi, count: ecx, flags: eflags & 0x8d5 };
    },
  };
}
function long(): Runner {
  const { cpu, memory } = new LongModeGuest([]);
  return {
    bytes: memory.bytes,
    begin: ({ source, target, count, eax }, code) => {
      memory.bytes.set(code, CODE);
      const state = cpu.state();
      const registers = [...state.long.registers];
      const wide = BigInt(eax) * 0x1_0000_0001n;
      [registers[0], registers[1], registers[6], registers[7]] = [
        wide,
        BigInt(count),
        BigInt(source),
        BigInt(target),
      ];
      cpu.setState({
        eflags: 2,
        halted: false,
        long: { ...state.long, registers, rip: BigInt(CODE) },
      });
    },
    run: (count) => void cpu.run(count),
    outcome: () => {
      const { long, eflags } = cpu.state();
      const [, count = 0n, , , , , source = 0n, target = 0n] = long.registers;
      const numbers = { source: Number(source), target: Number(target), count: Number(count) };
      return { ...numbers, flags: eflags & 0x8d5 };
    },
  };
}

/** The case, one element after another. */
function oneByOne(runner: Runner, which: Case): Outcome {
  let now: Outcome = { ...which, flags: 0 };
  let left = which.count;
  while (left > 0) {
    runner.begin({ ...which, source: now.source, target: now.target, count: left }, element(which));
    runner.run(1);
    left--;
    now = { ...runner.outcome(), count: left };
    if (((now.flags & ZF) !== 0) !== (which.prefix === 0xf3)) break;
  }
  return { source: now.source, target: now.target, count: now.count, flags: now.flags };
}

describe("a repeated comparison of strings", () => {
  it.each([
    ["32-bit", narrow, [1, 2, 4]],
    ["64-bit", long, [1, 2, 4, 8]],
  ] as const)("ends as its elements do one by one, in %s code", (_, make, sizes) => {
    const random = new Random(7);
    const runner = make();
    for (let k = 0; k < 60; k++) {
      fill(random, runner.bytes.subarray(0x30000, 0x38000));
      const which = randomCase(random, sizes);
      const expected = oneByOne(runner, which);
      runner.begin(which, [which.prefix, ...element(which), 0xf4]);
      runner.run(MOST);
      expect([which, runner.outcome()]).toEqual([which, expected]);
    }
  });
});

describe("repeated STOS", () => {
  it.each([
    ["equal bytes", 4, 0x5a5a5a5a],
    ["two bytes in turns", 4, 0x12341234],
    ["four bytes", 4, 0x12345678],
    ["words of equal bytes", 2, 0x7777],
    ["words", 2, 0x1278],
    ["bytes", 1, 0x42],
  ])("fills memory with %s, no byte too many", (_, size, value) => {
    // rep stos; hlt, across the end of a page
    const guest = new Guest([
      ...(size === 4 ? [0x66] : []),
      ...[0xf3, size === 1 ? 0xaa : 0xab, 0xf4],
    ]);
    const [place, count] = [0x3f80, 101];
    guest.memory.bytes.fill(0xee, place - 16, place + 4 * count + 16);
    guest.cpu.setState({ eax: value, ecx: count, edi: place });
    expect(guest.run().edi).toBe(place + size * count);
    const expected = new Uint8Array(size * count + 32).fill(0xee);
    for (let k = 0; k < size * count; k++) expected[16 + k] = (value >> (8 * (k % size))) & 0xff;
    expect(guest.memory.bytes.slice(place - 16, place + size * count + 16)).toEqual(expected);
  });
});
