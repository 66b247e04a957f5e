/** Options about character devices: serial ports, the debug console, the monitor. */
import { optionError } from "../cli-error.js";
import type { CharacterTarget, CommandLine } from "../command-line.js";
import { BACKEND_NAMES } from "../../chardev/backend-spec.js";
import { KeyValues } from "../key-values.js";
import { chardevTarget, shorthandTarget } from "./backends.js";
import { listing, type OptionGroup } from "./definition.js";

const MOST_SERIAL = 4;
const MOST_PARALLEL = 3;
const TARGETS =
  "stdio, null, none, file:PATH, pipe:PATH, tcp:HOST:PORT, telnet:HOST:PORT, unix:PATH, " +
  "udp:HOST:PORT, vc, ringbuf, chardev:ID, or mon: and one of them";
const TARGET_WORDS = [
  ...["stdio", "mon:stdio", "null", "none", "file:", "pipe:", "tcp:", "telnet:", "unix:"],
  ...["udp:", "vc", "ringbuf", "chardev:"],
] as const;

/** The place where `text` sends a device's bytes. @throws CliError when it is no such place */
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
  const shorthand = shorthandTarget(option, text);
  if (shorthand !== null) return shorthand;
  if (text.startsWith("mon:")) {
    const shared = parseTarget(option, text.slice("mon:".length));
    if (shared.kind === "backend") return { ...shared, mux: true };
  }
  throw optionError(`${option} ${text}`, `bytes can go to: ${TARGETS}`);
}

/** The QMP server of `-qmp`. */
function applyQmp(line: CommandLine, value: string, option: string, pretty: boolean): void {
  line.controls.push({ target: parseTarget(option, value), pretty, option });
}

/** Plug a serial port in. @throws CliError when there are four */
export function addSerial(line: CommandLine, target: CharacterTarget, option: string): void {
  if (line.serial.length === MOST_SERIAL) {
    throw optionError(option, `a PC has ${MOST_SERIAL} serial ports at most`);
  }
  line.serial.push(target);
}

function addParallel(line: CommandLine, target: CharacterTarget, option: string): void {
  if (line.parallel.length === MOST_PARALLEL) {
    throw optionError(option, `a PC has ${MOST_PARALLEL} parallel ports at most`);
  }
  line.parallel.push(target);
}

function applyChardev(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "backend");
  const backend = keys.need("backend");
  if (keys.get("id") === undefined) throw keys.error("chardev: no id specified");
  const id = keys.identifier("id");
  if (line.chardevs.has(id)) {
    throw keys.error(`there is a character device "${id}" already`);
  }
  line.chardevs.set(id, chardevTarget(keys, backend));
  keys.finish();
}

function applyMon(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "chardev");
  const target: CharacterTarget = { kind: "chardev", id: keys.need("chardev") };
  const mode = keys.choice("mode", ["readline", "control"]);
  const pretty = keys.flag("pretty");
  keys.finish();
  if (mode === "control") {
    line.controls.push({ target, pretty: pretty ?? false, option });
    return;
  }
  if (pretty !== undefined) throw keys.error("'pretty' is not compatible with HMP monitors");
  line.monitor = target;
  line.monitorOption = option;
}

/** Everything about character devices. */
export const characterOptions: OptionGroup = {
  title: "Serial ports, debug console, monitors",
  options: [
    {
      names: ["serial"],
      argument: "TARGET",
      help: [
        "a serial port, up to four; TARGET is stdio, null, none, file:PATH, pipe:PATH,",
        "tcp:HOST:PORT, telnet:HOST:PORT, unix:PATH, udp:HOST:PORT, vc, ringbuf or chardev:ID;",
        "sockets take server=on,wait=off, nodelay=on, reconnect=SECONDS behind commas;",
        "mon: before it shares it with the monitor (mon:stdio is the default)",
      ],
      values: TARGET_WORDS,
      apply: (line, value, option) => {
        const target = parseTarget(option, value);
        addSerial(line, target, option);
        if (value.startsWith("mon:") && target.kind === "backend") line.monitorShares ??= target;
      },
    },
    {
      names: ["parallel"],
      argument: "TARGET",
      help: ["a parallel port, up to three: what the guest prints goes to the TARGET"],
      values: TARGET_WORDS,
      apply: (line, value, option) => addParallel(line, parseTarget(option, value), option),
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
      argument: "BACKEND,id=ID[,KEY=VALUE...]",
      help: [
        "a target with a name, for -device, -mon and chardev:ID; -chardev help lists the",
        "back ends; mux=on lets several devices share it",
      ],
      values: BACKEND_NAMES.map((name) => `${name},id=`),
      list: listing([
        "Available chardev backend types: ",
        ...BACKEND_NAMES.map((name) => `  ${name}`),
      ]),
      config: { group: "chardev", implied: "backend", repeats: true },
      apply: applyChardev,
    },
    {
      names: ["mon"],
      argument: "[chardev=]ID[,mode=readline|control][,pretty=on]",
      help: ["the monitor, or with mode=control a QMP server, on a named target"],
      config: { group: "mon", implied: "chardev", repeats: true },
      apply: applyMon,
    },
    {
      names: ["qmp"],
      argument: "TARGET",
      help: ["a QMP server: commands and answers in JSON; may be given several times"],
      values: TARGET_WORDS,
      apply: (line, value, option) => applyQmp(line, value, option, false),
    },
    {
      names: ["qmp-pretty"],
      argument: "TARGET",
      help: ["a QMP server whose answers are indented"],
      values: TARGET_WORDS,
      apply: (line, value, option) => applyQmp(line, value, option, true),
    },
    {
      names: ["qtest"],
      argument: "TARGET",
      help: ["a server of qtest's commands, which reach ports and memory without a guest"],
      values: TARGET_WORDS,
      apply: (line, value, option) => {
        line.qtest = { target: parseTarget(option, value), option: `${option} ${value}` };
      },
    },
    {
      names: ["qtest-log"],
      argument: "FILE|none",
      help: ["where qtest's commands are logged (default: standard error)"],
      values: "file",
      apply: (line, value) => {
        line.qtestLog = value;
      },
    },
  ],
};
