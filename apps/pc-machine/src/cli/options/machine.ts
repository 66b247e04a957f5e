/** Options about the machine: processor, memory, firmware, time. */
import { optionError } from "../cli-error.js";
import type { CommandLine } from "../command-line.js";
import { KeyValues } from "../key-values.js";
import { parseNumber, parseSize } from "../size.js";
import { listing, type OptionGroup } from "./definition.js";
import { cpuOption, smpOption } from "./cpu.js";
import { rtcOption } from "./rtc.js";

const MIB = 2 ** 20;
const LEAST_RAM = MIB;
const MOST_RAM = 2 ** 40;
const PAGE = 4096;
const ACCELERATORS = ["interp", "jit", "tcg", "qtest"];
const BOOT_LETTERS = /^[acdn]{1,3}$/;
const MOST_ICOUNT_SHIFT = 10;
const AUTO_ICOUNT_SHIFT = 3;

/** Accelerator of guest code: QEMU's names, and two of our own. */
function acceleratorOf(name: string | undefined): CommandLine["accel"] {
  return name === "jit" || name === "qtest" ? name : "interp";
}

/** The RAM's size in bytes. @throws CliError when it cannot be had */
function ramSize(option: string, value: string): number {
  const text = new KeyValues(option, value, "size");
  const bytes = parseSize(text.need("size"), "M");
  text.finish();
  const what = `${option} ${value}`;
  if (bytes === null) {
    throw optionError(what, "a size is a number with an optional suffix K, M, G or T");
  }
  if (bytes < LEAST_RAM || bytes > MOST_RAM) {
    throw optionError(what, "RAM can be 1 MiB to 1 TiB");
  }
  if (bytes % PAGE !== 0) {
    throw optionError(what, "RAM is a multiple of 4 KiB");
  }
  return bytes;
}

function applyMachine(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "type");
  const type = keys.get("type") ?? "pc";
  if (type !== "pc" && !/^pc-i440fx(-\d+\.\d+)?$/.test(type)) {
    throw keys.error(`there is no machine "${type}"; this is a pc`);
  }
  const accel = keys.choice("accel", ACCELERATORS);
  if (accel !== undefined) line.accel = acceleratorOf(accel);
  keys.flag("usb");
  line.hpet = keys.flag("hpet") ?? line.hpet;
  keys.choice("graphics", ["on", "off"]);
  const firmware = keys.get("firmware");
  keys.finish();
  if (firmware !== undefined) {
    line.firmware = { kind: "file", path: firmware, option: `${option} ${value}` };
  }
}

function applyBoot(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "order");
  const order = keys.get("order");
  if (order !== undefined) {
    if (!BOOT_LETTERS.test(order)) {
      throw keys.error(
        `"${order}" is not up to three of a (floppy), c (disk), d (CD), n (network)`,
      );
    }
    line.bootOrder = order;
  }
  line.bootMenu = keys.flag("menu") ?? line.bootMenu;
  keys.flag("strict");
  keys.finish();
}

function applyIcount(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "shift");
  const text = keys.need("shift");
  const shift = text === "auto" ? AUTO_ICOUNT_SHIFT : parseNumber(text);
  if (shift === null || shift > MOST_ICOUNT_SHIFT) {
    throw keys.error(`the shift is 0 to ${MOST_ICOUNT_SHIFT}, or auto`);
  }
  keys.choice("align", ["off"]);
  keys.choice("sleep", ["off"]);
  keys.finish();
  line.icountShift = shift;
}

function applyFwCfg(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "name");
  const name = keys.need("name");
  const file = keys.get("file");
  const text = keys.get("string");
  keys.finish();
  if ((file === undefined) === (text === undefined)) {
    throw keys.error("give either file= or string=");
  }
  if (line.fwCfgFiles.some((other) => other.name === name)) {
    throw keys.error(`there is a file "${name}" already`);
  }
  line.fwCfgFiles.push({ name, source: file === undefined ? { text: text ?? "" } : { file } });
}

/** Everything about the machine itself. */
export const machineOptions: OptionGroup = {
  title: "Machine",
  options: [
    {
      names: ["m"],
      argument: "[size=]SIZE",
      help: ["RAM: a number of MiB, or with a suffix K, M, G, T (default 128)"],
      config: { group: "memory", implied: "size" },
      apply: (line, value, option) => {
        line.ramSize = ramSize(option, value);
      },
    },
    {
      names: ["bios"],
      argument: "FILE",
      help: [
        "firmware image, a multiple of 64 KiB; without this option SeaBIOS is taken from where",
        "a system package put it; without that, or without a disk, the embedded firmware",
      ],
      values: "file",
      config: { group: "machine", implied: "firmware", whole: true },
      apply: (line, value, option) => {
        line.firmware = { kind: "file", path: value, option: `${option} ${value}` };
      },
    },
    {
      names: ["firmware"],
      ours: true,
      argument: "embedded|FILE",
      help: ["embedded: the firmware that comes with this PC; a file: as -bios"],
      values: "file",
      apply: (line, value, option) => {
        line.firmware =
          value === "embedded"
            ? { kind: "embedded" }
            : { kind: "file", path: value, option: `${option} ${value}` };
      },
    },
    {
      names: ["boot"],
      argument: "[order=]LETTERS[,menu=on|off]",
      help: ["order of boot devices: a floppy, c disk, d CD, n network; boot menu"],
      values: ["order=", "menu=on", "menu=off"],
      config: { group: "boot-opts", implied: "order" },
      apply: applyBoot,
    },
    {
      names: ["M", "machine"],
      argument: "[type=]pc",
      help: ["the machine; there is one"],
      values: ["pc"],
      list: listing(["pc  PC (440FX and PIIX3), the only one; pc-i440fx-VERSION names it too"]),
      config: { group: "machine", implied: "type" },
      apply: applyMachine,
    },
    cpuOption,
    smpOption,
    {
      names: ["accel"],
      argument: "interp|jit|qtest",
      help: [
        "how guest code is run: interpreted (tcg is another name), translated, or, with qtest,",
        "not at all: time moves when qtest's clock_step says so",
      ],
      values: ACCELERATORS,
      list: listing([
        "tcg  the interpreter; interp names it too",
        "jit  translates what runs often to WebAssembly",
        "qtest  runs no guest code",
      ]),
      config: { group: "accel", implied: "accel" },
      apply: (line, value, option) => {
        const keys = new KeyValues(option, value, "accel");
        line.accel = acceleratorOf(keys.choice("accel", ACCELERATORS));
        keys.choice("thread", ["single", "multi"]);
        keys.finish();
      },
    },
    {
      names: ["name"],
      argument: "[guest=]NAME",
      help: ["a name for the machine, shown by `info name`"],
      config: { group: "name", implied: "guest" },
      apply: (line, value, option) => {
        const keys = new KeyValues(option, value, "guest");
        line.name = keys.need("guest");
        keys.finish();
      },
    },
    rtcOption,
    {
      names: ["no-hpet"],
      argument: null,
      help: ["no high precision event timers; -machine hpet=off says the same"],
      apply: (line) => {
        line.hpet = false;
      },
    },
    {
      names: ["icount"],
      argument: "[shift=]N|auto",
      help: [
        "deterministic time: an instruction takes 2^N ns (0 to 10), and time a halted",
        "processor waits is skipped; the same run gives the same times",
      ],
      values: ["auto", "shift="],
      config: { group: "icount", implied: "shift" },
      apply: applyIcount,
    },
    {
      names: ["fw_cfg"],
      argument: "[name=]NAME,file=FILE|string=TEXT",
      help: ["a further file for the guest's firmware"],
      config: { group: "fw_cfg", implied: "name" },
      apply: applyFwCfg,
    },
  ],
};
