/** The machine's screen, its keyboard and its mouse. */
import type { Command, Report } from "../machine/protocol.js";
import { h } from "./dom.js";

/** Keys that the page keeps: Tab leaves the screen. */
const KEPT = new Set(["Tab"]);

/** Lines of the smallest picture: what an adapter shows that is not set up is none. */
const LEAST_LINES = 16;

/** A canvas that is drawn to by the lines that changed. */
export class Screen {
  readonly #canvas = h("canvas", {
    width: 720,
    height: 400,
    tabindex: "0",
    role: "application",
    "aria-label":
      "The machine's screen. Keys that are pressed here go to its keyboard; Tab leaves it.",
  });
  readonly #context: CanvasRenderingContext2D | null;
  readonly #send: (command: Command) => void;
  readonly #down = new Set<string>();
  #buttons = 0;

  /** @param send hands a command to the worker of the machine */
  constructor(host: HTMLElement, send: (command: Command) => void) {
    this.#send = send;
    this.#context = this.#canvas.getContext("2d", { alpha: false });
    host.append(
      this.#canvas,
      h(
        "p",
        { class: "hint" },
        "Click the screen to give it the mouse (Esc takes it back). Keys that the browser keeps: ",
        h("button", { type: "button", onclick: () => this.#chord("Tab") }, "Tab"),
        " ",
        h(
          "button",
          {
            type: "button",
            onclick: () => this.#chord("ControlLeft", "AltLeft", "Delete"),
          },
          "Ctrl-Alt-Del",
        ),
      ),
    );
    this.#listenToKeys();
    this.#listenToPointer();
    new IntersectionObserver((entries) => {
      const isShown = entries.at(-1)?.isIntersecting ?? false;
      send({ type: "screen", isShown });
    }).observe(this.#canvas);
  }

  /** Lines that changed. */
  draw({ width, height, firstLine, pixels }: Extract<Report, { type: "screen" }>): void {
    const canvas = this.#canvas;
    if (height < LEAST_LINES) {
      // Dark, and as large as before: the page does not jump when the machine is reset.
      this.#context?.clearRect(0, 0, canvas.width, canvas.height);
      return;
    }
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.#context?.putImageData(new ImageData(pixels, width), 0, firstLine);
  }

  #listenToKeys(): void {
    this.#canvas.addEventListener("keydown", (event) => {
      if (KEPT.has(event.key)) return;
      event.preventDefault();
      this.#down.add(event.code);
      this.#send({ type: "key", code: event.code, down: true });
    });
    this.#canvas.addEventListener("keyup", (event) => {
      if (!this.#down.delete(event.code)) return;
      event.preventDefault();
      this.#send({ type: "key", code: event.code, down: false });
    });
    // A key that is let go elsewhere would stay down.
    this.#canvas.addEventListener("blur", () => {
      for (const code of this.#down) this.#send({ type: "key", code, down: false });
      this.#down.clear();
    });
  }

  #listenToPointer(): void {
    const canvas = this.#canvas;
    canvas.addEventListener("click", () => {
      canvas.focus();
      if (document.pointerLockElement !== canvas) {
        Promise.resolve(canvas.requestPointerLock()).catch(() => undefined);
      }
    });
    const tell = (event: PointerEvent): void => {
      const isHeld = document.pointerLockElement === canvas || event.buttons !== 0;
      const buttons = isHeld ? event.buttons & 7 : 0;
      if (!isHeld && buttons === this.#buttons) return;
      this.#buttons = buttons;
      this.#pointer(event.movementX, event.movementY, 0);
    };
    for (const kind of ["pointermove", "pointerdown", "pointerup"] as const) {
      canvas.addEventListener(kind, tell);
    }
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (document.pointerLockElement !== canvas) return;
        event.preventDefault();
        this.#pointer(0, 0, Math.sign(event.deltaY));
      },
      { passive: false },
    );
  }

  #pointer(dx: number, dy: number, dz: number): void {
    this.#send({ type: "pointer", dx, dy, dz, buttons: this.#buttons });
  }

  #chord(...codes: readonly string[]): void {
    for (const code of codes) this.#send({ type: "key", code, down: true });
    for (const code of codes.toReversed()) this.#send({ type: "key", code, down: false });
  }
}
