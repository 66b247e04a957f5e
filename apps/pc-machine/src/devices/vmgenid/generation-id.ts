/** IDs of generations: UUIDs, as texts and as the bytes that a guest reads. */

/** Bytes of an ID. */
export const GENERATION_ID_BYTES = 16;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A text begins with three numbers, which guests store with the lowest byte first. */
const NUMBERS = [4, 2, 2] as const;

/** True if `text` is a UUID. */
export function isGenerationId(text: string): boolean {
  return UUID.test(text);
}

/** The bytes of the UUID `text`, as a guest stores it. */
export function generationIdBytes(text: string): Uint8Array {
  const digits = text.replaceAll("-", "").match(/../g) ?? [];
  const bytes = Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
  let at = 0;
  for (const length of NUMBERS) {
    bytes.subarray(at, at + length).reverse();
    at += length;
  }
  return bytes;
}

/** A random UUID (version 4). */
export function randomGenerationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GENERATION_ID_BYTES));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
