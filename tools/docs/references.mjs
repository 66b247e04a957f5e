import { guides, packageReadmes, packageReferences, sectionsOf } from "./pages.mjs";

/**
 * How a docstring refers to a page of prose, at the end of a `@see`:
 *
 *     @see the reference of `@mem/flat`, "Doorbells"
 *     @see the guide "Banks, mirrors and windows"
 *
 * The section is optional. `README of` means the same page, or the README where there is no reference.
 */
export const REFERENCE =
  /the (?:(?:README|reference) of `(@mem\/[\w-]+)`|guide "([^"]+)")(?:, "([^"]+)")?/g;

/** A docstring's text without the asterisks at the beginning of its lines. */
export function plainText(comment) {
  return comment
    .replace(/^\/\*\*?|\*\/$/g, "")
    .replaceAll(/^[ \t]*\*[ \t]?/gm, "")
    .trim();
}

/** The pages that a text refers to: `{ text, title | packageName, section }`. */
export function referencesIn(text) {
  return [...text.replaceAll(/\s+/g, " ").matchAll(REFERENCE)].map(
    ([all, packageName, guide, section]) => ({ text: all, packageName, guide, section }),
  );
}

/** Finds the pages that docstrings refer to. */
export class Pages {
  /** By package: its reference, or the README of one that has none. */
  #packages = new Map(
    [...packageReadmes(), ...packageReferences()].map((page) => [page.name, page]),
  );
  #guides = new Map(guides().map((guide) => [guide.title, guide]));

  /** The page a reference means, or `undefined`. */
  find({ packageName, guide }) {
    return packageName ? this.#packages.get(packageName) : this.#guides.get(guide);
  }

  /** The text of the section a reference means (of the whole page if it names none). */
  textOf(reference) {
    const page = this.find(reference);
    if (page === undefined || reference.section === undefined) return page?.text;
    return sectionsOf(page.text).get(reference.section);
  }
}
