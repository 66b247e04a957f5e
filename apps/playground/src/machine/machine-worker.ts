/**
 * The worker that the PC runs in. What it runs is a module that it imports: of such a browser keeps the code
 * that it has compiled, which the next visit begins with; of the script of a worker itself it keeps none.
 */
import type { Command, Report } from "./protocol.js";

/** Scope of a worker. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Command>) => void) | null;
  postMessage(message: Report, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
/** Commands that came before there was anyone to do them. */
const waiting: Command[] = [];
scope.onmessage = ({ data }) => void waiting.push(data);

import("./session.js").then(
  ({ Session }) => {
    const session = new Session((report, transfer = []) => scope.postMessage(report, transfer));
    let last: Promise<void> = Promise.resolve();
    const handle = (command: Command): void => {
      last = last.then(() => session.handle(command));
    };
    scope.onmessage = ({ data }) => handle(data);
    for (const command of waiting) handle(command);
  },
  // The page is told by the worker's `error` event.
  (error: unknown) => reportError(error),
);
