/** A command that cannot be done as typed: the text says why. */
export class MonitorError extends Error {
  override readonly name = "MonitorError";
}
