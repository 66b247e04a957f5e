/** Runs a prepared program, and looks after the machine that it makes. */
import * as core from "@mem/core";
import * as flat from "@mem/flat";
import * as iommu from "@mem/iommu";
import * as ldst from "@mem/ldst";
import * as ramdiscard from "@mem/ramdiscard";
import type { AddressSpace, Machine } from "@mem/flat";
import type { Trouble } from "./protocol.js";

/** Observer of a program. */
export interface ProgramWatcher {
  /** A machine has its first address space. */
  machine(machine: Machine): void;
  printed(text: string): void;
}

/** The packages as a program gets them: machines tell when they have something to show. */
export function packagesFor(watcher: ProgramWatcher): Readonly<Record<string, object>> {
  class WatchedMachine extends flat.Machine {
    #isTold = false;

    override addressSpace(...args: Parameters<Machine["addressSpace"]>): AddressSpace {
      const space = super.addressSpace(...args);
      if (!this.#isTold) {
        this.#isTold = true;
        watcher.machine(this);
      }
      return space;
    }
  }
  Object.defineProperty(WatchedMachine, "name", { value: "Machine" });
  return {
    "@mem/core": core,
    "@mem/flat": { ...flat, Machine: WatchedMachine },
    "@mem/iommu": iommu,
    "@mem/ldst": ldst,
    "@mem/ramdiscard": ramdiscard,
  };
}

/** Lines and letters of a line that are told; a program that prints in a loop would bury the page. */
const MOST_LINES = 500;
const MOST_LETTERS = 4000;

/** Printer of a program: the first lines are told, then, once, that there are more. */
export function printer(tell: (text: string) => void): (values: readonly unknown[]) => void {
  let lines = 0;
  return (values) => {
    if (++lines > MOST_LINES) return;
    const text = lines === MOST_LINES ? "... and more" : printedText(values);
    tell(text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)} ...` : text);
  };
}

/** Text of what `console.log` prints. */
export function printedText(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === "string" ? value : textOf(value))).join(" ");
}

function textOf(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  let own = "[object Object]";
  try {
    own = String(value);
  } catch {
    // An object without a prototype has no text.
  }
  if (own !== "[object Object]" && !Array.isArray(value)) return own;
  try {
    return JSON.stringify(value, (_key, part: unknown) =>
      typeof part === "bigint" ? `${part}n` : part,
    );
  } catch {
    return own;
  }
}

/** Problem, and the line of the program, which `url` names in the trace of calls. */
export function troubleOf(error: unknown, url: string): Trouble {
  if (!(error instanceof Error)) return { message: `Thrown: ${printedText([error])}`, line: null };
  const stack = error.stack ?? "";
  const at = stack.indexOf(`${url}:`);
  const line = at < 0 ? null : Number.parseInt(stack.slice(at + url.length + 1), 10);
  return {
    message: `${error.name}: ${error.message}`,
    line: line !== null && Number.isInteger(line) ? line : null,
  };
}
