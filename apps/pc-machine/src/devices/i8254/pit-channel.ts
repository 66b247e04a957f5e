/**
 * One counter of the 8254, computed from virtual time: nothing ticks. A counter remembers when it
 * was loaded, and derives its value and its output pin from the ticks gone by since.
 *
 * All times are ticks of the 1.193182 MHz input clock, absolute since power-on.
 */

/** A control word's modes; 6 and 7 are other names of 2 and 3. */
export const PitMode = {
  INTERRUPT_ON_TERMINAL_COUNT: 0,
  ONE_SHOT: 1,
  RATE_GENERATOR: 2,
  SQUARE_WAVE: 3,
  SOFTWARE_STROBE: 4,
  HARDWARE_STROBE: 5,
} as const;
export type PitMode = (typeof PitMode)[keyof typeof PitMode];

/** The six modes by their number; a typed lookup for the three bits of a control word. */
const MODES: readonly PitMode[] = [0, 1, 2, 3, 4, 5, 2, 3];

/** The counting element of one 8254 counter. */
export class PitChannel {
  /** The mode of the last control word. */
  mode: PitMode = PitMode.SQUARE_WAVE;
  /** True if counts are four decimal digits. */
  bcd = false;

  /** 1 to 65536 (10000 in BCD): the count in use. */
  #count = 0x10000;
  /** The tick at which `#count` entered the counting element. */
  #loadedAt = 0;
  /** True if the counting element runs. Otherwise `#frozen` holds its elapsed ticks. */
  #running = true;
  #frozen = 0;
  /** A count was written since the control word, so the element holds something that counts. */
  #armed = true;
  /** A count that waits for the end of the cycle or for a trigger; 0 when none does. */
  #nextCount = 0;
  /** The tick at which `#nextCount` takes over (Infinity: on a trigger). */
  #nextAt = Infinity;
  #gate: boolean;
  readonly #gateAtReset: boolean;

  /** @param gate the level of the gate pin at power-on. */
  constructor(gate: boolean) {
    this.#gateAtReset = gate;
    this.#gate = gate;
  }

  /** The gate pin. */
  get gate(): boolean {
    return this.#gate;
  }

  /** The count in use, 1 to 65536. */
  get count(): number {
    return this.#count;
  }

  /** Power-on: a square wave of the longest period, as the PC's firmware would set it. */
  reset(now: number): void {
    this.mode = PitMode.SQUARE_WAVE;
    this.bcd = false;
    this.#gate = this.#gateAtReset;
    this.#count = 0x10000;
    this.#loadedAt = now;
    this.#running = this.#gate;
    this.#frozen = 0;
    this.#armed = true;
    this.#forgetNext();
  }

  /** A control word: the counter stops until a count is written. `modeBits` is 0 to 7. */
  program(modeBits: number, bcd: boolean, now: number): void {
    this.#freeze(now);
    this.mode = MODES[modeBits & 7] ?? PitMode.INTERRUPT_ON_TERMINAL_COUNT;
    this.bcd = bcd;
    this.#armed = false;
    this.#forgetNext();
  }

  /** The first byte of a two-byte count in mode 0 stops the counter and drops the output. */
  suspend(now: number): void {
    this.#freeze(now);
    this.#armed = false;
  }

  /** A complete count: the raw 16 bits the guest wrote. */
  load(raw: number, now: number): void {
    this.#settle(now);
    const count = this.bcd ? fromBcd(raw) || 10000 : raw || 0x10000;
    const triggered = this.mode === PitMode.ONE_SHOT || this.mode === PitMode.HARDWARE_STROBE;
    const periodic = this.mode === PitMode.RATE_GENERATOR || this.mode === PitMode.SQUARE_WAVE;
    if (triggered) {
      this.#nextCount = count;
      this.#nextAt = Infinity;
    } else if (periodic && this.#armed && this.#running) {
      this.#nextCount = count;
      this.#nextAt = this.#cycleEnd(now);
    } else {
      this.#start(count, now);
    }
  }

  /** Drive the gate pin. */
  setGate(level: boolean, now: number): void {
    if (level === this.#gate) {
      return;
    }
    this.#settle(now);
    this.#gate = level;
    switch (this.mode) {
      case PitMode.INTERRUPT_ON_TERMINAL_COUNT:
      case PitMode.SOFTWARE_STROBE:
        if (level && this.#armed) {
          this.#loadedAt = now - this.#frozen;
          this.#running = true;
        } else if (!level) {
          this.#freeze(now);
        }
        break;
      case PitMode.ONE_SHOT:
      case PitMode.HARDWARE_STROBE:
        if (level && (this.#armed || this.#nextCount !== 0)) {
          this.#trigger(now);
        }
        break;
      case PitMode.RATE_GENERATOR:
      case PitMode.SQUARE_WAVE:
        if (level && this.#armed) {
          this.#trigger(now);
        } else if (!level) {
          this.#freeze(now);
        }
        break;
    }
  }

  /** The 16 bits the counting element shows at `now` (BCD encoded in BCD mode). */
  value(now: number): number {
    this.#settle(now);
    const elapsed = this.#elapsed(now);
    const wrap = this.bcd ? 10000 : 0x10000;
    let value: number;
    if (this.mode === PitMode.RATE_GENERATOR) {
      value = this.#count - (elapsed % this.#count);
    } else if (this.mode === PitMode.SQUARE_WAVE) {
      const phase = elapsed % this.#count;
      const high = Math.ceil(this.#count / 2);
      const even = this.#count - (this.#count % 2);
      value = even - 2 * (phase < high ? phase : phase - high);
    } else {
      value = this.#count - (elapsed % wrap);
      if (value < 0) {
        value += wrap;
      }
    }
    value %= wrap;
    return this.bcd ? toBcd(value) : value;
  }

  /** The output pin at `now`. */
  output(now: number): boolean {
    this.#settle(now);
    if (!this.#armed) {
      return this.mode !== PitMode.INTERRUPT_ON_TERMINAL_COUNT;
    }
    const elapsed = this.#elapsed(now);
    switch (this.mode) {
      case PitMode.INTERRUPT_ON_TERMINAL_COUNT:
      case PitMode.ONE_SHOT:
        return elapsed >= this.#count;
      case PitMode.RATE_GENERATOR:
        return !this.#gate || elapsed % this.#count !== this.#count - 1;
      case PitMode.SQUARE_WAVE:
        return !this.#gate || elapsed % this.#count < Math.ceil(this.#count / 2);
      case PitMode.SOFTWARE_STROBE:
      case PitMode.HARDWARE_STROBE:
        return elapsed !== this.#count;
    }
  }

  /** True if the count written last has not reached the counting element yet ("null count"). */
  nullCount(now: number): boolean {
    this.#settle(now);
    return !this.#armed || this.#nextCount !== 0;
  }

  /** The next tick after `now` at which the output pin rises, or Infinity. */
  nextRise(now: number): number {
    this.#settle(now);
    if (!this.#armed || !this.#running) {
      return Infinity;
    }
    const end = this.#loadedAt + this.#count;
    switch (this.mode) {
      case PitMode.INTERRUPT_ON_TERMINAL_COUNT:
      case PitMode.ONE_SHOT:
        return end > now ? end : Infinity;
      case PitMode.SOFTWARE_STROBE:
      case PitMode.HARDWARE_STROBE:
        return end + 1 > now ? end + 1 : Infinity;
      case PitMode.RATE_GENERATOR:
      case PitMode.SQUARE_WAVE: {
        if (this.#nextCount !== 0) {
          // The cycle that ends with the change is the last one of the old period.
          return this.#nextRiseAcrossChange();
        }
        const cycles = Math.max(0, Math.floor((now - this.#loadedAt) / this.#count)) + 1;
        return this.#loadedAt + cycles * this.#count;
      }
    }
  }

  #nextRiseAcrossChange(): number {
    const phase = (this.#nextAt - this.#loadedAt) % this.#count;
    return phase === 0 ? this.#nextAt : this.#nextAt + Math.floor(this.#nextCount / 2);
  }

  #elapsed(now: number): number {
    return this.#running ? Math.max(0, now - this.#loadedAt) : this.#frozen;
  }

  #start(count: number, now: number): void {
    this.#count = count;
    this.#armed = true;
    this.#frozen = 0;
    // The element takes the count over with the next tick.
    this.#loadedAt = now + 1;
    this.#running = this.#gate;
    this.#forgetNext();
  }

  #trigger(now: number): void {
    this.#start(this.#nextCount === 0 ? this.#count : this.#nextCount, now);
  }

  #freeze(now: number): void {
    this.#settle(now);
    this.#frozen = this.#elapsed(now);
    this.#running = false;
  }

  #forgetNext(): void {
    this.#nextCount = 0;
    this.#nextAt = Infinity;
  }

  /** End of the running cycle (mode 2) or half cycle (mode 3). */
  #cycleEnd(now: number): number {
    const elapsed = this.#elapsed(now);
    const phase = elapsed % this.#count;
    const cycleStart = this.#loadedAt + elapsed - phase;
    const high = Math.ceil(this.#count / 2);
    const atHalf = this.mode === PitMode.SQUARE_WAVE && phase < high && high < this.#count;
    return cycleStart + (atHalf ? high : this.#count);
  }

  /** Let a waiting count take over once its moment has passed. */
  #settle(now: number): void {
    if (this.#nextCount === 0 || now < this.#nextAt || !this.#running) {
      return;
    }
    const phase = (this.#nextAt - this.#loadedAt) % this.#count;
    this.#count = this.#nextCount;
    // After a high half, the new count begins with its own low half.
    this.#loadedAt = this.#nextAt - (phase === 0 ? 0 : Math.ceil(this.#count / 2));
    this.#forgetNext();
  }
}

function fromBcd(raw: number): number {
  return (
    (raw & 0xf) + ((raw >> 4) & 0xf) * 10 + ((raw >> 8) & 0xf) * 100 + ((raw >> 12) & 0xf) * 1000
  );
}

function toBcd(value: number): number {
  const digit = (unit: number): number => Math.floor(value / unit) % 10;
  return digit(1) | (digit(10) << 4) | (digit(100) << 8) | (digit(1000) << 12);
}
