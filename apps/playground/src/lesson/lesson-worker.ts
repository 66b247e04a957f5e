/** The worker in which one program of a lesson runs. */
import { MapSource } from "../map/map-source.js";
import type { MapCommand } from "../map/protocol.js";
import { PACKAGES_NAME } from "./packages-name.js";
import type { LessonCommand, LessonReport } from "./protocol.js";
import { packagesFor, printer, troubleOf } from "./run-program.js";

/** Scope of a worker. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<LessonCommand>) => void) | null;
  onunhandledrejection: ((event: PromiseRejectionEvent) => void) | null;
  onerror: unknown;
  postMessage(message: LessonReport): void;
}

const scope = globalThis as unknown as WorkerScope;
const tell = (report: LessonReport): void => scope.postMessage(report);

let map: MapSource | null = null;
let machines = 0;
let shown: MapCommand | null = null;
let url = "";

const print = printer((text) => tell({ type: "printed", text }));

for (const level of ["log", "info", "warn", "error", "debug"] as const) {
  console[level] = (...values: unknown[]): void => print(values);
}

/** One program. */
async function run(code: string): Promise<void> {
  const packages = packagesFor({
    printed: (text) => print([text]),
    machine: (machine) => {
      machines++;
      if (map !== null) return;
      map = new MapSource(machine, { post: tell, onBreak: () => undefined });
      if (shown !== null) map.handle(shown);
    },
  });
  Object.assign(globalThis, { [PACKAGES_NAME]: packages });
  // The program may loop from here on; until now only the host was slow.
  tell({ type: "pong" });
  url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    await import(/* @vite-ignore */ url);
    tell({ type: "done", machines });
  } catch (error) {
    tell({ type: "failed", trouble: troubleOf(error, url) });
  }
}

scope.onmessage = ({ data }) => {
  if (data.type === "ping") tell({ type: "pong" });
  else if (data.type === "run") void run(data.code);
  else {
    if (data.type === "map/show" || data.type === "map/hide") shown = data;
    map?.handle(data);
  }
};

// What fails later, in a timer or a promise that nobody waits for.
scope.onunhandledrejection = (event) => {
  event.preventDefault();
  tell({ type: "failed", trouble: troubleOf(event.reason, url) });
};
scope.onerror = (
  _message: unknown,
  _file: unknown,
  line: number,
  _column: unknown,
  error: unknown,
) => {
  const trouble = troubleOf(error, url);
  tell({ type: "failed", trouble: { ...trouble, line: trouble.line ?? line } });
  return true;
};
