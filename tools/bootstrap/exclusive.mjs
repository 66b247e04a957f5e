import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inRoot } from "./paths.mjs";
import { say } from "./say.mjs";

const pollMs = 50;
/** How long a wait may last before it is explained. */
const quietMs = 1000;
/** A process writes its number at once; a lock that stays without one is a crash's leftover. */
const unsignedMs = 5000;

/** The locks that this very process holds: after a crash another process can have its number. */
const held = new Set();

/**
 * Runs `work` while no other process of this checkout does such work, and resolves to its result.
 * `what` tells those who wait what this one does: "installs dependencies".
 */
export async function exclusively(work, what, lock = inRoot(".cache/lock")) {
  mkdirSync(dirname(lock), { recursive: true });
  const begin = Date.now();
  let explained = false;
  for (;;) {
    const holder = tryLock(lock, what);
    if (holder === undefined) break;
    if (!explained && Date.now() - begin > quietMs) {
      explained = true;
      say(`waiting for process ${holder.pid || "?"}, which ${holder.what} (${lock})`);
    }
    await sleep(pollMs);
  }
  held.add(lock);
  try {
    return await work();
  } finally {
    held.delete(lock);
    rmSync(lock, { force: true });
  }
}

/** Takes the lock, or answers who holds it. A lock that nobody holds any more is taken away. */
function tryLock(lock, what) {
  try {
    writeFileSync(lock, `${process.pid} ${what}`, { flag: "wx" });
    return undefined;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const holder = holderOf(lock);
  if (!holder.alive) rmSync(lock, { force: true });
  return holder;
}

function holderOf(lock) {
  try {
    const text = readFileSync(lock, "utf8").trimEnd();
    const [, digits, what] = /^([1-9][0-9]*)(?: (.+))?$/.exec(text) ?? [];
    const pid = Number(digits ?? 0);
    const alive = pid === 0 ? Date.now() - statSync(lock).mtimeMs < unsignedMs : isAlive(pid, lock);
    return { pid, alive, what: what ?? "works in this folder" };
  } catch {
    return { pid: 0, alive: true, what: "has just finished" };
  }
}

function isAlive(pid, lock) {
  if (pid === process.pid) return held.has(lock);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
