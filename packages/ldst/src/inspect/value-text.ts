/** Values of structures as texts and as data: short, however much there is. */
import type { Ink } from "@mem/qom";

/** Items of a list, or bytes, that are shown. */
const MOST_ITEMS = 16;

/** Most items of a list as data. */
const MOST_DATA = 256;

/** A plain value of a field in one line. */
export function valueText(value: unknown, ink: Ink): string {
  if (value instanceof Uint8Array) return ink(bytesText(value), "number");
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item) => valueText(item, ink));
    return `[${items.join(", ")}${value.length > MOST_ITEMS ? ", …" : ""}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).slice(0, MOST_ITEMS);
    return `{ ${entries.map(([name, part]) => `${name}: ${valueText(part, ink)}`).join(", ")} }`;
  }
  return ink(typeof value === "bigint" ? `${value}n` : String(value), "number");
}

/** Bytes in hexadecimal, 16 at most: `de ad be ef`. */
export function bytesText(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, MOST_ITEMS)];
  const text = shown.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return bytes.length > MOST_ITEMS ? `${text} …` : text;
}

/** A plain value of a field as JSON can have it: 64 bits and bytes are texts. */
export function valueData(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return bytesText(value);
  if (Array.isArray(value)) return value.slice(0, MOST_DATA).map(valueData);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, valueData(part)]));
}
