/** An explanation as data for a page. */
import { type AddressSpace, explain } from "@mem/flat";
import { hex } from "./frame.js";
import type { ExplanationView } from "./protocol.js";

/** Explanation of `address`, in the sections that the text has. */
export function explanationOf(space: AddressSpace, name: string, address: bigint): ExplanationView {
  const [headline = "", ...lines] = String(explain(space, address)).split("\n");
  return { space: name, address: hex(address), headline, sections: sectionsOf(lines) };
}

/** Lines that are not indented are headings, those after them belong to them. */
export function sectionsOf(lines: readonly string[]): ExplanationView["sections"] {
  const sections: { heading: string; lines: string[] }[] = [];
  for (const line of lines) {
    const last = sections.at(-1);
    if (line.startsWith("  ") && last !== undefined) last.lines.push(line.slice(2));
    else sections.push({ heading: line.replace(/:$/, ""), lines: [] });
  }
  return sections;
}
