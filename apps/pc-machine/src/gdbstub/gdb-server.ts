/** A connection that gdb's remote serial protocol comes over. */
import type { DebugStop } from "@mem/x86";

import type { CharacterBackend } from "../chardev/character-backend.js";
import { DebugMemory } from "./debug-memory.js";
import { fromHex, toHex } from "./hex.js";
import { MOST_PACKET_BYTES, PacketStream } from "./packet-stream.js";
import { answerQuery, type QueryContext } from "./queries.js";
import {
  registerFileOf,
  registerHex,
  setRegisterHex,
  type GdbRegister,
  type RegisterFile,
} from "./register-file.js";
import { StopPoints, stopReason } from "./stop-points.js";
import { targetDescription } from "./target-description.js";
import type { GdbCpu, GdbPause, GdbTarget } from "./target.js";

/** The host's signals that stop replies name. */
const SIGNALS = { debug: 5, paused: 2, shutdown: 3 } as const satisfies Record<GdbPause, number>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");
const number = (hex: string): number => (/^[0-9a-f]{1,8}$/i.test(hex) ? parseInt(hex, 16) : NaN);

/** `ADDRESS,LENGTH`, `null` when it is none. */
function placeOf(text: string): { readonly address: bigint; readonly length: number } | null {
  const [, address, length = ""] = /^([0-9a-f]{1,16}),([0-9a-f]{1,8})$/i.exec(text) ?? [];
  if (address === undefined) return null;
  return { address: BigInt(`0x${address}`), length: number(length) };
}

/** Answers a gdb. */
export class GdbServer implements Disposable {
  readonly #backend: CharacterBackend;
  readonly #target: GdbTarget;
  readonly #stream: PacketStream;
  readonly #points = new StopPoints();
  readonly #memory: DebugMemory;
  /** The registers that the client was told of when it connected. */
  #registers: RegisterFile;
  readonly #context: QueryContext;
  readonly #observed: () => void;
  /** The processor of register packets, and that of steps. */
  #cpu: GdbCpu;
  #stepped: GdbCpu;
  /** The client waits for the machine to stop. */
  #waits = false;
  #lastStop: { readonly cpu: GdbCpu; readonly stop: DebugStop } | null = null;

  constructor(backend: CharacterBackend, target: GdbTarget, first: GdbCpu) {
    this.#backend = backend;
    this.#target = target;
    this.#cpu = first;
    this.#stepped = first;
    this.#memory = new DebugMemory(target);
    this.#registers = registerFileOf(first);
    this.#stream = new PacketStream(
      { packet: (data) => this.#packet(data), interrupt: () => target.stop("user") },
      (bytes) => backend.writeBytes(bytes),
    );
    this.#context = this.#queryContext();
    backend.receive = (byte) => this.#stream.take(byte);
    backend.onEvent = (event) => {
      if (event === "opened") this.#opened();
      else if (event === "closed") this.#closed();
      else target.stop("user");
    };
    for (const cpu of target.cpus) cpu.onStop = (stop) => this.#stopped(cpu, stop);
    this.#observed = target.observe((event, pause) => this.#changed(event, pause));
    if (backend.connected) this.#opened();
  }

  /** Nobody debugs any more: breakpoints are gone, and what the client says is not heard. */
  [Symbol.dispose](): void {
    this.#closed();
    this.#observed();
    this.#backend.receive = null;
    this.#backend.onEvent = null;
    for (const cpu of this.#target.cpus) cpu.onStop = null;
  }

  #queryContext(): QueryContext {
    const cpu = (): GdbCpu => this.#cpu;
    const registers = (): RegisterFile => this.#registers;
    const memory = this.#memory;
    const stream = this.#stream;
    return {
      target: this.#target,
      get xml() {
        return targetDescription(registers());
      },
      get cpu() {
        return cpu();
      },
      get physicalMemory() {
        return memory.physical;
      },
      set physicalMemory(physical: boolean) {
        memory.physical = physical;
      },
      // What is under way is still acknowledged.
      stopAcknowledging: () => (stream.acknowledges = false),
    };
  }

  #opened(): void {
    this.#stream.reset();
    this.#waits = false;
    this.#target.stop("user");
    this.#registers = registerFileOf(this.#cpu);
  }

  #closed(): void {
    this.#waits = false;
    this.#memory.physical = false;
    this.#points.clear(this.#target.cpus);
  }

  #stopped(cpu: GdbCpu, stop: DebugStop): void {
    this.#lastStop = { cpu, stop };
    this.#cpu = cpu;
    this.#target.stop("debug");
  }

  #changed(event: "stopped" | "running" | "exit", pause: GdbPause): void {
    if (event === "running") {
      this.#lastStop = null;
    } else if (event === "exit") {
      if (this.#backend.connected) this.#send("W00");
    } else if (this.#waits) {
      this.#waits = false;
      this.#send(this.#stopReply(pause));
    }
  }

  #stopReply(pause: GdbPause): string {
    const thread = toHex([this.#target.cpus.indexOf(this.#cpu) + 1]);
    const reason = pause === "debug" ? stopReason(this.#lastStop?.stop ?? null) : "";
    return `T${toHex([SIGNALS[pause]])}thread:${thread};${reason}`;
  }

  #send(text: string): void {
    this.#stream.send(encoder.encode(text));
  }

  #packet(data: Uint8Array): void {
    const text = decoder.decode(data);
    const answer = this.#answer(text, data);
    if (answer !== null) this.#send(answer);
  }

  /** `null`: the answer comes when the machine has stopped, or not at all. */
  #answer(text: string, data: Uint8Array): string | null {
    const rest = text.slice(1);
    switch (text[0]) {
      case "?":
        return this.#stopReply("debug");
      case "g":
        return this.#registers.registers.map((one) => registerHex(this.#cpu, one)).join("");
      case "G":
        return this.#setAll(rest);
      case "p":
        return this.#readOne(rest);
      case "P":
        return this.#writeOne(rest);
      case "m":
        return this.#readMemory(rest);
      case "M":
        return this.#writeHex(rest);
      case "X":
        return this.#writeBinary(text, data);
      case "Z":
      case "z":
        return this.#points.change(text[0] === "Z", rest, this.#target.cpus);
      case "c":
      case "C":
        return this.#resume("c", addressOf(text));
      case "s":
      case "S":
        return this.#resume("s", addressOf(text));
      case "v":
        return this.#multi(rest);
      case "H":
        return this.#selectThread(rest);
      case "T":
        return this.#target.cpus[number(rest) - 1] === undefined ? "E22" : "OK";
      case "q":
      case "Q":
        return answerQuery(this.#context, text);
      case "D":
        this.#points.clear(this.#target.cpus);
        this.#target.cont();
        return "OK";
      case "k":
        this.#target.quit();
        return null;
      default:
        return "";
    }
  }

  #setAll(hex: string): string {
    let at = 0;
    for (const register of this.#registers.registers) {
      const digits = register.bits / 4;
      if (at + digits > hex.length) break;
      setRegisterHex(this.#cpu, register, hex.slice(at, at + digits));
      at += digits;
    }
    return "OK";
  }

  #readOne(text: string): string {
    const register = this.#registers.registers[number(text)];
    return register === undefined ? "E14" : registerHex(this.#cpu, register);
  }

  #writeOne(text: string): string {
    const [index = "", hex = ""] = text.split("=");
    const register: GdbRegister | undefined = this.#registers.registers[number(index)];
    return register !== undefined && setRegisterHex(this.#cpu, register, hex) ? "OK" : "E14";
  }

  #readMemory(text: string): string {
    const place = placeOf(text);
    if (place === null || place.length > MOST_PACKET_BYTES / 2) return "E22";
    const bytes = new Uint8Array(place.length);
    if (!this.#memory.read(this.#cpu, place.address, bytes)) return "E14";
    return toHex(bytes);
  }

  #writeHex(text: string): string {
    const [head = "", hex = ""] = text.split(":");
    const place = placeOf(head);
    const bytes = fromHex(hex);
    if (place === null || bytes?.length !== place.length) return "E22";
    return this.#memory.write(this.#cpu, place.address, bytes) ? "OK" : "E14";
  }

  #writeBinary(text: string, data: Uint8Array): string {
    const colon = text.indexOf(":");
    const place = placeOf(text.slice(1, Math.max(1, colon)));
    if (place === null || data.length - colon - 1 !== place.length) return "E22";
    return this.#memory.write(this.#cpu, place.address, data.subarray(colon + 1)) ? "OK" : "E14";
  }

  /** `vCont?`, `vCont;action:thread;...`, `vKill`. */
  #multi(text: string): string | null {
    if (text === "Cont?") return "vCont;c;C;s;S";
    if (text.startsWith("Cont;")) return this.#continueThreads(text.slice("Cont;".length));
    if (text.startsWith("Kill")) {
      this.#send("OK");
      this.#target.quit();
      return null;
    }
    return "";
  }

  /** A step of one processor keeps the others still; otherwise all go on. */
  #continueThreads(text: string): string | null {
    const { cpus } = this.#target;
    for (const part of text.split(";")) {
      const [action = "", thread] = part.split(":");
      if (!/^(?:[cs]|[CS][0-9a-f]{2})$/i.test(action)) return "E22";
      const n = thread === undefined ? -1 : threadNumber(thread);
      if (n > cpus.length || Number.isNaN(n)) return "E22";
      if (action.toLowerCase().startsWith("s")) {
        this.#stepped = cpus[n - 1] ?? this.#stepped;
        return this.#resume("s", null);
      }
    }
    return this.#resume("c", null);
  }

  #resume(how: "c" | "s", address: bigint | null): string | null {
    const cpu = how === "s" ? this.#stepped : this.#cpu;
    if (address !== null && !cpu.write("rip", address)) cpu.write("eip", address);
    this.#lastStop = null;
    if (how === "s") {
      this.#cpu = cpu;
      cpu.step();
      this.#target.stepped();
      return this.#stopReply("debug");
    }
    this.#waits = true;
    this.#target.cont();
    // A machine that is off stays off.
    if (this.#target.running) return null;
    this.#waits = false;
    return this.#stopReply("shutdown");
  }

  /** `gTHREAD` and `cTHREAD`: 0 and -1 are any. */
  #selectThread(text: string): string {
    const n = threadNumber(text.slice(1));
    if (n <= 0) return "OK";
    const cpu = this.#target.cpus[n - 1];
    if (cpu === undefined) return "E22";
    if (text[0] === "g") this.#cpu = cpu;
    else if (text[0] === "c") this.#stepped = cpu;
    else return "E22";
    return "OK";
  }
}

/** A thread's number, of `pPROCESS.THREAD` too; -1 for all. */
function threadNumber(text: string): number {
  const thread = text.startsWith("p") ? (text.split(".")[1] ?? "-1") : text;
  return thread === "-1" ? -1 : number(thread);
}

/** The address behind `c`, `s`, `Csignal;` and `Ssignal;`. */
function addressOf(text: string): bigint | null {
  const hex = /^[cs]([0-9a-f]{1,16})$|^[CS][0-9a-f]{2};([0-9a-f]{1,16})$/.exec(text);
  const digits = hex?.[1] ?? hex?.[2];
  return digits === undefined ? null : BigInt(`0x${digits}`);
}
