/** The telnet protocol (RFC 854), as far as a console needs it. */

const IAC = 255;
const WILL = 251;
const WONT = 252;
const DO = 253;
const DONT = 254;
const SB = 250;
const SE = 240;
const BREAK = 243;
const ECHO = 1;
const SUPPRESS_GO_AHEAD = 3;
const BINARY = 0;

/**
 * Bytes that a server sends first: it echoes, knows no go-ahead, and bytes are eight bits both
 * ways.
 */
export const TELNET_GREETING: Uint8Array = Uint8Array.of(
  ...[IAC, WILL, ECHO, IAC, WILL, SUPPRESS_GO_AHEAD, IAC, WILL, BINARY, IAC, DO, BINARY],
);

/** `bytes` with 255 doubled, as telnet sends them. */
export function telnetEscape(bytes: Uint8Array): Uint8Array {
  return bytes.includes(IAC)
    ? Uint8Array.from([...bytes].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])))
    : bytes;
}

/** Takes commands out of what a telnet client sends. */
export class TelnetFilter {
  readonly #onBreak: () => void;
  #state: "data" | "command" | "option" | "sub" | "sub-command" = "data";

  constructor(onBreak: () => void) {
    this.#onBreak = onBreak;
  }

  /** The data among `bytes`. */
  filter(bytes: Uint8Array): Uint8Array {
    const data = new Uint8Array(bytes.length);
    let used = 0;
    for (const byte of bytes) {
      if (this.#isData(byte)) data[used++] = byte;
    }
    return data.subarray(0, used);
  }

  #isData(byte: number): boolean {
    switch (this.#state) {
      case "data":
        if (byte !== IAC) return true;
        this.#state = "command";
        return false;
      case "command":
        if (byte === IAC) {
          this.#state = "data";
          return true;
        }
        if (byte === BREAK) this.#onBreak();
        this.#state = byte === SB ? "sub" : takesOption(byte) ? "option" : "data";
        return false;
      case "option":
        this.#state = "data";
        return false;
      case "sub":
        if (byte === IAC) this.#state = "sub-command";
        return false;
      case "sub-command":
        this.#state = byte === SE ? "data" : "sub";
        return false;
    }
  }
}

function takesOption(command: number): boolean {
  return command === WILL || command === WONT || command === DO || command === DONT;
}
