/**
 * Time that threads had a processor for, as Linux tells it: what others do on the same machine does not
 * count, so that figures of a busy machine can be compared, too.
 */
import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds of the thread that asks; NaN where nobody knows. */
export function ownThreadMs() {
  return msOf("/proc/thread-self/schedstat");
}

/** Milliseconds of the workers of web pages in processes below this one; NaN where nobody knows. */
export function pageWorkersMs() {
  return sumOf(pageWorkers());
}

/** Milliseconds of the main threads of the pages that have such workers; NaN where nobody knows. */
export function pagesMs() {
  const pages = pageWorkers().map((thread) => thread.replace(/^(.*\/(\d+)\/task)\/\d+$/, "$1/$2"));
  return sumOf([...new Set(pages)]);
}

function pageWorkers() {
  const parents = new Map(processes().map((id) => [id, parentOf(id)]));
  const isBelow = (id) => id !== undefined && (id === process.pid || isBelow(parents.get(id)));
  const threads = [...parents.keys()].filter(isBelow).flatMap(threadsOf);
  return threads.filter((thread) => textOf(`${thread}/comm`).startsWith("DedicatedWorker"));
}

const sumOf = (threads) =>
  threads.length === 0
    ? NaN
    : threads.reduce((sum, thread) => sum + msOf(`${thread}/schedstat`), 0);
const processes = () =>
  namesIn("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
const threadsOf = (id) => namesIn(`/proc/${id}/task`).map((name) => `/proc/${id}/task/${name}`);

/** The parent is the second field behind the name, which stands in parentheses and may hold any. */
function parentOf(id) {
  const [, rest] = /\) \S+ (\d+) /.exec(textOf(`/proc/${id}/stat`)) ?? [];
  return rest === undefined ? undefined : Number(rest);
}

function msOf(file) {
  const text = textOf(file);
  return text === "" ? NaN : Number(text.split(" ")[0]) / 1e6;
}

/** What ends meanwhile has no files any more. */
function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
