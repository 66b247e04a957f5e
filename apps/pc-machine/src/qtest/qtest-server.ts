/** A connection that qtest's commands come over. */
import type { CharacterBackend } from "../chardev/character-backend.js";
import { PacedInput } from "../chardev/paced-input.js";
import { IrqWatch, type IrqTarget } from "./qtest-irq.js";
import { runQtestLine, type QtestContext } from "./qtest-commands.js";

/** Machine as qtest reaches it. */
export interface QtestTarget extends IrqTarget, Pick<QtestContext, "memory" | "io" | "clock"> {
  /** A command has been run: devices may have asked for something. */
  served(): void;
}

const LF = 0x0a;
const LONGEST = 2 ** 25 + 2 ** 12;
const FIRST_BUFFER = 256;

/** Answers commands, a line each. */
export class QtestServer {
  readonly #backend: CharacterBackend;
  readonly #target: QtestTarget;
  readonly #context: QtestContext;
  readonly #log: ((text: string) => void) | null;
  readonly #irqs: IrqWatch;
  readonly #input: PacedInput;
  readonly #decoder = new TextDecoder("latin1");
  readonly #encoder = new TextEncoder();
  /** Bytes of the line that has not ended. */
  #line = new Uint8Array(FIRST_BUFFER);
  #length = 0;
  #tooLong = false;

  /** @param log told of what comes and what is answered, `null`: nobody is */
  constructor(
    backend: CharacterBackend,
    target: QtestTarget,
    log: ((text: string) => void) | null = null,
  ) {
    this.#backend = backend;
    this.#target = target;
    this.#log = log;
    this.#irqs = new IrqWatch(target, (text) => this.#send(text));
    const { memory, io, clock } = target;
    this.#context = { memory, io, clock, irqs: this.#irqs };
    this.#input = new PacedInput(backend, (byte) => this.#take(byte));
    backend.onEvent = (event) => {
      if (event === "opened") this.#log?.("[I] OPENED");
      else if (event === "closed") this.#closed();
    };
  }

  #take(byte: number): void {
    if (byte !== LF) {
      if (this.#length === LONGEST) {
        this.#tooLong = true;
        return;
      }
      if (this.#length === this.#line.length) {
        const longer = new Uint8Array(Math.min(LONGEST, 2 * this.#length));
        longer.set(this.#line);
        this.#line = longer;
      }
      this.#line[this.#length++] = byte;
      return;
    }
    const text = this.#decoder.decode(this.#line.subarray(0, this.#length));
    const tooLong = this.#tooLong;
    this.#reset();
    this.#log?.(`[R] ${text.length > 1000 ? `${text.slice(0, 1000)}...` : text}`);
    this.#send(tooLong ? "FAIL the line is too long" : runQtestLine(this.#context, text));
    this.#target.served();
  }

  #reset(): void {
    this.#length = 0;
    this.#tooLong = false;
    if (this.#line.length > 2 ** 16) this.#line = new Uint8Array(FIRST_BUFFER);
  }

  #send(text: string): void {
    this.#log?.(`[S] ${text.length > 1000 ? `${text.slice(0, 1000)}...` : text}`);
    this.#backend.writeBytes(this.#encoder.encode(`${text}\n`));
  }

  #closed(): void {
    this.#log?.("[I] CLOSED");
    this.#input.clear();
    this.#reset();
    this.#irqs.release();
  }
}
