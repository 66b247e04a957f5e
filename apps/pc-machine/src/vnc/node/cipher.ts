/** VNC's authentication, by Node. */
import { createCipheriv, getCiphers, randomBytes } from "node:crypto";

import type { VncCipher } from "../vnc-parts.js";

/** DES three times with one key is DES, which OpenSSL itself no longer offers. */
const CIPHER = "des-ede3-ecb";
const KEY_BYTES = 8;
const CHALLENGE_BYTES = 16;

/** The cipher, `null` where this Node has none of its kind. */
export function vncCipher(): VncCipher | null {
  // The table has the name of the pair that it is, too.
  if (!getCiphers().some((name) => name === CIPHER || name === "des-ede3")) return null;
  return {
    challenge: () => randomBytes(CHALLENGE_BYTES),
    response: (password, challenge) => {
      const key = keyOf(password);
      const cipher = createCipheriv(CIPHER, Buffer.concat([key, key, key]), null);
      cipher.setAutoPadding(false);
      return Buffer.concat([cipher.update(challenge), cipher.final()]);
    },
  };
}

/** The first eight letters; VNC takes the bits of each byte the other way round. */
function keyOf(password: string): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  key.set(Buffer.from(password, "utf8").subarray(0, KEY_BYTES));
  return key.map((byte) => {
    let reversed = 0;
    for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) reversed |= 0x80 >> bit;
    return reversed;
  });
}
