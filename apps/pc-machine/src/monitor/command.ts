/** Declaration of a command of the monitor. */
import type { Style } from "../text/style.js";
import type { MonitorTarget } from "./target.js";
import type { MonitorTracing } from "./tracing.js";

/** Context of a command. */
export interface CommandContext {
  readonly target: MonitorTarget;
  /** Print text; lines end in `\n`. */
  print(text: string): void;
  /** Colours, where the terminal has them. */
  readonly style: Style;
  /** The dump format that the next `x`, `xp` or `print` starts from. */
  readonly dump: DumpDefaults;
  /** The processor that commands are about; `cpu` chooses it. */
  readonly chosen: { cpu: number };
  /** The lines of before, the oldest first. */
  readonly history: readonly string[];
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
  /** Arguments as the help shows them. */
  readonly parameters: string;
  readonly help: string;
  /**
   * Completions of the last of `words`, which follow the command's name. Those that begin otherwise
   * are left out later.
   */
  complete?(context: CommandContext, words: readonly string[]): readonly string[];
  /**
   * @param argument what followed the name, trimmed
   * @throws MonitorError when it cannot be done as typed
   */
  run(context: CommandContext, argument: string): void;
}
