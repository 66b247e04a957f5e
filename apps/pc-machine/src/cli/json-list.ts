/** Arguments in JSON, as programs write them: `-device {"driver":"e1000"}`, or with single quotes. */
import { isObject } from "../qmp/json/json-value.js";
import { parseJson } from "../qmp/json/parse-json.js";
import { optionError } from "./cli-error.js";

/**
 * The list of keys and values that a JSON object stands for, in the form `key=value,...`; a text that is none stays
 * as it is. A list of values is a key that comes several times.
 * @param option the option as it was typed, for messages
 * @throws CliError for what begins as an object and is none, or has values of values
 */
export function listOfJson(option: string, text: string): string {
  if (!text.startsWith("{")) return text;
  const wrong = (what: string): Error => optionError(`${option} ${text}`, what);
  const parsed = parseJson(text);
  if (parsed === null) throw wrong("JSON expected");
  if (!isObject(parsed)) throw wrong("a JSON object expected");
  const parts = Object.entries(parsed).flatMap(([key, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((one) => {
      const word = wordOf(one);
      if (word === null) throw wrong(`${key}: a text, a number, true or false expected`);
      return `${key}=${word.replaceAll(",", ",,")}`;
    });
  });
  return parts.join(",");
}

/** A value as it is typed in a list; QEMU's lists of texts have each in an object of its own. */
function wordOf(value: unknown): string | null {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (["number", "bigint", "string"].includes(typeof value)) return String(value);
  return isObject(value) && typeof value["str"] === "string" ? value["str"] : null;
}
