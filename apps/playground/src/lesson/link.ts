/** Links that hold a program. */
import { PageError } from "../page-error.js";

/** Longest program of a link, in bytes: what is packed may be a thousand times as long. */
const MOST_BYTES = 2 ** 20;

/** The part of an address behind `#` that holds a program. */
export async function linkOf(program: string): Promise<string> {
  const bytes = new TextEncoder().encode(program);
  const packed = await through(bytes, new CompressionStream("deflate-raw"));
  let text = "";
  for (const byte of packed) text += String.fromCharCode(byte);
  return `program=${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** Content of a link: a program, the name of a lesson, or nothing that can be read. */
export async function readLink(
  hash: string,
): Promise<{ readonly program: string } | { readonly lesson: string } | null> {
  const [, kind, value = ""] = /^#?(program|lesson)=(.+)$/.exec(hash) ?? [];
  try {
    if (kind === "lesson") return { lesson: decodeURIComponent(value) };
    if (kind !== "program") return null;
    const text = atob(value.replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const bytes = await through(packed, new DecompressionStream("deflate-raw"));
    return { program: new TextDecoder().decode(bytes) };
  } catch {
    return null;
  }
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let total = 0; ;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.length;
    if (total > MOST_BYTES) {
      await reader.cancel();
      throw new PageError(`the program is longer than ${MOST_BYTES} bytes`, { rule: "link" });
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
