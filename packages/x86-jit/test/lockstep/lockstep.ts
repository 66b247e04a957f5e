/** Runs random programs on the interpreter and on the translator, and compares what they did. */
import { Random } from "@mem/common";
import type { TranslatorOptions } from "../../src/index.js";
import {
  areEqual,
  areEqualWords,
  areSame,
  describe,
  describeFpu,
  hexWords,
  isSameStack,
} from "./compare.js";
import { Guest, type Mode } from "./machine.js";
import { DATA } from "./places.js";
import { beginFpu, makeStart, randomRegisters, type Start } from "./start.js";

/** What one program is run with. */
export interface LockstepCase {
  readonly seed: number;
  readonly mode: Mode;
  readonly reach: LockstepReach;
}

/** How far a program is run. */
export interface LockstepReach {
  /** Parts that it is run in at most, between which things happen to the machine. */
  readonly slices: number;
  /** Instructions of the longest parts. */
  readonly longest: number;
}

/** Two thousand instructions, of many different programs. */
export const BRIEF: LockstepReach = { slices: 6, longest: 4000 };
/** Twelve thousand of them. */
export const USUAL: LockstepReach = { slices: 40, longest: 4000 };
/** A million: translating takes most of the time of others, and here the instructions do. */
export const LONG: LockstepReach = { slices: 40, longest: 1_000_000 };

/** After so many slices all of memory is compared. */
const COMPARED = 8;
/** Instructions of most slices at most: a few, or some hundred. */
const SHORT = 40;
const MIDDLE = 400;
/** Instructions shown before the first that is wrong. */
const SHOWN = 30;
const HLT = 0xf4;

/** Two machines that run the same programs. */
export class Lockstep {
  readonly interpreted = new Guest(null);
  readonly translated: Guest;
  /** Instructions executed. */
  count = 0;

  constructor(options: Partial<TranslatorOptions> = {}) {
    this.translated = new Guest({ threshold: 1, batch: 1, patience: 1, ...options });
  }

  /** Runs one program; answers where the two differ first, or null. */
  run(which: LockstepCase): string | null {
    const random = new Random(which.seed);
    const start = makeStart(random, which.mode);
    this.#begin(start, which.mode);
    for (let slice = 0; slice < which.reach.slices && !this.interpreted.cpu.shutdown; slice++) {
      const length = this.#prepareSlice(random, which, start.at);
      if (!this.#slice(length, slice % COMPARED === COMPARED - 1)) {
        return this.#bisect(start, which, slice);
      }
    }
    return this.difference() === null ? null : this.#bisect(start, which, which.reach.slices - 1);
  }

  /** What happens between two slices: the next one's length. */
  #prepareSlice(random: Random, { mode, reach }: LockstepCase, at: number): number {
    const guests = [this.interpreted, this.translated];
    if (this.interpreted.cpu.halted || random.oneIn(12)) {
      const registers = randomRegisters(random, mode, at);
      for (const guest of guests) guest.prepare(mode, registers);
    }
    if (random.oneIn(8)) for (const { cpu } of guests) cpu.setIntr(true);
    if (random.oneIn(16)) {
      const [place, value] = [random.next(), random.next()];
      for (const guest of guests) guest.changeCode(place, value);
    }
    return 1 + random.below(random.oneIn(3) ? SHORT : random.oneIn(12) ? reach.longest : MIDDLE);
  }

  #begin(start: Start, mode: Mode): void {
    for (const guest of [this.interpreted, this.translated]) {
      guest.cpu.reset();
      const bytes = guest.ram.ramBytes();
      // What runs off its code halts, and does not make a unit of each zero.
      bytes.fill(HLT);
      bytes.set(start.data, DATA);
      bytes.set(start.code, start.at);
      guest.translator?.clear();
      guest.prepare(mode, start.registers);
      guest.xmm.set(new Int32Array(start.data.slice(0, 256).buffer));
      beginFpu(guest, start.data);
      // Often as it is after some arithmetic, and sometimes with an exception that is not masked.
      guest.mxcsr[0] = (start.data[200] ?? 0) < 200 ? 0x1fa0 : 0x1d80;
      guest.log.length = 0;
      guest.traffic = 0;
      guest.cpu.setIntr(false);
      guest.begun = guest.cpu.instructionCount;
    }
  }

  /** Runs both; are they the same afterwards? @param isWhole also in all of their memory? */
  #slice(length: number, isWhole = true): boolean {
    const one = this.interpreted.cpu.run(length);
    const other = this.translated.cpu.run(length);
    this.count += one;
    return one === other && this.difference(isWhole) === null;
  }

  /** What differs now. */
  difference(isWhole = true): string | null {
    const [one, other] = [this.interpreted.cpu.state(), this.translated.cpu.state()];
    if (!areSame(one, other)) {
      return `interpreted ${describe(one)}\ntranslated  ${describe(other)}`;
    }
    const { interpreted, translated } = this;
    if (!areEqualWords(interpreted.xmm, translated.xmm)) {
      return `XMM ${hexWords(interpreted.xmm)}\nand ${hexWords(translated.xmm)}`;
    }
    const controls = [interpreted, translated].map(({ mxcsr }) => mxcsr[0]?.toString(16));
    if (controls[0] !== controls[1]) return `MXCSR ${controls[0]} and ${controls[1]}`;
    if (!areEqualWords(interpreted.fpu, translated.fpu) || !isSameStack(interpreted, translated)) {
      return `x87 ${describeFpu(interpreted)}\nand ${describeFpu(translated)}`;
    }
    const logs = [interpreted.log, translated.log];
    for (let k = 0; k < Math.max(logs[0]?.length ?? 0, logs[1]?.length ?? 0); k++) {
      if (logs[0]?.[k] !== logs[1]?.[k]) return `device: ${logs[0]?.[k]}\nand     ${logs[1]?.[k]}`;
    }
    for (const log of logs) log.length = 0;
    if (interpreted.traffic !== translated.traffic) return "device: something later on";
    if (!isWhole) return null;
    const rams = [interpreted.ram.ramBytes(), translated.ram.ramBytes()] as const;
    if (areEqual(...rams)) return null;
    const k = rams[0].findIndex((byte, at) => byte !== rams[1][at]);
    return `RAM ${k.toString(16)}: ${rams[0][k]} and ${rams[1][k]}`;
  }

  /** Repeats all, finds the slice after which something differs, and how short it may be. */
  #bisect(start: Start, which: LockstepCase, last: number): string {
    const what = this.difference() ?? "the counts of instructions differ";
    for (let slice = 0; slice <= last; slice++) {
      const length = this.#replay(start, which, slice);
      if (this.#slice(length)) continue;
      let [good, bad] = [0, length];
      while (bad - good > 1) {
        const middle = (good + bad) >> 1;
        this.#replay(start, which, slice);
        if (this.#slice(middle)) good = middle;
        else bad = middle;
      }
      this.#replay(start, which, slice);
      this.#slice(bad);
      const now = this.difference() ?? "the counts of instructions differ";
      const name = `seed ${which.seed} ${which.mode}, slice ${slice}`;
      return `${name}, ${bad} instructions:\n${this.#trace(start, which, slice, bad)}\n${now}`;
    }
    return `seed ${which.seed} ${which.mode}: only as a whole\n${what}`;
  }

  /** Brings both machines to where a slice begins: its length. */
  #replay(start: Start, which: LockstepCase, slices: number): number {
    const random = new Random(which.seed);
    makeStart(random, which.mode);
    this.#begin(start, which.mode);
    for (let slice = 0; slice < slices; slice++) {
      this.#slice(this.#prepareSlice(random, which, start.at), false);
    }
    return this.#prepareSlice(random, which, start.at);
  }

  /** What the interpreter executes in a slice, its last instructions. */
  #trace(start: Start, which: LockstepCase, failed: number, length: number): string {
    this.#replay(start, which, failed);
    const from = Math.max(0, length - SHOWN);
    if (from > 0) this.interpreted.cpu.run(from);
    const lines: string[] = [];
    for (let k = from; k < length; k++) {
      lines.push(`${k} ${this.#position()}`);
      this.interpreted.cpu.run(1);
    }
    return lines.join("\n");
  }

  #position(): string {
    const state = this.interpreted.cpu.state();
    const at = state.long.code64
      ? Number(state.long.rip & 0x3ffffn)
      : (this.interpreted.cpu.translateDebug((state.cs.base + state.eip) >>> 0) ?? 0);
    const bytes = this.interpreted.ram.ramBytes().subarray(at, at + 12);
    return `${describe(state)} at ${[...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ")}`;
  }
}
