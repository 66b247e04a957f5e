/** The command line of the monitor cannot be done as typed. */
import { MemError } from "@mem/qom";

/** A command that cannot be done; its message is shown in place of a result. */
export class MonitorError extends MemError {
  static override readonly name: string = "MonitorError";
  /** True if it was typed wrongly, so that the help is of use. */
  readonly usage: boolean;

  /** @param options.usage false if the machine is at fault, and not what was typed */
  constructor(message: string, options: { readonly usage?: boolean } = {}) {
    super(message, { rule: "monitor-command" });
    this.usage = options.usage ?? true;
  }
}
