/** The worker that the PC runs in. */
import type { Command, Report } from "./protocol.js";
import { Session } from "./session.js";

/** Scope of a worker. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Command>) => void) | null;
  postMessage(message: Report, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const session = new Session((report, transfer = []) => scope.postMessage(report, transfer));
let last: Promise<void> = Promise.resolve();
scope.onmessage = ({ data }) => {
  last = last.then(() => session.handle(data));
};
