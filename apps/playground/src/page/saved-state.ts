/** The state of a machine in this browser's own database. */
import { PageError } from "../page-error.js";
import type { MachineRequest } from "../machine/protocol.js";

const DATABASE = "mem-playground";
const STORE = "states";
const KEY = "last";

/** Puts a state in place of the one before. */
export async function saveState(state: MachineRequest): Promise<void> {
  const store = await storeFor("readwrite");
  await answerOf(store.put(state, KEY));
}

/** The state that was put there last, `null` for none. */
export async function loadState(): Promise<MachineRequest | null> {
  const store = await storeFor("readonly");
  const value: unknown = await answerOf(store.get(KEY));
  return isMachineRequest(value) ? value : null;
}

async function storeFor(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await answerOf(opening);
  return database.transaction(STORE, mode).objectStore(STORE);
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () =>
      reject(request.error ?? new PageError("the database failed", { rule: "database" }));
  });
}

function isMachineRequest(value: unknown): value is MachineRequest {
  return typeof value === "object" && value !== null && "memoryMiB" in value && "disks" in value;
}
