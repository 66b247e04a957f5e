/** Links that hold a program. */

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
  if (kind === "lesson") return { lesson: decodeURIComponent(value) };
  if (kind !== "program") return null;
  try {
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
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}
