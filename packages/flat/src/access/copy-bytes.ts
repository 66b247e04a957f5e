/** Fills `into` from `at`; short runs byte by byte, which saves making a view. */
export function copyBytes(bytes: Uint8Array, at: number, into: Uint8Array): void {
  const { length } = into;
  if (length > 32) into.set(bytes.subarray(at, at + length));
  else for (let i = 0; i < length; i++) into[i] = bytes[at + i] ?? 0;
}
