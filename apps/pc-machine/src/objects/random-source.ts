/** Random bytes of the host, for devices to give to the guest. */

/** QEMU's `RngBackend`. */
export interface RandomSource {
  /** Up to `count` random bytes; fewer, or none, where the source has ended. */
  read(count: number): Uint8Array;
}

/** A source by its name, looked for when the device is made. @throws MemError when there is none */
export type RandomLink = () => RandomSource;

/** Most bytes that the host's generator gives at once. */
const MOST_AT_ONCE = 65_536;

/** The host's generator: QEMU's `rng-builtin`. */
export const hostRandom: RandomSource = {
  read: (count) => {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += MOST_AT_ONCE) {
      crypto.getRandomValues(bytes.subarray(at, at + MOST_AT_ONCE));
    }
    return bytes;
  },
};
