/** A connection that QMP is spoken over. */
import type { CharacterBackend } from "../chardev/character-backend.js";
import { PacedInput } from "../chardev/paced-input.js";
import { qmpCommands, versionOf } from "./commands/index.js";
import { answer, errorAnswer, isOutOfBand, type QmpCapabilities } from "./dispatch.js";
import { RATE_MS } from "./events.js";
import { JsonStream, type JsonMessage } from "./json/json-stream.js";
import { jsonText } from "./json/json-text.js";
import { QmpError } from "./qmp-error.js";
import type { QmpTarget } from "./target.js";

/** Bytes that may wait for a slow reader before events are lost. */
const MOST_PENDING = 2 ** 20;

/** Commands that may wait for one that takes its time; QEMU's number. */
const MOST_WAITING = 8;

const byName = new Map(qmpCommands.map((command) => [command.name, command] as const));

/** Answers requests, and tells of events. */
export class QmpServer {
  readonly #backend: CharacterBackend;
  readonly #target: QmpTarget;
  readonly #pretty: boolean;
  readonly #stream: JsonStream;
  readonly #input: PacedInput;
  readonly #now: () => number;
  /** Events that came too soon after one of their kind, and when that was. */
  readonly #held = new Map<string, { readonly since: number; data: unknown; waits: boolean }>();
  #capabilities: QmpCapabilities = { negotiated: false, oob: false };
  #greeted = false;
  /** A command is being carried out that takes its time; further ones wait. */
  #working = false;
  readonly #waiting: JsonMessage[] = [];

  /**
   * @param options.pretty answers are indented
   * @param options.nowMs the host's calendar, in ms
   */
  constructor(
    backend: CharacterBackend,
    target: QmpTarget,
    options: { readonly pretty?: boolean; readonly nowMs?: () => number } = {},
  ) {
    this.#backend = backend;
    this.#target = target;
    this.#pretty = options.pretty ?? false;
    this.#now = options.nowMs ?? ((): number => Date.now());
    this.#stream = new JsonStream((message) => this.#take(message));
    this.#input = new PacedInput(
      backend,
      (byte) => this.#stream.feed(byte),
      () => this.#waiting.length >= MOST_WAITING,
    );
    backend.onEvent = (event) => {
      if (event === "opened") this.greet();
      else if (event === "closed") this.#closed();
    };
  }

  /** Say who is there. No-op when that was said. */
  greet(): void {
    if (this.#greeted) return;
    this.#greeted = true;
    this.#capabilities = { negotiated: false, oob: false };
    this.#send({ QMP: { version: versionOf(this.#target), capabilities: ["oob"] } });
  }

  /** Tell of an event, where capabilities have been negotiated and the reader keeps up. */
  event(name: string, data?: Readonly<Record<string, unknown>>): void {
    const rate = RATE_MS.get(name);
    if (rate === undefined) {
      this.#tell(name, data);
      return;
    }
    const now = this.#now();
    const { id } = data ?? {};
    const key = typeof id === "string" ? `${name} ${id}` : name;
    const held = this.#held.get(key);
    if (held === undefined || now - held.since >= rate) {
      this.#held.set(key, { since: now, data, waits: false });
      this.#tell(name, data);
      return;
    }
    held.data = data;
    if (held.waits) return;
    held.waits = true;
    setTimeout(
      () => {
        this.#held.set(key, { since: this.#now(), data: undefined, waits: false });
        this.#tell(name, held.data);
      },
      rate - (now - held.since),
    ).unref();
  }

  #tell(event: string, data: unknown): void {
    if (!this.#capabilities.negotiated || this.#backend.pending > MOST_PENDING) return;
    const now = this.#now();
    const seconds = Math.floor(now / 1000);
    const timestamp = { seconds, microseconds: Math.floor((now - seconds * 1000) * 1000) };
    this.#send({ timestamp, event, data });
  }

  #take(message: JsonMessage): void {
    if ("value" in message && isOutOfBand(message.value, this.#capabilities)) {
      this.#carryOut(message);
    } else if (this.#working) {
      this.#waiting.push(message);
    } else {
      this.#carryOut(message);
    }
  }

  /** Answer now, or when what takes its time is done: others wait until then. */
  #carryOut(message: JsonMessage): void {
    if ("problem" in message) {
      this.#send(errorAnswer(new QmpError(message.problem)));
      return;
    }
    const around = {
      target: this.#target,
      commands: byName,
      capabilities: this.#capabilities,
    };
    const result = answer(around, message.value);
    if (!(result instanceof Promise)) {
      this.#send(result);
      return;
    }
    const connection = this.#capabilities;
    this.#working = true;
    void result.then((answered) => {
      // Whoever asked may have gone, and another come.
      if (connection !== this.#capabilities) return;
      this.#send(answered);
      this.#goOn();
    });
  }

  #goOn(): void {
    this.#working = false;
    while (!this.#working) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#carryOut(next);
    }
    this.#input.goOn();
  }

  #send(value: unknown): void {
    this.#backend.writeBytes(new TextEncoder().encode(`${jsonText(value, this.#pretty)}\r\n`));
  }

  #closed(): void {
    this.#greeted = false;
    this.#capabilities = { negotiated: false, oob: false };
    this.#working = false;
    this.#waiting.length = 0;
    this.#stream.reset();
    this.#input.clear();
  }
}
