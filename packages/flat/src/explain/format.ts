import { hex, IommuAccess } from "@mem/core";
import { attributeRows, INHERITED_ATTRIBUTES } from "@mem/core/plumbing";
import { type FlatRange, flagsOf } from "../view/flat-range.js";
import type { ExplanationFields, LookupOutcome, TranslationOutcome } from "./found.js";
import { accessLines } from "./format-access.js";
import { hiddenLines } from "./format-hidden.js";
import { indent, kindName, nameOf, span } from "./format-words.js";
import type { PathStep } from "./path-step.js";

/** Number of steps from either end that are told of a way that is longer. */
const STEPS_AT_ENDS = 12;
const MAX_INDENT = 12;

/**
 * An explanation as text for people: lines without an end of line behind the last, indented by
 * two spaces, in sections of which those are left out that have nothing to say.
 * @see {@link explain}
 */
export function formatExplanation(explanation: ExplanationFields): string {
  const { addr, addressSpace, found, path, hidden, access, translation } = explanation;
  const lines = [`${hex(addr)} in ${addressSpace.name}: ${placeOf(found)}`];
  if (explanation.isPending) {
    lines.push("The map has changed since the last commit: the ways are the new ones.");
  }
  if (addressSpace.isDestroyed) lines.push("The address space was destroyed.");
  if (path.length > 0) lines.push("The way there:", ...indent(pathLines(path)));
  lines.push("What shows:", ...indent(foundLines(found)));
  const above = hidden.filter(({ isAbove }) => isAbove);
  const beneath = hidden.filter(({ isAbove }) => !isAbove);
  if (above.length > 0) {
    const heading = found.kind === "hole" ? "Not in effect:" : "Before it, but not in effect:";
    lines.push(heading, ...indent(hiddenLines(above)));
  }
  if (beneath.length > 0) lines.push("Beneath it:", ...indent(hiddenLines(beneath)));
  if (!explanation.isComplete) lines.push("There is more: the map is too large to tell it all.");
  lines.push("Accesses:", ...indent(accessLines(access)));
  if (translation) lines.push("From here:", ...indent(translationLines(translation)));
  return lines.join("\n");
}

function placeOf(found: LookupOutcome): string {
  return found.kind === "hole" ? "nothing" : `${nameOf(found.region)} + ${hex(found.offset)}`;
}

function pathLines(path: readonly PathStep[]): string[] {
  const left = path.length - 2 * STEPS_AT_ENDS;
  const lines: string[] = [];
  path.forEach((step, level) => {
    if (left > 1 && level >= STEPS_AT_ENDS && level < path.length - STEPS_AT_ENDS) {
      if (level === STEPS_AT_ENDS) lines.push(`${margin(level)}... ${left} more ...`);
      return;
    }
    lines.push(`${margin(level)}${stepLine(step)}`);
  });
  return lines;
}

function margin(level: number): string {
  return "  ".repeat(Math.min(level, MAX_INDENT));
}

function stepLine({ region, entry, isLookedThrough, offset, range }: PathStep): string {
  const words = [kindName(region)];
  if (entry.how === "root") words.push("the root");
  if (entry.how === "subregion") {
    words.push(`at ${hex(entry.addr)}`, `priority ${entry.priority}`);
  }
  if (entry.how === "alias") words.push(`shown from ${hex(entry.aliasOffset)} on`);
  words.push(`offset ${hex(offset)}`);
  if (isLookedThrough) words.push("looked through");
  return `${nameOf(region)} ${range ? span(range.from, range.to) : "nowhere"}: ${words.join(", ")}`;
}

function foundLines(found: LookupOutcome): string[] {
  if (found.kind === "section") return [rangeLine(found.range), ...attributeLines(found.range)];
  const { start, end, before, after } = found;
  return [
    `nothing in ${span(start, end)}: unassigned`,
    ...(before ? [`before it ${rangeLine(before)}`] : []),
    ...(after ? [`after it ${rangeLine(after)}`] : []),
  ];
}

function rangeLine({ region, start, end, offset }: FlatRange): string {
  return `${span(start, end)} is ${nameOf(region)} from ${hex(offset)} on, ${kindName(region)}`;
}

function attributeLines(range: FlatRange): string[] {
  const { region, readonly, romd } = range;
  const words: string[] = [];
  if (readonly) words.push(region.readonly ? "read-only" : "read-only by something above it");
  if (region.kind === "romDevice")
    words.push(romd ? "ROMD mode: loads are memory" : "loads are MMIO");
  const flags = flagsOf(range) & INHERITED_ATTRIBUTES;
  for (const [name, { bit, on, effect }] of attributeRows()) {
    if (name !== "readonly" && (flags & bit) !== 0) words.push(effect ?? on ?? name);
  }
  return words.length > 0 ? [words.join(", ")] : [];
}

function translationLines(outcome: TranslationOutcome): string[] {
  switch (outcome.kind) {
    case "notAsked":
      return ["the IOMMU decides where accesses go on; it was not asked"];
    case "endless":
      return ["too many translations in a row: refused"];
    case "refused":
      return [outcome.entry ? "the IOMMU refuses it" : "the IOMMU failed", ...entryLines(outcome)];
    case "goesOn":
      return [...entryLines(outcome), ...formatExplanation(outcome.next).split("\n")];
  }
}

function entryLines({ entry }: TranslationOutcome & { kind: "refused" | "goesOn" }): string[] {
  if (!entry) return [];
  const { iova, translatedAddr, addrMask, perm, targetAs } = entry;
  const from = iova & ~addrMask;
  const to = translatedAddr & ~addrMask;
  const place = targetAs ? `${hex(to)} in ${targetAs.name}` : "nowhere";
  return [`${span(from, from + addrMask + 1n)} goes to ${place}, ${permission(perm)}`];
}

function permission(perm: IommuAccess): string {
  if (perm === IommuAccess.RW) return "for loads and stores";
  if (perm === IommuAccess.RO) return "for loads";
  return perm === IommuAccess.WO ? "for stores" : "for no access";
}
