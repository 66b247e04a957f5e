/**
 * The shape of each opcode: n = nothing follows, m = ModRM, b = byte, w = word, v = operand size,
 * o = address, B = ModRM and byte, M = ModRM and operand size, x = not known here (far pointers,
 * undefined), G and H = group 3, E = ENTER.
 */
export const PRIMARY =
  "mmmmbvnn".repeat(8) +
  "n".repeat(32) +
  "nnmmnnnnvMbBnnnn" +
  "b".repeat(16) +
  "BMBBmmmmmmmmmmmm" +
  "nnnnnnnnnnxnnnnn" +
  "oooonnnnbvnnnnnn" +
  "bbbbbbbbvvvvvvvv" +
  "BBwnmmBMEnwnnbnn" +
  "mmmmbbnnmmmmmmmm" +
  "bbbbbbbbvvxbnnnn" +
  "nnnnnnGHnnnnnnmm";

/** The shapes of the opcodes behind 0F. */
export const SECONDARY =
  "xmxxxxxxxxxxxmxx" +
  "xxxxxxxxmmmmmmmm" +
  "x".repeat(16) +
  "xnxxxxxxxxxxxxxx" +
  "m".repeat(16) +
  "x".repeat(48) +
  "v".repeat(16) +
  "m".repeat(16) +
  "nnnmBmxxnnxmBmxm" +
  "mmmmmmmmxxBmmmmm" +
  "mmxxxxxmnnnnnnnn" +
  "x".repeat(48);
