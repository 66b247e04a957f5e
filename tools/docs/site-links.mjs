import { posix } from "node:path";
import { REFERENCE } from "./references.mjs";

const LINK = /(?<!!)\[([^\]]+)\]\(([^)#:\s]+)(#[^)]*)?\)/g;

/**
 * Makes of a page's text one that links to nothing but these files, or their folders where they are
 * READMEs: what the site does not show, such as a source file, becomes plain words.
 */
export function onlyLinksTo(files) {
  const targets = new Set(files);
  for (const file of files)
    if (posix.basename(file) === "README.md") targets.add(posix.dirname(file));
  return (file, text) =>
    text.replaceAll(LINK, (link, label, target) => {
      const path = posix.join(posix.dirname(file), target).replace(/\/$/, "");
      return targets.has(path) ? link : label;
    });
}

/** Has blocks without a language, such as drawings, shown as they are instead of as TypeScript. */
export function plainBlocks(text) {
  let inside = false;
  return text.replaceAll(/^```(.*)$/gm, (fence, language) => {
    inside = !inside;
    return inside && language === "" ? "```text" : fence;
  });
}

/** Makes Markdown links, as from a file in the root, of a docstring's references to pages. */
export function referencesAsLinks(pages, anchorOf) {
  return (text) =>
    text.replaceAll(/\s+/g, " ").replaceAll(REFERENCE, (words, packageName, guide, section) => {
      const page = pages.find({ packageName, guide });
      if (page === undefined) return words;
      return `[${words}](${page.file}${section === undefined ? "" : `#${anchorOf(section)}`})`;
    });
}
