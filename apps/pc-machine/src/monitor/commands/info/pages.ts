/** `info mem` and `info tlb`: the guest's page tables. */
import { untraced } from "@mem/flat";

import { mappedPages, type MappedPage } from "../../../board/memory/page-tables.js";
import type { Command, CommandContext } from "../../command.js";
import { chosenCpu } from "../../parts.js";
import { memLines, tlbLines } from "../../text/machine/page-text.js";

/** Text that is printed at a time. */
const LINES_AT_ONCE = 1024;
/** Lines at most: a guest can have tables that map pages without end. */
const MOST_LINES = 0x4_0000;

function print(
  context: CommandContext,
  linesOf: (pages: Iterable<MappedPage>) => Iterable<string>,
): void {
  const { pc } = context.target;
  const cpu = chosenCpu(context);
  if (cpu === null) {
    context.print("No CPU available\n");
    return;
  }
  const pages = mappedPages(cpu, (address, into) => {
    untraced(pc.machine, () => pc.memory.read(address, into));
  });
  if (pages === null) {
    context.print("PG disabled\n");
    return;
  }
  let lines: string[] = [];
  let printed = 0;
  for (const line of linesOf(pages)) {
    lines.push(line);
    if (++printed > MOST_LINES) {
      lines.push("...\n");
      break;
    }
    if (lines.length < LINES_AT_ONCE) continue;
    context.print(lines.join(""));
    lines = [];
  }
  context.print(lines.join(""));
}

function subject(name: string, help: string, linesOf: Parameters<typeof print>[1]): Command {
  return {
    names: [name],
    parameters: "",
    help,
    run: (context) => print(context, linesOf),
  };
}

/** The subjects. */
export const pageSubjects: readonly Command[] = [
  subject("mem", "show the active virtual memory mappings", memLines),
  subject("tlb", "show virtual to physical memory mappings", tlbLines),
];
