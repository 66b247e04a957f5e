/** JSON as QEMU writes it: ASCII, a blank behind commas and colons. */

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};
const INDENT = "    ";

/** `value` in one line, or with `pretty` indented. What JSON does not know is left out. */
export function jsonText(value: unknown, pretty = false): string {
  return textOf(value, pretty ? "\n" : null);
}

function textOf(value: unknown, line: string | null): string {
  switch (typeof value) {
    case "string":
      return stringText(value);
    case "number":
      return numberText(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      break;
    default:
      return "null";
  }
  if (value === null) return "null";
  if (Array.isArray(value)) {
    return wrapped(
      value.map((item: unknown) => (below) => textOf(item, below)),
      "[]",
      line,
    );
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return wrapped(
    members.map(
      ([name, member]) =>
        (below) =>
          `${stringText(name)}: ${textOf(member, below)}`,
    ),
    "{}",
    line,
  );
}

function wrapped(
  parts: readonly ((line: string | null) => string)[],
  brackets: string,
  line: string | null,
): string {
  const below = line === null ? null : line + INDENT;
  const texts = parts.map((part) => part(below));
  const [open, close] = [brackets.charAt(0), brackets.charAt(1)];
  if (texts.length === 0 || line === null || below === null) {
    return open + texts.join(", ") + close;
  }
  return open + texts.map((text) => below + text).join(",") + line + close;
}

function stringText(text: string): string {
  // One unit of UTF-16 at a time: what is not ASCII is a pair of units, escaped each.
  const escaped = text.replace(/["\\]|[^ -~]/g, (letter) => ESCAPES[letter] ?? units(letter));
  return `"${escaped}"`;
}

function units(letter: string): string {
  return letter
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`)
    .join("");
}

/** As `%.17g` has it. */
function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const [digits = "", exponent] = value.toPrecision(17).split("e");
  const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  if (exponent === undefined) return short;
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${short}e${sign}${exponent.replace(/^[-+]/, "").padStart(2, "0")}`;
}
