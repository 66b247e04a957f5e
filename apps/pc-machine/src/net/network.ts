/** A network as the card on it sees it: frames out, frames in (QEMU's `NetClientState`). */
import type { Clock } from "../host/clock.js";

/** A network card, as the network sees it. */
export interface NetworkCard {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** Clock by which the network times what it sends again. */
  readonly clock: Clock;
  /**
   * Take a frame, from the destination's address on, without its check sequence. Called between the
   * guest's instructions.
   * @returns false when there is no room: the network keeps it until {@link Network.roomForFrames}
   */
  receive(frame: Uint8Array): boolean;
  /** Plug the cable in, or pull it: while it is out, no frame goes either way. */
  setLink?(up: boolean): void;
}

/** The network that a card is plugged into. */
export interface Network {
  /** A line about it, as `info network` shows it. */
  readonly summary: string;
  /** The card is there. A network has one at most. */
  connect(card: NetworkCard): void;
  /** The card has gone. */
  disconnect(): void;
  /** The card sends a frame; its bytes are the network's to keep. */
  send(frame: Uint8Array): void;
  /** The card has room again. */
  roomForFrames(): void;
}
