/** Lines of a device that somebody outside may watch and drive: QEMU's gpios. */
import type { QomObject } from "@mem/qom";

/** Told of a line that has a new level. */
export type LineListener = (n: number, level: boolean) => void;

/** A group of lines of a device. */
export interface GpioLines {
  /** The object that has them. */
  readonly object: QomObject;
  /** QEMU's name of the group, `null` of the one without a name. */
  readonly name: string | null;
  readonly direction: "in" | "out";
  /** Number of them: 0 to `count - 1`. */
  readonly count: number;
  /** Have `listener` told of each change in place of whoever is behind the lines; `null`: no more. */
  intercept(listener: LineListener | null): void;
  /** Drive line `n`. */
  set(n: number, level: boolean): void;
  /** Number of times that line `n` rose, since the device was made. */
  rises(n: number): number;
}

/**
 * Lines that lead to `behind`, unless they are intercepted. A device keeps one for its inputs,
 * lists it in `gpios`, and hands out wires that `set` it.
 *
 * @example
 * readonly #inputs = new GpioGroup(this.object, "in", 24, (n, level) => this.#pin(n, level));
 * readonly gpios = [this.#inputs];
 */
export class GpioGroup implements GpioLines {
  readonly object: QomObject;
  readonly direction: "in" | "out";
  readonly count: number;
  readonly name: string | null;
  readonly #behind: LineListener;
  readonly #levels: Uint8Array;
  /** Levels as they were driven last, whoever was told. */
  readonly #driven: Uint8Array;
  readonly #rises: Float64Array;
  #listener: LineListener | null = null;

  constructor(
    object: QomObject,
    direction: "in" | "out",
    count: number,
    behind: LineListener,
    name: string | null = null,
  ) {
    this.object = object;
    this.direction = direction;
    this.count = count;
    this.name = name;
    this.#behind = behind;
    this.#levels = new Uint8Array(count);
    this.#driven = new Uint8Array(count);
    this.#rises = new Float64Array(count);
  }

  intercept(listener: LineListener | null): void {
    this.#listener = listener;
    this.#levels.fill(0);
  }

  rises(n: number): number {
    return this.#rises[n] ?? 0;
  }

  set(n: number, level: boolean): void {
    if (level && this.#driven[n] === 0) this.#rises[n] = this.rises(n) + 1;
    this.#driven[n] = Number(level);
    if (this.#listener === null) {
      this.#behind(n, level);
    } else if (this.#levels[n] !== Number(level)) {
      this.#levels[n] = Number(level);
      this.#listener(n, level);
    }
  }
}
