/** True for a `Uint8Array`, also one of another realm, as `node:vm` and test runners hand over. */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]"
  );
}
