/** The machine's log on standard error or in a file. */
import type { LogCategory } from "../board/index.js";
import type { MonitorLog } from "../monitor/target.js";
import { CliError } from "./cli-error.js";

/** The place where a line of the log goes. */
export type WriteLine = (line: string) => void;

/** Categories that may be chosen, by QEMU's names, with what they log. */
export const LOG_ITEMS: ReadonlyMap<
  string,
  { readonly category: "guest_error" | "unimp"; readonly help: string }
> = new Map([
  [
    "guest_errors",
    {
      category: "guest_error",
      help: "log when the guest OS does something invalid (eg accessing a\nnon-existent register)",
    },
  ],
  ["unimp", { category: "unimp", help: "log unimplemented functionality" }],
]);

/** A file that lines can be added to; whoever opened it closes it at the end. */
interface LogFile {
  write(byte: number): void;
}

/** The log: which categories are written, one line each, and where to. */
export class MachineLog implements MonitorLog {
  readonly items = [...LOG_ITEMS].reverse().map(([name, { help }]) => ({ name, help }));
  readonly #categories: Set<LogCategory>;
  readonly #write: WriteLine;
  readonly #openFile: (path: string) => LogFile;
  #file: LogFile | null = null;

  /**
   * @param write    where lines go unless a file is asked for
   * @param openFile makes a file anew; throws CliError when it cannot be written
   */
  constructor(
    categories: ReadonlySet<"guest_error" | "unimp">,
    write: WriteLine,
    openFile: (path: string) => LogFile,
  ) {
    this.#categories = new Set<LogCategory>(categories);
    this.#write = write;
    this.#openFile = openFile;
  }

  /** Log. A device whose own code failed is always reported. */
  readonly log = (category: LogCategory, message: string): void => {
    if (category !== "callback" && !this.#categories.has(category)) return;
    const line = message.replace(/\s*\n[^]*$/, "");
    if (this.#file === null) {
      this.#write(line);
      return;
    }
    for (const byte of new TextEncoder().encode(`${line}\n`)) this.#file.write(byte);
  };

  choose(names: readonly string[]): boolean {
    const chosen = new Set<LogCategory>();
    for (const name of names) {
      const item = LOG_ITEMS.get(name);
      if (name === "none") chosen.clear();
      else if (name === "all") for (const { category } of LOG_ITEMS.values()) chosen.add(category);
      else if (item === undefined) return false;
      else chosen.add(item.category);
    }
    this.#categories.clear();
    for (const category of chosen) this.#categories.add(category);
    return true;
  }

  /** Write to a file from now on. @throws CliError when it cannot be written */
  open(path: string): void {
    this.#file = this.#openFile(path);
  }

  toFile(path: string): string | null {
    try {
      this.open(path);
      return null;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const why = error.message.replace(/^cannot write ".*": /, "");
      return why.charAt(0).toUpperCase() + why.slice(1);
    }
  }
}
