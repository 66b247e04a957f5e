/** The page's end of the line to the machine's worker. */
import type { Command, Report } from "../machine/protocol.js";

/** Sends commands, and keeps what the worker reports until somebody listens. */
export class MachineLink {
  readonly #worker: Worker;
  #waiting: Report[] = [];
  #take: (report: Report) => void = (report) => void this.#waiting.push(report);
  #failures: string[] = [];
  #fail: (message: string) => void = (message) => void this.#failures.push(message);

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Report>) => this.#take(data);
    worker.onerror = ({ message }) => this.#fail(message);
  }

  send(command: Command): void {
    this.#worker.postMessage(command);
  }

  /**
   * Has `take` told of each report, in their order, those that came before included.
   * @param fail is told why the worker has failed
   */
  listen(take: (report: Report) => void, fail: (message: string) => void): void {
    this.#take = take;
    this.#fail = fail;
    for (const report of this.#waiting) take(report);
    for (const message of this.#failures) fail(message);
    this.#waiting = [];
    this.#failures = [];
  }
}
