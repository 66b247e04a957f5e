/** Options about character devices: serial ports, the debug console, the monitor. */
import { optionError } from "../cli-error.js";
import type { CharacterTarget, CommandLine } from "../command-line.js";
import { KeyValues } from "../key-values.js";
import { listing, type OptionGroup } from "./definition.js";

const MOST_SERIAL = 4;
const TARGETS = "stdio, mon:stdio, null, none, file:PATH, chardev:ID";
const TARGET_WORDS = ["stdio", "mon:stdio", "null", "none", "file:", "chardev:"] as const;

/** Where `text` sends a device's bytes. @throws CliError when it is no such place */
export function parseTarget(option: string, text: string): CharacterTarget {
  switch (text) {
    case "stdio":
      return { kind: "stdio", mux: false };
    case "mon:stdio":
      return { kind: "stdio", mux: true };
    case "null":
    case "none":
      return { kind: text };
  }
  const colon = text.indexOf(":");
  const rest = text.slice(colon + 1);
  if (colon > 0 && rest !== "") {
    if (text.startsWith("file:")) {
      return { kind: "file", path: rest, append: false };
    }
    if (text.startsWith("chardev:")) {
      return { kind: "chardev", id: rest };
    }
  }
  throw optionError(`${option} ${text}`, `bytes can go to: ${TARGETS}`);
}

/** Plug a serial port in. @throws CliError when there are four */
export function addSerial(line: CommandLine, target: CharacterTarget, option: string): void {
  if (line.serial.length === MOST_SERIAL) {
    throw optionError(option, `a PC has ${MOST_SERIAL} serial ports at most`);
  }
  line.serial.push(target);
}

function applyChardev(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "backend");
  const backend = keys.need("backend");
  const id = keys.need("id");
  if (line.chardevs.has(id)) {
    throw keys.error(`there is a character device "${id}" already`);
  }
  line.chardevs.set(id, chardevTarget(keys, backend));
  keys.finish();
}

function chardevTarget(keys: KeyValues, backend: string): CharacterTarget {
  switch (backend) {
    case "stdio":
      keys.flag("signal");
      return { kind: "stdio", mux: keys.flag("mux") ?? false };
    case "null":
      return { kind: "null" };
    case "file":
      return { kind: "file", path: keys.need("path"), append: keys.flag("append") ?? false };
    default:
      throw keys.error(`there is no backend "${backend}"; there are stdio, file and null`);
  }
}

function applyMon(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "chardev");
  line.monitor = { kind: "chardev", id: keys.need("chardev") };
  line.monitorOption = option;
  keys.choice("mode", ["readline"]);
  keys.finish();
}

/** Everything about character devices. */
export const characterOptions: OptionGroup = {
  title: "Serial ports, debug console, monitor",
  options: [
    {
      names: ["serial"],
      argument: "TARGET",
      help: [
        `a serial port, up to four; TARGET is ${TARGETS},`,
        "where mon:stdio shares the terminal with the monitor (and is the default)",
      ],
      values: TARGET_WORDS,
      apply: (line, value, option) => addSerial(line, parseTarget(option, value), option),
    },
    {
      names: ["monitor"],
      argument: "TARGET",
      help: ["where the monitor is (default: on the terminal, behind Ctrl-A c)"],
      values: TARGET_WORDS,
      apply: (line, value, option) => {
        line.monitor = parseTarget(option, value);
        line.monitorOption = option;
      },
    },
    {
      names: ["debugcon"],
      argument: "TARGET",
      help: [
        "a debug console, which firmware writes its log to (at port 0xe9; SeaBIOS writes to",
        "0x402: -global isa-debugcon.iobase=0x402)",
      ],
      values: TARGET_WORDS,
      apply: (line, value, option) => {
        if (line.debugcon !== null) {
          throw optionError(option, "there is a debug console already");
        }
        line.debugcon = parseTarget(option, value);
      },
    },
    {
      names: ["chardev"],
      argument: "stdio|file|null,id=ID[,path=FILE][,append=on][,mux=on]",
      help: ["a target with a name, for -device, -mon and chardev:ID"],
      values: ["stdio,id=", "file,id=", "null,id="],
      list: listing([
        "stdio  the terminal; mux=on shares it with others",
        "file   a file: path=FILE, append=on",
        "null   nowhere",
      ]),
      config: { group: "chardev", implied: "backend" },
      apply: applyChardev,
    },
    {
      names: ["mon"],
      argument: "[chardev=]ID",
      help: ["the monitor on a named target"],
      config: { group: "mon", implied: "chardev" },
      apply: applyMon,
    },
  ],
};
