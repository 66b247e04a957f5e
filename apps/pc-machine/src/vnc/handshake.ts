/** The beginning of a connection: version, security, and whether the client shares. */
import { ByteWriter, type InputBuffer } from "./bytes.js";
import type { VncCipher } from "./vnc-parts.js";

/** The version of the protocol that both know: its minor number. */
export type ProtocolVersion = 3 | 7 | 8;

const VERSION_BYTES = 12;
const NONE = 1;
const PASSWORD = 2;
const CHALLENGE_BYTES = 16;
const OK = 0;
const FAILED = 1;

/** Settings of a handshake. */
export interface HandshakeOptions {
  /** Proves passwords; `null`: nobody is asked for one. */
  readonly cipher: VncCipher | null;
  /** The password, `null` while none is set or it has expired: then nobody gets in. */
  password(): string | null;
  send(bytes: Uint8Array): void;
}

type State = "version" | "security" | "response" | "init" | "done";

/** Outcome of a step. */
export type HandshakeStep =
  | { readonly kind: "wait" }
  | { readonly kind: "next" }
  | { readonly kind: "done"; readonly shared: boolean }
  | { readonly kind: "refused"; readonly why: string };

const WAIT: HandshakeStep = { kind: "wait" };
const NEXT: HandshakeStep = { kind: "next" };

/** Speaks first. */
export class Handshake {
  readonly #options: HandshakeOptions;
  #state: State = "version";
  #version: ProtocolVersion = 8;
  #challenge = new Uint8Array(CHALLENGE_BYTES);

  constructor(options: HandshakeOptions) {
    this.#options = options;
    options.send(new TextEncoder().encode("RFB 003.008\n"));
  }

  /** Take what has come one step further. */
  step(input: InputBuffer): HandshakeStep {
    switch (this.#state) {
      case "version":
        return input.length < VERSION_BYTES ? WAIT : this.#takeVersion(input);
      case "security":
        return input.length < 1 ? WAIT : this.#takeSecurity(input);
      case "response":
        return input.length < CHALLENGE_BYTES ? WAIT : this.#takeResponse(input);
      case "init": {
        if (input.length < 1) return WAIT;
        const shared = input.u8(0) !== 0;
        input.drop(1);
        this.#state = "done";
        return { kind: "done", shared };
      }
      case "done":
        return WAIT;
    }
  }

  get #security(): number {
    return this.#options.cipher === null ? NONE : PASSWORD;
  }

  #takeVersion(input: InputBuffer): HandshakeStep {
    const text = String.fromCharCode(...input.first(VERSION_BYTES));
    input.drop(VERSION_BYTES);
    const [, major, minor] = /^RFB (\d{3})\.(\d{3})\n$/.exec(text) ?? [];
    if (major === undefined || Number(major) !== 3) {
      return { kind: "refused", why: "it does not speak RFB 3" };
    }
    // The protocol's document: versions between those that there are count as 3.3.
    this.#version = Number(minor) >= 8 ? 8 : Number(minor) === 7 ? 7 : 3;
    if (this.#version === 3) {
      this.#options.send(new ByteWriter().u32(this.#security).written);
      this.#begin();
    } else {
      this.#options.send(Uint8Array.of(1, this.#security));
      this.#state = "security";
    }
    return NEXT;
  }

  #takeSecurity(input: InputBuffer): HandshakeStep {
    const chosen = input.u8(0);
    input.drop(1);
    if (chosen !== this.#security) {
      this.#result(false, "Invalid security type");
      return { kind: "refused", why: `it chose the security type ${chosen}` };
    }
    if (chosen === NONE && this.#version >= 8) this.#result(true);
    this.#begin();
    return NEXT;
  }

  #takeResponse(input: InputBuffer): HandshakeStep {
    const { cipher, password } = this.#options;
    const response = input.first(CHALLENGE_BYTES);
    input.drop(CHALLENGE_BYTES);
    const known = password();
    const expected = known === null ? null : cipher?.response(known, this.#challenge);
    const isRight =
      expected?.length === CHALLENGE_BYTES && expected.every((byte, at) => byte === response[at]);
    this.#result(isRight, "Authentication failed");
    if (!isRight) {
      const why = known === null ? "no password is set" : "its password is wrong";
      return { kind: "refused", why };
    }
    this.#state = "init";
    return NEXT;
  }

  /** The type of security is settled: go on to what it needs. */
  #begin(): void {
    const { cipher, send } = this.#options;
    if (cipher === null) {
      this.#state = "init";
      return;
    }
    this.#challenge = Uint8Array.from(cipher.challenge());
    send(this.#challenge.slice());
    this.#state = "response";
  }

  #result(isRight: boolean, why = ""): void {
    const out = new ByteWriter().u32(isRight ? OK : FAILED);
    if (!isRight && this.#version >= 8) out.text(why);
    this.#options.send(out.written);
  }
}
