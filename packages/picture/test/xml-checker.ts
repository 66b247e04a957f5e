/** An element of a document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text between its tags, of its children too. */
  readonly text: string;
}

const TOKEN = /<\/([\w:-]+)>|<([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/;
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** Reads XML as strictly as its rules are, of those parts that pictures use. @throws Error */
export function readXml(source: string): XmlElement {
  if (FORBIDDEN.test(source)) throw new Error("a character that XML cannot hold");
  if (REFERENCE.test(source)) throw new Error("an & that begins no reference");
  const top: Open = { name: "", attributes: new Map(), children: [], text: "" };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(source);
    if (!token) throw new Error(`no XML at ${at}: ${source.slice(at, at + 60)}`);
    const [, closed, opened, attributes = "", isEmpty, text] = token;
    const inner = open.at(-1);
    if (!inner) throw new Error("something after the end");
    if (text !== undefined) {
      for (const each of open) each.text += unescape(text);
    } else if (closed !== undefined) {
      if (inner.name !== closed) throw new Error(`</${closed}> ends <${inner.name}>`);
      open.pop();
    } else {
      const element: Open = {
        name: opened ?? "",
        attributes: read(attributes),
        children: [],
        text: "",
      };
      inner.children.push(element);
      if (isEmpty === "") open.push(element);
    }
  }
  const [root, ...others] = top.children;
  if (!root || others.length > 0 || open.length !== 1) throw new Error("not one whole element");
  return root;
}

/** The element and all in it. */
export function* elements(element: XmlElement): IterableIterator<XmlElement> {
  yield element;
  for (const child of element.children) yield* elements(child);
}

interface Open {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: Open[];
  text: string;
}

function read(source: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = "", value = ""] of source.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (found.has(name)) throw new Error(`${name} twice`);
    found.set(name, unescape(value));
  }
  return found;
}

function unescape(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
