/** A network for tests of cards. */
import type { Network, NetworkCard } from "../../src/net/network.js";

/** A network that keeps what a card sends. */
export class Tap implements Network {
  readonly summary = "type=test";
  readonly sent: Uint8Array[] = [];
  card: NetworkCard | null = null;
  /** Times that the card said that it has room again. */
  rooms = 0;

  connect(card: NetworkCard): void {
    this.card = card;
  }
  disconnect(): void {
    this.card = null;
  }
  send(frame: Uint8Array): void {
    this.sent.push(frame);
  }
  roomForFrames(): void {
    this.rooms++;
  }
}
