import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PageEvent, RendererEvent } from "typedoc";
import { inRoot } from "../bootstrap/paths.mjs";

/** What TypeDoc is to write where it links to a line of a file: {@link addSources} knows it again. */
export const sourceLinkTemplate = "source:{path}#L{line}";

/**
 * Has symbols link to their sources: where the project lies at a web address (`repository`), there;
 * else to pages with the sources, which are added to the site. Files of others are named only.
 */
export function addSources({ renderer }, repository) {
  const files = new Set();
  const target = (file, url) => {
    if (repository) return `${repository}/blob/HEAD/${file}`;
    files.add(file);
    return upFrom(url) + pageOf(file);
  };
  renderer.on(PageEvent.END, (page) => {
    page.contents = page.contents?.replace(
      /<a href="source:([^"#]+)(#L\d+)"[^>]*>(.*?)<\/a>/g,
      (_link, file, line, text) =>
        /(^|\/)(\.\.|node_modules)\//.test(file)
          ? text
          : `<a href="${target(file, page.url)}${line}">${text}</a>`,
    );
  });
  renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    for (const file of files) writePage(outputDirectory, file);
  });
}

const pageOf = (file) => `sources/${file}.html`;
const upFrom = (url) => "../".repeat(url.split("/").length - 1);

function writePage(folder, file) {
  const lines = readFileSync(inRoot(file), "utf8").trimEnd().split("\n");
  const up = upFrom(pageOf(file));
  const page = join(folder, pageOf(file));
  mkdirSync(dirname(page), { recursive: true });
  writeFileSync(page, html(file, up, lines.map(numbered).join("\n")));
}

const numbered = (line, index) => `<span id="L${index + 1}">${escaped(line)}</span>`;
const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function html(file, up, code) {
  return `<!doctype html>
<html lang="en" data-base="${up}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${file} | Mem</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}assets/style.css">
<link rel="stylesheet" href="${up}assets/custom.css">
<main class="source-page">
<p><a href="${up}index.html">Mem</a></p>
<h1>${file}</h1>
<pre class="source"><code>${code}</code></pre>
</main>
</html>
`;
}
