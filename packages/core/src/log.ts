/**
 * What a log line is about: a guest's mistake, something not modelled, a throwing callback.
 * @see {@link MemorySystem}
 */
export type LogCategory = "guest_error" | "unimp" | "callback";
