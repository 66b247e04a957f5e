/** Tables that are bounded. */

/** Datagram sockets of the host, and peers that are remembered, at most. */
const MOST_DATAGRAM_PEERS = 64;

/** Makes room for another entry: the oldest one goes. */
export function forgetOldest<Key, Value>(
  entries: Map<Key, Value>,
  forgotten: (value: Value) => void,
): void {
  if (entries.size < MOST_DATAGRAM_PEERS) return;
  for (const [key, value] of entries) {
    entries.delete(key);
    forgotten(value);
    return;
  }
}
