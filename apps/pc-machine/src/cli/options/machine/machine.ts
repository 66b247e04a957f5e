/** Options about the machine: processor, memory, firmware, time. */
import { existsSync } from "node:fs";

import type { CommandLine } from "../../command-line.js";
import { firmwareFolders } from "../../images/firmware.js";
import { KeyValues } from "../../key-values.js";
import { keyListing, listing, type OptionGroup } from "../definition.js";
import { accelOption, chooseAccelerator } from "./accel.js";
import {
  machineHelp,
  machinePropertiesHelp,
  machineType,
  milliseconds,
  parseUuid,
  takeMachineProperties,
} from "./machine-properties.js";
import { cpuOption, smpOption } from "./cpu.js";
import { icountOption } from "./icount.js";
import { memoryOption } from "./memory.js";
import { numaOption } from "./numa.js";
import { rtcOption } from "./rtc.js";
import { smbiosOption } from "./smbios.js";

const BOOT_LETTERS = /^[abcdn]{0,3}$/;
/** Keys of `-smp`, which `-machine` takes, too. */
const SMP_KEYS = ["cpus", "sockets", "dies", "cores", "threads", "maxcpus"];

function applyMachine(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "type");
  const type = keys.get("type");
  if (type !== undefined) line.machine = machineType(type, keys);
  const accel = keys.get("accel");
  if (accel !== undefined) chooseAccelerator(line, accel, keys);
  line.usb = keys.flag("usb") ?? line.usb;
  line.hpet = keys.flag("hpet") ?? line.hpet;
  takeMachineProperties(line, keys);
  const smp = SMP_KEYS.flatMap((key) => {
    const text = keys.get(`smp.${key}`);
    return text === undefined ? [] : [`${key}=${text}`];
  });
  if (smp.length > 0) smpOption.apply(line, smp.join(","), "-smp");
  const firmware = keys.get("firmware");
  keys.finish();
  if (firmware !== undefined) {
    line.firmware = { kind: "file", path: firmware, option: `${option} ${value}` };
  }
}

function applyBoot(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "order");
  const letters = (name: string): string | undefined => {
    const order = keys.get(name);
    if (order !== undefined && !BOOT_LETTERS.test(order)) {
      throw keys.error(
        `"${order}" is not up to three of a (floppy), c (disk), d (CD), n (network)`,
      );
    }
    const twice = [...(order ?? "")].find((letter, at) => order?.indexOf(letter) !== at);
    if (twice !== undefined) throw keys.error(`boot device '${twice}' was given twice`);
    return order;
  };
  line.bootOrder = letters("order") ?? line.bootOrder;
  line.boot.once = letters("once") ?? line.boot.once;
  line.boot.rebootTimeoutMs = milliseconds(keys, "reboot-timeout", -1, 0xffff);
  line.boot.splashTimeMs = milliseconds(keys, "splash-time", 0, 0xffff);
  const splash = keys.get("splash");
  if (splash !== undefined && !existsSync(splash)) {
    line.notes.push(`${option} ${value}: failed to find file '${splash}'`);
  } else if (splash !== undefined) {
    const name = /\.bmp$/i.test(splash) ? "bootsplash.bmp" : "bootsplash.jpg";
    line.fwCfgFiles.push({ name, source: { file: splash } });
  }
  line.bootMenu = keys.flag("menu") ?? line.bootMenu;
  line.boot.strict = keys.flag("strict") ?? line.boot.strict;
  keys.finish();
}

function applyName(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "guest");
  line.name = keys.get("guest") ?? line.name;
  const isProcess = keys.get("process") !== undefined;
  const isThreads = keys.flag("debug-threads") === true;
  keys.finish();
  if (isProcess || isThreads) {
    line.notes.push(`${option} ${value}: accepted without effect: the process keeps its name`);
  }
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
    memoryOption,
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
      argument: "[order=]LETTERS[,once=LETTERS][,menu=on|off][,reboot-timeout=MS][,splash-time=MS]",
      help: [
        "order of boot devices: a floppy, c disk, d CD, n network; another one until the first",
        "reset; boot menu, and how long it or the picture splash=FILE shows; when to start anew",
        "where nothing boots",
      ],
      values: ["order=", "once=", "menu=on", "menu=off", "reboot-timeout=", "splash-time="],
      list: keyListing("boot-opts", {
        menu: "bool (on/off)",
        once: "str",
        order: "str",
        "reboot-timeout": "num",
        "splash-time": "num",
        splash: "str",
        strict: "bool (on/off)",
      }),
      config: { group: "boot-opts", implied: "order" },
      apply: applyBoot,
    },
    {
      names: ["M", "machine"],
      argument: "[type=]pc|none[,PROPERTY=VALUE...]",
      help: [
        "the machine: the PC (pc-i440fx-VERSION names it too), or one that has nothing, for",
        "programs that ask what there is; -machine pc,help lists the properties",
      ],
      values: ["pc", "none"],
      list: (value) =>
        value === "help" || value === "?"
          ? machineHelp
          : /,(help|\?)$/.test(value)
            ? machinePropertiesHelp
            : null,
      config: { group: "machine", implied: "type" },
      apply: applyMachine,
    },
    cpuOption,
    smpOption,
    numaOption,
    accelOption,
    {
      names: ["name"],
      argument: "[guest=]NAME",
      help: ["a name for the machine, shown by `info name`"],
      config: { group: "name", implied: "guest" },
      apply: applyName,
    },
    {
      names: ["uuid"],
      argument: "UUID",
      help: ["the machine's identity, told to firmware and by `info uuid`"],
      apply: (line, value, option) => {
        line.uuid = parseUuid(option, value);
      },
    },
    smbiosOption,
    {
      names: ["L"],
      argument: "FOLDER",
      help: ["look for firmware here first"],
      values: "file",
      list: listing(firmwareFolders),
      apply: (line, value) => {
        line.dataDirectories.push(value);
      },
    },
    {
      names: ["no-fd-bootchk"],
      argument: null,
      help: ["boot a floppy disk whose first sector has no signature"],
      apply: (line) => {
        line.boot.floppyCheck = false;
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
    icountOption,
    {
      names: ["fw_cfg"],
      argument: "[name=]NAME,file=FILE|string=TEXT",
      help: ["a further file for the guest's firmware"],
      config: { group: "fw_cfg", implied: "name", repeats: true },
      apply: applyFwCfg,
    },
  ],
};
