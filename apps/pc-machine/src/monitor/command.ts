/** What a command of the monitor is. */
import type { MonitorTarget } from "./target.js";
import type { MonitorTracing } from "./tracing.js";

/** What a command has at hand. */
export interface CommandContext {
  readonly target: MonitorTarget;
  /** Print text; lines end in `\n`. */
  print(text: string): void;
  /** The dump format that the next `x`, `xp` or `print` starts from. */
  readonly dump: DumpDefaults;
  /** Traces and break conditions. */
  readonly tracing: MonitorTracing;
}

/** Format and size stay from one dump to the next. */
export interface DumpDefaults {
  format: string;
  size: number;
}

/** One command, under all its names. */
export interface Command {
  readonly names: readonly string[];
  /** How the help shows its arguments. */
  readonly parameters: string;
  readonly help: string;
  /**
   * @param argument what followed the name, trimmed
   * @throws MonitorError when it cannot be done as typed
   */
  run(context: CommandContext, argument: string): void;
}
