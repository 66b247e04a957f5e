/** The verbs of qtest. */
import type { AddressSpace } from "@mem/flat";

import type { InstructionClock } from "../host/instruction-clock.js";
import { base64Data, base64Text } from "../text/base64.js";
import {
  fillLengthOf,
  hexData,
  hexText,
  lengthOf,
  numberOf,
  portOf,
  QtestError,
} from "./qtest-arguments.js";
import { moveClock, moveToDeadline } from "./qtest-clock.js";
import type { IrqWatch } from "./qtest-irq.js";

/** Machine as the commands reach it. */
export interface QtestContext {
  readonly memory: AddressSpace;
  readonly io: AddressSpace;
  /** The clock that commands move; `null` where time passes by itself. */
  readonly clock: InstructionClock | null;
  readonly irqs: IrqWatch;
}

/** @returns what follows `OK`, or the whole answer when it begins otherwise */
type Verb = (context: QtestContext, words: readonly string[]) => string;

const OK = "OK";
const SIZES = { b: 1, w: 2, l: 4, q: 8 } as const;
const FILL_PIECE = 1 << 16;

function littleEndian(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes.subarray(0, size);
}

function valueOf(bytes: Uint8Array): bigint {
  const whole = new Uint8Array(8);
  whole.set(bytes);
  return new DataView(whole.buffer).getBigUint64(0, true);
}

function portIn(size: number): Verb {
  return ({ io }, [, port]) => {
    const bytes = new Uint8Array(size);
    io.read(portOf(port), bytes);
    return `${OK} 0x${valueOf(bytes).toString(16).padStart(4, "0")}`;
  };
}

function portOut(size: number): Verb {
  return ({ io }, [, port, value]) => {
    io.write(portOf(port), littleEndian(numberOf(value, "value"), size));
    return OK;
  };
}

function memoryRead(size: number): Verb {
  return ({ memory }, [, address]) => {
    const bytes = new Uint8Array(size);
    memory.read(numberOf(address, "address"), bytes);
    return `${OK} 0x${valueOf(bytes).toString(16).padStart(16, "0")}`;
  };
}

function memoryWrite(size: number): Verb {
  return ({ memory }, [, address, value]) => {
    memory.write(numberOf(address, "address"), littleEndian(numberOf(value, "value"), size));
    return OK;
  };
}

/** `read`'s bytes. */
function bytesAt(memory: AddressSpace, address: string | undefined, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (length > 0) memory.read(numberOf(address, "address"), bytes);
  return bytes;
}

function put(memory: AddressSpace, address: string | undefined, bytes: Uint8Array): void {
  if (bytes.length > 0) memory.write(numberOf(address, "address"), bytes);
}

const write: Verb = ({ memory }, [, address, length, data]) => {
  const at = numberOf(address, "address");
  const count = lengthOf(length);
  if (data === undefined) throw new QtestError("data is missing");
  if (data.length <= 2) return "ERR invalid argument size";
  put(memory, String(at), hexData(data.slice(2), count));
  return OK;
};

const base64Write: Verb = ({ memory }, [, address, length, data]) => {
  const at = numberOf(address, "address");
  const count = lengthOf(length);
  if (data === undefined) throw new QtestError("data is missing");
  if (data.length === 0) return "ERR invalid argument size";
  const bytes = base64Data(data);
  put(memory, String(at), bytes.subarray(0, Math.min(count, bytes.length)));
  return OK;
};

const memset: Verb = ({ memory }, [, address, length, pattern]) => {
  const at = numberOf(address, "address");
  const count = fillLengthOf(length);
  const byte = Number(numberOf(pattern, "pattern") & 0xffn);
  const piece = new Uint8Array(Math.min(FILL_PIECE, count)).fill(byte);
  for (let done = 0; done < count; done += piece.length) {
    const place = BigInt.asUintN(64, at + BigInt(done));
    memory.write(place, piece.subarray(0, Math.min(piece.length, count - done)));
  }
  return OK;
};

function withClock(move: (clock: InstructionClock, argument: string | undefined) => void): Verb {
  return ({ clock }, [verb, argument]) => {
    if (clock === null) return `FAIL Unknown command '${verb ?? ""}'`;
    move(clock, argument);
    return `${OK} ${clock.nowNs()}`;
  };
}

const MOST_TIME = 2n ** 63n - 1n;

function timeOf(word: string | undefined): number {
  const ns = numberOf(word, "time");
  if (ns > MOST_TIME) throw new QtestError(`time ${word ?? ""} is negative`);
  return Number(ns);
}

const verbs: ReadonlyMap<string, Verb> = new Map([
  ["endianness", (): string => `${OK} little`],
  ["inb", portIn(SIZES.b)],
  ["inw", portIn(SIZES.w)],
  ["inl", portIn(SIZES.l)],
  ["outb", portOut(SIZES.b)],
  ["outw", portOut(SIZES.w)],
  ["outl", portOut(SIZES.l)],
  ["readb", memoryRead(SIZES.b)],
  ["readw", memoryRead(SIZES.w)],
  ["readl", memoryRead(SIZES.l)],
  ["readq", memoryRead(SIZES.q)],
  ["writeb", memoryWrite(SIZES.b)],
  ["writew", memoryWrite(SIZES.w)],
  ["writel", memoryWrite(SIZES.l)],
  ["writeq", memoryWrite(SIZES.q)],
  [
    "read",
    ({ memory }, [, address, length]): string => {
      const count = lengthOf(length);
      if (count === 0) throw new QtestError("length is 0");
      return `${OK} 0x${hexText(bytesAt(memory, address, count))}`;
    },
  ],
  ["write", write],
  [
    "b64read",
    ({ memory }, [, address, length]): string =>
      `${OK} ${base64Text(bytesAt(memory, address, lengthOf(length)))}`,
  ],
  ["b64write", base64Write],
  ["memset", memset],
  [
    "irq_intercept_in",
    ({ irqs }, [, path]): string => {
      irqs.intercept(path, "in");
      return OK;
    },
  ],
  [
    "irq_intercept_out",
    ({ irqs }, [, path]): string => {
      irqs.intercept(path, "out");
      return OK;
    },
  ],
  [
    "set_irq_in",
    ({ irqs }, [, path, name, n, level]): string => {
      irqs.set(path, name, numberOf(n, "line"), numberOf(level, "level"));
      return OK;
    },
  ],
  [
    "clock_step",
    withClock((clock, argument) => {
      if (argument === undefined) moveToDeadline(clock);
      else moveClock(clock, clock.nowNs() + timeOf(argument));
    }),
  ],
  ["clock_set", withClock((clock, argument) => moveClock(clock, timeOf(argument)))],
  // There are no modules to load, and the machine is no pSeries with RTAS calls.
  ["module_load", (): string => "FAIL"],
]);

/** Do what `line` says. Whatever is wrong with it is in the answer. */
export function runQtestLine(context: QtestContext, line: string): string {
  const words = line.split(" ");
  const verb = verbs.get(words[0] ?? "");
  if (verb === undefined) return `FAIL Unknown command '${words[0] ?? ""}'`;
  try {
    return verb(context, words);
  } catch (error) {
    if (!(error instanceof QtestError)) throw error;
    return `FAIL ${error.message}`;
  }
}
