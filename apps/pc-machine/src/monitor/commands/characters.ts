/** Commands on character devices: made, exchanged, removed, breaks, and what ring buffers hold. */
import { BACKEND_NAMES } from "../../chardev/backend-spec.js";
import { CharacterDeviceError, type CharacterDevices } from "../../chardev/character-devices.js";
import { RingBuffer } from "../../chardev/ring-buffer.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";

function ring({ target, print }: CommandContext, device: string): RingBuffer | null {
  const backend = target.characters?.get(device)?.backend;
  if (backend instanceof RingBuffer) return backend;
  const why =
    backend === undefined ? `Device '${device}' not found` : `${device} is not a ringbuf device`;
  print(`Error: ${why}\n`);
  return null;
}

function readRing(context: CommandContext, argument: string): void {
  const [device = "", size = ""] = argument.split(/\s+/);
  if (!/^\d+$/.test(size)) throw new MonitorError("ringbuf_read: integer expected");
  const bytes = ring(context, device)?.read(Number(size));
  if (bytes === undefined) return;
  const text = new TextDecoder("latin1").decode(bytes);
  // As QEMU: what cannot be shown is written as a code.
  const shown = text.replace(
    /[^\n\t -[\]-~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
  context.print(`${shown}\n`);
}

function writeRing(context: CommandContext, argument: string): void {
  const [, device = "", text = ""] = /^(\S+)\s+(.*)$/.exec(argument) ?? [];
  if (device === "") throw new MonitorError("ringbuf_write: string expected");
  ring(context, device)?.writeBytes(new TextEncoder().encode(text));
}

/** Do something to the list. @throws MonitorError with what is wrong, in QEMU's words */
function change(
  { target }: CommandContext,
  action: (characters: CharacterDevices) => void | Promise<unknown>,
): void {
  const { characters } = target;
  if (characters === undefined) {
    throw new MonitorError("Error: there are no character devices", { usage: false });
  }
  const inWords = (error: unknown): MonitorError => {
    if (!(error instanceof CharacterDeviceError)) throw error;
    return new MonitorError(`Error: ${error.message}`, { usage: false });
  };
  try {
    // What shows only later, of a host that does not answer, is in `info chardev`.
    void action(characters)?.catch(() => undefined);
  } catch (error) {
    throw inWords(error);
  }
}

function add(context: CommandContext, argument: string): void {
  if (argument === "") throw new MonitorError("chardev-add: string expected");
  if (argument === "help" || argument === "?") {
    const names = BACKEND_NAMES.map((name) => `  ${name}\n`);
    context.print(`Available chardev backend types: \n${names.join("")}`);
    return;
  }
  change(context, (characters) => characters.create(null, argument).ready);
}

function exchange(context: CommandContext, argument: string): void {
  const [, id = "", text = ""] = /^(\S+)(?:\s+(.*))?$/.exec(argument) ?? [];
  if (id === "" || text === "") throw new MonitorError("chardev-change: string expected");
  change(context, (characters) => characters.exchange(id, text));
}

const labels = ({ target }: CommandContext, words: readonly string[]): readonly string[] =>
  words.length > 1 ? [] : (target.characters?.all ?? []).map(({ label }) => label);

/** The commands. */
export const characterCommands: readonly Command[] = [
  {
    names: ["chardev-add"],
    parameters: "args",
    help: "add chardev",
    complete: () => BACKEND_NAMES,
    run: add,
  },
  {
    names: ["chardev-change"],
    parameters: "id args",
    help: "change chardev",
    complete: labels,
    run: exchange,
  },
  {
    names: ["chardev-remove"],
    parameters: "id",
    help: "remove chardev",
    complete: labels,
    run: (context, argument) => {
      if (argument === "") throw new MonitorError("chardev-remove: string expected");
      change(context, (characters) => characters.remove(argument));
    },
  },
  {
    names: ["chardev-send-break"],
    parameters: "id",
    help: "send a break on chardev",
    complete: labels,
    run: (context, argument) => {
      if (argument === "") throw new MonitorError("chardev-send-break: string expected");
      change(context, (characters) => characters.sendBreak(argument));
    },
  },
  {
    names: ["ringbuf_read"],
    parameters: "device size",
    help: "Read from a ring buffer character device",
    complete: labels,
    run: readRing,
  },
  {
    names: ["ringbuf_write"],
    parameters: "device data",
    help: "Write to a ring buffer character device",
    complete: labels,
    run: writeRing,
  },
];
