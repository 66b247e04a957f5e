/** Writes that leave together. */
import type { Writable } from "node:stream";

/**
 * Writer to a stream. What is written in one turn of Node's leaves at its end, together: a guest sends a little
 * with each segment, and a call of the host's for each would cost more than all that its network does.
 */
export function gathering(stream: Writable): (bytes: Uint8Array) => void {
  let gathers = false;
  return (bytes) => {
    if (!gathers) {
      gathers = true;
      stream.cork();
      process.nextTick(() => {
        gathers = false;
        stream.uncork();
      });
    }
    stream.write(bytes);
  };
}
