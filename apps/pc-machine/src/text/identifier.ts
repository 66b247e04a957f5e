/** Names that people and programs give to what they make: devices, nodes, back ends, objects, jobs. */

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_.-]*$/;

/** True for letters, digits and any of `-._` that begin with a letter (QEMU's `id_wellformed`). */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}
