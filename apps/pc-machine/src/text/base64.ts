/** Bytes as base64. */

/** The bytes of base64, as far as it is that; letters that do not belong there are skipped. */
export function base64Data(text: string): Uint8Array {
  const letters = text.replace(/[^A-Za-z0-9+/]/g, "");
  // A single letter at the end is less than a byte.
  const whole = letters.length % 4 === 1 ? letters.slice(0, -1) : letters;
  return Uint8Array.from(atob(whole), (letter) => letter.charCodeAt(0));
}

const PIECE = 0x3000;

/** `bytes` in base64. */
export function base64Text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  }
  return text;
}
