/** A thread of Node in which the page's worker runs as it is built. */
import { parentPort, workerData } from "node:worker_threads";

globalThis.postMessage = (message) => parentPort.postMessage(message);
await import(workerData.script);
parentPort.on("message", (data) => globalThis.onmessage({ data }));
parentPort.postMessage({ type: "ready" });
