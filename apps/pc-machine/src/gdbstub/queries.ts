/** `q` and `Q` packets: what client and stub can do, threads, the target description. */
import { fromHex, toHex } from "./hex.js";
import { MOST_PACKET_BYTES } from "./packet-stream.js";
import type { GdbCpu, GdbTarget } from "./target.js";

/** State of a connection that queries read and set. */
export interface QueryContext {
  readonly target: GdbTarget;
  /** The target description. */
  readonly xml: string;
  /** The processor that register packets are about. */
  readonly cpu: GdbCpu;
  physicalMemory: boolean;
  /** Packets are no longer acknowledged once this one is answered. */
  stopAcknowledging(): void;
}

type Query = (context: QueryContext, rest: string) => string;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const textToHex = (text: string): string => toHex(encoder.encode(text));

/** A thread is a processor; its number is one more than the processor's. */
function threadList({ target }: QueryContext): string {
  return `m${target.cpus.map((_, n) => (n + 1).toString(16)).join(",")}`;
}

function threadInfo({ target }: QueryContext, rest: string): string {
  const cpu = target.cpus[Number.parseInt(rest.slice(1), 16) - 1];
  return cpu === undefined ? "E22" : textToHex(cpu.description);
}

/** `target.xml:OFFSET,LENGTH`: a piece, marked whether it is the last. */
function features({ xml }: QueryContext, rest: string): string {
  const [, annex = "", from = "", count = ""] =
    /^:([^:]*):([0-9a-f]{1,8}),([0-9a-f]{1,8})$/i.exec(rest) ?? [];
  if (annex !== "target.xml") return "E00";
  const start = Number.parseInt(from, 16);
  const size = Math.min(Number.parseInt(count, 16), MOST_PACKET_BYTES / 2);
  if (start > xml.length) return "E00";
  const piece = xml.slice(start, start + size);
  return (start + size < xml.length ? "m" : "l") + piece;
}

/** `,HEX`: a command of the monitor. */
function remoteCommand({ target }: QueryContext, rest: string): string {
  const line = fromHex(rest.slice(1));
  if (line === null) return "E22";
  const printed = target.monitor(decoder.decode(line));
  return printed === "" ? "OK" : textToHex(printed.slice(0, MOST_PACKET_BYTES / 4));
}

function setPhysicalMemory(context: QueryContext, rest: string): string {
  if (!/^:[01]$/.test(rest)) return "E22";
  context.physicalMemory = rest === ":1";
  return "OK";
}

/** By what the packet begins with; longer beginnings first where one holds another. */
const QUERIES: readonly (readonly [begin: string, Query])[] = [
  [
    "qSupported",
    () =>
      `PacketSize=${MOST_PACKET_BYTES.toString(16)};qXfer:features:read+;vContSupported+;` +
      "QStartNoAckMode+",
  ],
  [
    "QStartNoAckMode",
    (context) => {
      context.stopAcknowledging();
      return "OK";
    },
  ],
  ["qXfer:features:read", features],
  ["qfThreadInfo", threadList],
  ["qsThreadInfo", () => "l"],
  ["qThreadExtraInfo", threadInfo],
  ["qC", ({ target, cpu }) => `QC${(target.cpus.indexOf(cpu) + 1).toString(16).padStart(2, "0")}`],
  ["qAttached", () => "1"],
  ["qRcmd", remoteCommand],
  ["qqemu.PhyMemMode", ({ physicalMemory }) => (physicalMemory ? "1" : "0")],
  ["Qqemu.PhyMemMode", setPhysicalMemory],
  ["qqemu.sstepbits", () => "ENABLE=1,NOIRQ=2,NOTIMER=4"],
  ["qqemu.sstep", () => "0x7"],
  ["qemu.sstepbits", () => "ENABLE=1,NOIRQ=2,NOTIMER=4"],
];

/** The answer; empty for a query that is not known, as the protocol asks. */
export function answerQuery(context: QueryContext, text: string): string {
  for (const [begin, query] of QUERIES) {
    if (text.startsWith(begin) && !/^[A-Za-z]/.test(text.slice(begin.length))) {
      return query(context, text.slice(begin.length));
    }
  }
  return "";
}
