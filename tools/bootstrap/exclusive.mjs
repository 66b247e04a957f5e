import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";

const pollMs = 50;

/** Runs `work` while no other process of this checkout installs or builds. */
export function exclusively(work, lock = inRoot(".cache/lock")) {
  mkdirSync(inRoot(".cache"), { recursive: true });
  while (!tryLock(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!isAlive(holderOf(lock))) rmSync(lock, { force: true });
    return false;
  }
}

function holderOf(lock) {
  try {
    // An empty file belongs to a process that is about to write its number.
    return Number(readFileSync(lock, "utf8")) || process.pid;
  } catch {
    return process.pid;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
