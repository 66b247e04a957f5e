import { printable } from "../text.js";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it stands between tags and in attributes; what XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  const lines = text.split("\n").map(printable).join("\n");
  return lines.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? "");
}

/** Attributes; those that are `undefined` are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element with content that is XML already. */
export function element(name: string, attributes: Attributes, ...content: string[]): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${attribute(value)}"`)
    .join("");
  return content.length === 0
    ? `<${name}${list}/>`
    : `<${name}${list}>${content.join("")}</${name}>`;
}

function attribute(value: string | number | undefined): string {
  return typeof value === "number" ? decimal(value) : escapeXml(value ?? "");
}

/** A coordinate with as many digits as can be seen. */
export function decimal(value: number): string {
  return String(Math.round(value * 10) / 10);
}
