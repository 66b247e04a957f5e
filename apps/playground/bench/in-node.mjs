/** A thread of Node in which the page's worker runs as it is built. */
import { parentPort, workerData } from "node:worker_threads";
import { ownThreadMs } from "./thread-time.mjs";

globalThis.postMessage = (message) => parentPort.postMessage(message);
await import(workerData.script);
parentPort.on("message", (data) => {
  if (data.type === "cpu") parentPort.postMessage({ type: "cpu", ms: ownThreadMs() });
  else globalThis.onmessage({ data });
});
parentPort.postMessage({ type: "ready" });
