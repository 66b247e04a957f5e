/** The host's end of a port, as a test has one: somebody may be there or not, and may be slow. */
import type { CharacterEvent, CharBackend } from "../../../src/host/chardev.js";

/** The end. */
export class SerialHost implements CharBackend {
  receive: ((byte: number) => void) | null = null;
  onEvent: ((event: CharacterEvent) => void) | null = null;
  onDrain: (() => void) | null = null;
  connected: boolean;
  pending = 0;
  paused = false;
  text = "";

  constructor(connected = true) {
    this.connected = connected;
  }

  write(byte: number): void {
    this.text += String.fromCharCode(byte);
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
  }

  send(text: string): void {
    for (const letter of text) this.receive?.(letter.charCodeAt(0));
  }

  /** Somebody comes, or goes. */
  plug(connected: boolean): void {
    this.connected = connected;
    this.onEvent?.(connected ? "opened" : "closed");
  }

  /** All that waited is read. */
  drain(): void {
    this.pending = 0;
    this.onDrain?.();
  }
}
