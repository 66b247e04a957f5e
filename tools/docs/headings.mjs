/**
 * Has a heading's code count as text where typedoc takes the heading's words: for the table of
 * contents, and for the anchor. It asks a token's children first, and code has none.
 */
export function keepCodeOfHeadings(tokens) {
  tokens.forEach((token, i) => {
    if (token.type !== "heading_open") return;
    for (const child of tokens[i + 1]?.children ?? []) {
      if (child.type !== "code_inline") continue;
      child.children = [{ type: "text", content: child.content, children: null }];
    }
  });
}

/** Installs that in a parser of markdown-it. */
export function loadHeadings(parser) {
  parser.core.ruler.push("mem-headings", ({ tokens }) => keepCodeOfHeadings(tokens));
}
