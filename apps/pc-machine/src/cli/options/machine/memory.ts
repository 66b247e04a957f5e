/** `-m`: the RAM's size. */
import { parseNumber, parseSize } from "../../../text/size.js";
import type { CommandLine } from "../../command-line.js";
import { KeyValues } from "../../key-values.js";
import type { OptionDefinition } from "../definition.js";

const MOST_RAM = 2 ** 40;
/** The machine's RAM is a multiple of this. */
const RAM_UNIT = 8192;

/** A size of `key`, in bytes. @param unit suffix where none is typed @throws CliError for what is none */
function sizeOf(keys: KeyValues, key: string, unit: "M" | "B"): number | undefined {
  const text = keys.get(key);
  const bytes = text === undefined ? undefined : parseSize(text, unit);
  if (bytes === null) {
    throw keys.error("a size is a number with an optional suffix K, M, G or T");
  }
  return bytes;
}

/** The RAM's size, and room for more that never comes. @throws CliError when it cannot be had */
function applyMemory(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "size");
  // 0 is the usual size, as it is in QEMU.
  const asked = sizeOf(keys, "size", "M") ?? 0;
  const bytes = asked === 0 ? line.ramSize : Math.ceil(asked / RAM_UNIT) * RAM_UNIT;
  const most = sizeOf(keys, "maxmem", "B");
  const slots = number(keys, "slots");
  keys.finish();
  if (bytes > MOST_RAM) throw keys.error("RAM can be 8 KiB to 1 TiB");
  if (most === undefined && slots !== undefined) {
    throw keys.error("slots specified but no max-size");
  }
  if (most !== undefined) checkRoom(keys, bytes, most, slots ?? 0);
  if ((slots ?? 0) > 0) {
    line.notes.push(
      `${option} ${value}: accepted without effect: there is no RAM to plug into slots`,
    );
  }
  line.ramSize = bytes;
  line.ramGiven = true;
}

/** @throws CliError in QEMU's words, where slots and the most RAM do not fit each other */
function checkRoom(keys: KeyValues, bytes: number, most: number, slots: number): void {
  const hex = (size: number): string => `0x${size.toString(16)}`;
  const invalid = (why: string): Error => keys.error(`invalid value of maxmem: ${why}`);
  if (most < bytes) {
    throw invalid(
      `maximum memory size (${hex(most)}) must be at least the initial memory size (${hex(bytes)})`,
    );
  }
  if (slots > 0 && most === bytes) {
    throw invalid(
      `memory slots were specified but maximum memory size (${hex(most)}) is equal to the initial memory size (${hex(bytes)})`,
    );
  }
}

/** A number of `key`. @throws CliError for what is none */
function number(keys: KeyValues, key: string): number | undefined {
  const text = keys.get(key);
  const count = text === undefined ? undefined : parseNumber(text);
  if (count === null) throw keys.error(`${key}=${text}: must be a number`);
  return count;
}

/** The option. */
export const memoryOption: OptionDefinition = {
  names: ["m"],
  argument: "[size=]SIZE[,slots=N,maxmem=SIZE]",
  help: ["RAM: a number of MiB, or with a suffix K, M, G, T (default 128)"],
  config: { group: "memory", implied: "size" },
  apply: applyMemory,
};
