/** `-rtc`: what the calendar shows at power-on. */
import type { CommandLine } from "../../command-line.js";
import { KeyValues } from "../../key-values.js";
import type { OptionDefinition } from "../definition.js";

/** A day, with or without a time, in UTC. `null` when it is none. */
function parseDate(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2}))?$/.exec(text);
  if (match === null) {
    return null;
  }
  // A day that the month does not have is moved on by the parser, as QEMU does it.
  const ms = Date.parse(`${match[1]}T${match[2] ?? "00:00:00"}Z`);
  return Number.isNaN(ms) ? null : ms;
}

function apply(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value);
  const base = keys.get("base") ?? "utc";
  keys.choice("clock", ["host", "vm", "rt"]);
  const drift = keys.choice("driftfix", ["none", "slew"]);
  keys.finish();
  if (drift === "slew") {
    line.notes.push(`${option} ${value}: accepted without effect: no ticks are ever lost`);
  }
  if (base === "utc" || base === "localtime") {
    line.rtcBase = base;
    return;
  }
  const date = parseDate(base);
  if (date === null) {
    throw keys.error("base is utc, localtime, or a date such as 2024-02-29T12:34:56");
  }
  line.rtcBase = date;
}

/** The option `-rtc`. */
export const rtcOption: OptionDefinition = {
  names: ["rtc"],
  argument: "base=utc|localtime|DATE",
  help: ["the calendar at power-on (default utc); DATE is YYYY-MM-DD[THH:MM:SS], UTC"],
  values: ["base=utc", "base=localtime", "base="],
  config: { group: "rtc" },
  apply,
};
