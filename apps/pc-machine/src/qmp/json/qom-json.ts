/** Values of objects' properties as JSON. */
import { QomObject } from "@mem/qom";

import type { JsonValue } from "./json-value.js";

/** A property's value as JSON: objects by their paths. */
export function qomJson(value: unknown): JsonValue {
  if (value instanceof QomObject) return value.canonicalPath() ?? "";
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
    case "bigint":
      return value;
    case "object":
      if (value === null) return "";
      return Array.isArray(value)
        ? value.map(qomJson)
        : Object.fromEntries(Object.entries(value).map(([name, one]) => [name, qomJson(one)]));
    default:
      return null;
  }
}
