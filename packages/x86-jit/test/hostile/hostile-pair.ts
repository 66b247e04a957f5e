/**
 * Guests that do what they can to hang or break the processor: random instructions of programs and of
 * systems, in every mode, with damaged tables, interrupts, NMIs, SMIs, INIT, and a gate of A20 that moves.
 * The same guest runs on the interpreter and on the translator, and both have to do the same.
 */
import { Random } from "@mem/common";
import type { StartRegisters } from "../lockstep/machine.js";
import { isLongMode } from "../lockstep/machine.js";
import { Lockstep } from "../lockstep/lockstep.js";
import { randomLongRegisters } from "../lockstep/long-machine.js";
import { CODE, DATA } from "../lockstep/places.js";
import { enterMode, type HostileMode, plainMode } from "./hostile-modes.js";
import { writeHostileMemory } from "./hostile-program.js";

/** Runs that one guest gets. */
const SLICES = 30;

/** Two processors that run the same hostile guests. */
export class HostilePair {
  readonly #lockstep = new Lockstep({ threshold: 2 });
  /** Instructions that guests have executed, on one of the two. */
  count = 0;

  /** Runs one guest; answers where the two differ, or which run executed more than it was to, or null. */
  run(seed: number, mode: HostileMode): string | null {
    const random = new Random(seed);
    this.#begin(random, mode);
    const { interpreted, translated } = this.#lockstep;
    for (let slice = 0; slice < SLICES; slice++) {
      const length = 1 + random.below(random.oneIn(3) ? 40 : 600);
      this.#disturb(random);
      const done = interpreted.cpu.run(length);
      const other = translated.cpu.run(length);
      this.count += done;
      const what = `seed ${seed} ${mode}, run ${slice} of ${length} instructions`;
      if (done > length) return `${what}: executed ${done}`;
      if (done !== other) return `${what}: executed ${done} and ${other}`;
      const difference = this.#lockstep.difference();
      if (difference !== null) return `${what}:\n${difference}`;
      if (interpreted.cpu.shutdown) return null;
      if (interpreted.cpu.halted && random.oneIn(2)) this.#enter(random, mode);
    }
    return null;
  }

  #begin(random: Random, mode: HostileMode): void {
    const { interpreted, translated } = this.#lockstep;
    for (const guest of [interpreted, translated]) {
      guest.cpu.reset();
      guest.cpu.setIntr(false);
      guest.cpu.setA20(true);
      guest.ram.ramBytes().fill(0);
    }
    this.#enter(random, mode);
    const bytes = interpreted.ram.ramBytes();
    writeHostileMemory(bytes, random, mode);
    translated.ram.ramBytes().set(bytes);
    for (const guest of [interpreted, translated]) {
      // The tables lie in memory that the processor has looked at already.
      guest.cpu.setState({ cr3: guest.cpu.state().cr3 });
      guest.log.length = 0;
      guest.traffic = 0;
      guest.begun = guest.cpu.instructionCount;
    }
  }

  #enter(random: Random, mode: HostileMode): void {
    const registers = hostileRegisters(random, mode);
    for (const guest of [this.#lockstep.interpreted, this.#lockstep.translated]) {
      enterMode(guest, mode, registers);
      // Tables and handlers were written past the processor.
      guest.translator?.clear();
    }
  }

  /** What comes from outside between two runs. */
  #disturb(random: Random): void {
    const what = random.below(24);
    const level = random.oneIn(2);
    const vector = random.below(32);
    for (const { cpu } of [this.#lockstep.interpreted, this.#lockstep.translated]) {
      if (what < 6) cpu.setIntr(level);
      else if (what < 8) cpu.raiseNmi();
      else if (what < 10) cpu.raiseSmi();
      else if (what === 10) cpu.setA20(level);
      else if (what === 11 && vector === 0) cpu.init(level);
      else if (what === 12) cpu.startUp(vector);
    }
  }
}

function hostileRegisters(random: Random, mode: HostileMode): StartRegisters {
  const eflags = (random.next() & (random.oneIn(3) ? 0x47fd5 : 0xcd5)) | 2;
  if (isLongMode(plainMode(mode)) && mode !== "compatibility") {
    return { narrow: { eflags }, long: randomLongRegisters(random, plainLong(mode), CODE) };
  }
  const pointer = (): number =>
    random.pick([DATA + 0x200, DATA + 0xff0, 0xb000 - 6, CODE + 8, 0x500, 0x600, 0x10000]) +
    random.below(0x40);
  const narrow = {
    ...{ eax: random.next(), ecx: random.oneIn(2) ? random.below(20) : random.next() },
    ...{ edx: random.next(), ebx: pointer(), ebp: pointer(), esi: pointer(), edi: pointer() },
    esp: random.oneIn(6) ? random.next() : DATA + 0x800,
    eip: CODE + random.below(random.oneIn(2) ? 1 : 64),
    eflags,
  };
  const long = mode === "compatibility" ? [...Array<bigint>(16).fill(0n), BigInt(CODE)] : [];
  return { narrow, long };
}

function plainLong(mode: HostileMode): "long" | "longUser" | "longUpper" {
  return mode === "longUser" || mode === "longUpper" ? mode : "long";
}
