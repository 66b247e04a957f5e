/** Runs the program that was typed last, each in a worker of its own. */
import type { MapCommand } from "../map/protocol.js";
import type { LessonCommand, LessonReport } from "./protocol.js";

/** A worker whose program has begun, and that has not answered for so long, is stuck. */
const PATIENCE_MS = 3000;

/** Starts and ends the workers. One waits in advance, so that the next program begins at once. */
export class ProgramRunner {
  readonly #tell: (report: LessonReport) => void;
  readonly #stuck: () => void;
  #current: Worker | null = null;
  #next: Worker | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** `null` until the worker is loaded, which takes as long as the host likes. */
  #lastAnswerMs: number | null = null;
  #shown: MapCommand | null = null;

  /**
   * @param tell  is handed what the current program's worker tells
   * @param stuck called when that was ended because it loops
   */
  constructor(tell: (report: LessonReport) => void, stuck: () => void) {
    this.#tell = tell;
    this.#stuck = stuck;
  }

  run(code: string): void {
    this.stop();
    const worker = this.#next ?? makeWorker();
    this.#next = null;
    this.#current = worker;
    this.#lastAnswerMs = null;
    worker.onmessage = ({ data }: MessageEvent<LessonReport>) => {
      if (worker !== this.#current) return;
      // A loop that prints answers no ping.
      if (data.type !== "printed") this.#lastAnswerMs = performance.now();
      if (data.type === "pong" || data.type === "done") this.#next ??= makeWorker();
      this.#tell(data);
    };
    worker.onerror = (event) => {
      this.#tell({
        type: "failed",
        trouble: { message: event.message, line: event.lineno || null },
      });
    };
    if (this.#shown !== null) post(worker, this.#shown);
    post(worker, { type: "run", code });
    this.#timer = setInterval(() => this.#look(worker), PATIENCE_MS / 3);
  }

  /** For the machine of the current program, and those after it. */
  send(command: MapCommand): void {
    if (command.type === "map/show" || command.type === "map/hide") this.#shown = command;
    if (this.#current !== null) post(this.#current, command);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#current?.terminate();
    this.#current = null;
  }

  #look(worker: Worker): void {
    const last = this.#lastAnswerMs;
    if (last !== null && performance.now() - last > PATIENCE_MS && !document.hidden) {
      this.stop();
      this.#stuck();
      return;
    }
    post(worker, { type: "ping" });
  }
}

function makeWorker(): Worker {
  return new Worker(new URL("./lesson-worker.ts", import.meta.url), { type: "module" });
}

function post(worker: Worker, command: LessonCommand): void {
  worker.postMessage(command);
}
