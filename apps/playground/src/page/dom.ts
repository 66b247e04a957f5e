/** Elements, made in one expression. */
import { PageError } from "../page-error.js";

type Attribute = string | number | boolean | null | ((event: never) => void);

/**
 * An element with attributes and children. Functions are listeners (`onclick`), `true` is an
 * attribute without a value, `false` and `null` are none.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.replace(/^on/, ""), value as EventListener);
    } else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** The element of an id, which the page must have. */
export function byId<E extends HTMLElement>(id: string, kind: abstract new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new PageError(`the page has no ${kind.name} #${id}`, { rule: "element" });
}

/** True if the page stands within another, in place of a picture of a map. */
export function isEmbedded(): boolean {
  return new URLSearchParams(location.search).has("embed");
}

/** Says something to whoever cannot see it. */
export function announce(text: string): void {
  const region = document.getElementById("announcements");
  if (region !== null) region.textContent = text;
}
