/** Replays recorded behaviour of the memory API against the packages. */
export { compareAnswer, type Difference } from "./compare.js";
export { CorpusError, readScripts } from "./corpus-reader.js";
export { FAMILIES, isFamily } from "./families.js";
export { replayScript } from "./replay.js";
export { formatMismatch, type Mismatch } from "./report.js";
export type { Answer, Json, LogEntry, Script, ScriptOp } from "./script.js";
