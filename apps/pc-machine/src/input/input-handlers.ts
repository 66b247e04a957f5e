/** Keyboards and mice of a machine: who gets what the user does. */

/** A keyboard. */
export interface KeyboardHandler {
  readonly kind: "keyboard";
  readonly name: string;
  /** @param code of set 1, 0xe0xx for the extended ones */
  key(code: number, down: boolean): void;
}

/** Movement of a pointer, with its buttons. */
export interface PointerMove {
  /** Counts to the right and downwards; of an absolute pointer the place, 0 to {@link ABSOLUTE_MOST}. */
  readonly x: number;
  readonly y: number;
  /** Steps of the wheel towards the user. */
  readonly wheel: number;
  /** Bit 0 left, 1 right, 2 middle, 3 and 4 at the side. */
  readonly buttons: number;
}

/** The largest coordinate of an absolute pointer, at the right and at the bottom. */
export const ABSOLUTE_MOST = 0x7fff;

/** A mouse, or something that points at places. */
export interface PointerHandler {
  readonly kind: "pointer";
  readonly name: string;
  /** True if it points at places. */
  readonly absolute: boolean;
  move(movement: PointerMove): void;
}

/** Something the user's hands are at. */
export type InputHandler = KeyboardHandler | PointerHandler;

/** QEMU's input handlers: the first of a kind is the one that counts. */
export class InputHandlers {
  #handlers: readonly InputHandler[] = [];
  /** A number for each, which stays. */
  readonly #numbers = new Map<InputHandler, number>();
  #next = 0;
  #buttons = 0;
  /** The place where an absolute pointer points. */
  #place = { x: 0, y: 0 };

  /** Add one, which others come before. */
  add(handler: InputHandler): void {
    this.#handlers = [...this.#handlers, handler];
    if (handler.kind === "pointer") this.#numbers.set(handler, this.#next++);
  }

  /** Take one out. */
  remove(handler: InputHandler): void {
    this.#handlers = this.#handlers.filter((other) => other !== handler);
    this.#numbers.delete(handler);
  }

  /** The guest uses `handler`: it comes before the others. */
  activate(handler: InputHandler): void {
    if (this.#handlers[0] === handler || !this.#handlers.includes(handler)) return;
    this.#handlers = [handler, ...this.#handlers.filter((other) => other !== handler)];
  }

  /** The guest uses `handler` no more: the others come before it. */
  deactivate(handler: InputHandler): void {
    if (!this.#handlers.includes(handler)) return;
    this.#handlers = [...this.#handlers.filter((other) => other !== handler), handler];
  }

  /** The pointers, the one that counts first, each with the number that it has for monitors. */
  get pointers(): readonly { readonly handler: PointerHandler; readonly index: number }[] {
    return this.#handlers.flatMap((handler) =>
      handler.kind === "pointer" ? [{ handler, index: this.#numbers.get(handler) ?? 0 }] : [],
    );
  }

  /** The pointer that movements go to, `null` when there is none of the kind. */
  pointer(absolute?: boolean): PointerHandler | null {
    const found = this.pointers.find(
      ({ handler }) => absolute === undefined || handler.absolute === absolute,
    );
    return found?.handler ?? null;
  }

  /** The place where an absolute pointer points. */
  get place(): { readonly x: number; readonly y: number } {
    return this.#place;
  }

  /** Buttons that are down, as {@link PointerMove.buttons}. */
  get buttons(): number {
    return this.#buttons;
  }

  /** Press or release a key. */
  key(code: number, down: boolean): void {
    const found = this.#handlers.find(({ kind }) => kind === "keyboard");
    if (found?.kind === "keyboard") found.key(code, down);
  }

  /** Press keys together, and release them. */
  chord(codes: readonly number[]): void {
    for (const code of codes) this.key(code, true);
    for (const code of codes.toReversed()) this.key(code, false);
  }

  /** Move the mouse by counts, and set its buttons (as they were unless given). */
  move(dx: number, dy: number, wheel = 0, buttons = this.#buttons): void {
    const pressed = this.#buttons;
    this.#buttons = buttons;
    const current = this.pointer();
    if (current?.absolute !== true) {
      this.pointer(false)?.move({ x: dx, y: dy, wheel, buttons });
      return;
    }
    // Buttons and the wheel are of whatever pointer counts, movements of one that moves.
    if (dx !== 0 || dy !== 0) this.pointer(false)?.move({ x: dx, y: dy, wheel: 0, buttons: 0 });
    if (wheel !== 0 || buttons !== pressed || (dx === 0 && dy === 0)) {
      current.move({ ...this.#place, wheel, buttons });
    }
  }

  /** Point at a place, 0 to {@link ABSOLUTE_MOST} each. @returns false when nothing can */
  point(x: number, y: number, wheel = 0, buttons = this.#buttons): boolean {
    const tablet = this.pointer(true);
    if (tablet === null) return false;
    this.#buttons = buttons;
    this.#place = { x, y };
    tablet.move({ x, y, wheel, buttons });
    return true;
  }
}
