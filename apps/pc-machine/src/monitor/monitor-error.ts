import { MemError } from "@mem/qom";

/** A command that cannot be done as typed: the text says why. Rule `monitor-command`. */
export class MonitorError extends MemError {
  static override readonly name: string = "MonitorError";

  constructor(message: string) {
    super(message, { rule: "monitor-command" });
  }
}
