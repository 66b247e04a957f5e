/** Keys and pointer of one client. */
import { scanCodeOfKeysym, scanCodeOfNumber } from "../input/keysyms.js";
import type { VncInput } from "./vnc-parts.js";

/** The middle of what a client sends that pushes the pointer. */
const CENTRE = 0x7fff;
const FULL_SCALE = 0x7fff;
const WHEEL_UP = 8;
const WHEEL_DOWN = 16;

/** Hands a client's keys and pointer to the guest, and lets go of the keys when it leaves. */
export class ClientInput {
  /** True if the client sends, in place of places, by how much the pointer is pushed. */
  pushes = false;
  readonly #input: VncInput;
  readonly #down = new Set<number>();
  #x: number | null = null;
  #y: number | null = null;
  #mask = 0;

  constructor(input: VncInput) {
    this.#input = input;
  }

  /** A key by its keysym and, where the client knows it (not 0), by its number. */
  key(keysym: number, down: boolean, number = 0): void {
    const code = number === 0 ? scanCodeOfKeysym(keysym) : scanCodeOfNumber(number);
    if (code === null) return;
    if (down) this.#down.add(code);
    else this.#down.delete(code);
    this.#input.key(code, down);
  }

  /** @param mask bit 0 left, 1 middle, 2 right, 3 wheel up, 4 wheel down */
  pointer(
    mask: number,
    x: number,
    y: number,
    screen: { readonly width: number; readonly height: number },
  ): void {
    const buttons = (mask & 1) | ((mask & 4) >> 1) | ((mask & 2) << 1);
    const pressed = mask & ~this.#mask;
    const dz = ((pressed & WHEEL_DOWN) !== 0 ? 1 : 0) - ((pressed & WHEEL_UP) !== 0 ? 1 : 0);
    this.#mask = mask;
    if (this.#input.isAbsolute) {
      const place = (at: number, size: number): number =>
        Math.min(FULL_SCALE, Math.floor((at * FULL_SCALE) / Math.max(1, size - 1)));
      this.#input.moveTo(place(x, screen.width), place(y, screen.height), dz, buttons);
    } else if (this.pushes) {
      this.#input.moveBy(x - CENTRE, y - CENTRE, dz, buttons);
    } else {
      // Where it is first seen is where it is.
      this.#input.moveBy(x - (this.#x ?? x), y - (this.#y ?? y), dz, buttons);
      this.#x = x;
      this.#y = y;
    }
  }

  /** The client has left. */
  release(): void {
    for (const code of this.#down) this.#input.key(code, false);
    this.#down.clear();
    if (this.#mask !== 0 && !this.#input.isAbsolute) this.#input.moveBy(0, 0, 0, 0);
    this.#mask = 0;
  }
}
