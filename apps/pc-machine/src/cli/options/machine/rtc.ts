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
  const ms = Date.parse(`${match[1]}T${match[2] ?? "00:00:00"}Z`);
  // A day the month does not have is moved on by the parser: refuse it.
  const same = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(match[1] ?? "");
  return same ? ms : null;
}

function apply(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value);
  const base = keys.get("base") ?? "utc";
  keys.choice("clock", ["host", "vm", "rt"]);
  keys.choice("driftfix", ["none"]);
  keys.finish();
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
