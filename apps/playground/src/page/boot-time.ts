/** Milliseconds until the embedded firmware has come to its prompt, for which what costs time waits. */
export const BOOT_MS = 1500;
