/** A word to people whose guest has nothing more to do. */
import type { CharBackend } from "../../host/chardev.js";

/** Phrases of firmware that found nothing to boot: SeaBIOS, and the embedded one. */
const PHRASES = ["No bootable device", "no bootable disk"] as const;
const LONGEST = Math.max(...PHRASES.map((phrase) => phrase.length));
/** Time for the rest of the line, in ms. */
const PAUSE_MS = 100;

/** Keys that help at a terminal whose guest may not answer any more. */
export const DEAD_END_HINT =
  "keys: Ctrl-A x quits, Ctrl-A c switches to the monitor, Ctrl-A h lists them all";

/** Tells once that the guest has come to a dead end. */
export class DeadEnd {
  readonly #tell: (text: string) => void;
  #told = false;

  /** @param tell called at most once */
  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** The guest has come to a dead end. */
  reached(): void {
    if (!this.#told) {
      this.#told = true;
      this.#tell(DEAD_END_HINT);
    }
  }

  /** `backend`, with an eye on what firmware says. */
  watch(backend: CharBackend): CharBackend {
    let recent = "";
    const look = (byte: number): void => {
      recent = (recent + String.fromCharCode(byte)).slice(-LONGEST);
      if (PHRASES.some((phrase) => recent.endsWith(phrase))) {
        setTimeout(() => this.reached(), PAUSE_MS).unref();
      }
    };
    return {
      write: (byte) => {
        backend.write(byte);
        look(byte);
      },
      get receive() {
        return backend.receive;
      },
      set receive(listener) {
        backend.receive = listener;
      },
      accept: () => backend.accept?.(),
    };
  }
}
