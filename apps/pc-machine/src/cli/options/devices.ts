/** Options about the display and about devices in general. */
import { optionError } from "../cli-error.js";
import type { CharacterTarget, CommandLine } from "../command-line.js";
import { KeyValues } from "../key-values.js";
import { addDebugcon, addSerial, parsePort } from "./characters.js";
import type { OptionDefinition, OptionGroup } from "./definition.js";

function applyDevice(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value, "driver");
  const driver = keys.need("driver");
  keys.get("id");
  switch (driver) {
    case "VGA":
      if (line.vgaPlugged) {
        throw keys.error("there is a display adapter already");
      }
      line.vgaPlugged = true;
      line.vga = true;
      line.vgaRom = keys.get("romfile") ?? line.vgaRom;
      break;
    case "isa-debugcon": {
      const port = keys.get("iobase");
      const target = namedTarget(keys);
      addDebugcon(line, target, port === undefined ? null : parsePort(keys, port), option);
      break;
    }
    case "isa-serial":
      addSerial(line, namedTarget(keys), option);
      break;
    default:
      throw keys.error(`there is no device "${driver}"; there are VGA, isa-serial, isa-debugcon`);
  }
  keys.finish();
}

function namedTarget(keys: KeyValues): CharacterTarget {
  return { kind: "chardev", id: keys.need("chardev") };
}

/** An option that is accepted with the value `none` only, as there is no such device. */
function absent(names: readonly string[], what: string): OptionDefinition {
  return {
    names,
    argument: "none",
    help: [`accepted for command lines of QEMU: there is no ${what}`],
    values: ["none"],
    apply: (_line, value, option) => {
      if (value !== "none") {
        throw optionError(`${option} ${value}`, `there is no ${what}; the value can be none only`);
      }
    },
  };
}

/** Everything about the display and other devices. */
export const deviceOptions: OptionGroup = {
  title: "Display and devices",
  options: [
    {
      names: ["vga"],
      argument: "std|none",
      help: ["the display adapter (default std)"],
      values: ["std", "none"],
      list: () => [
        "std   VGA with the Bochs dispi interface (default)",
        "none  no display adapter",
      ],
      apply: (line, value, option) => {
        if (value !== "std" && value !== "none") {
          throw optionError(`${option} ${value}`, "the display adapter is std or none");
        }
        line.vga = value === "std";
      },
    },
    {
      names: ["display"],
      argument: "none",
      help: [
        "no window for the display; there never is one (`screen` in the monitor shows it),",
        "but this also keeps firmware from using the serial port instead",
      ],
      values: ["none"],
      apply: (line, value, option) => {
        if (value !== "none") {
          throw optionError(`${option} ${value}`, "there is no display but none");
        }
        line.displayNone = true;
      },
    },
    {
      names: ["nographic"],
      argument: null,
      help: [
        "serial port and monitor on the terminal, and firmware uses the serial port",
        "for what it would show on the display: the default",
      ],
      apply: (line) => {
        line.nographic = true;
      },
    },
    {
      names: ["device"],
      argument: "VGA|isa-serial|isa-debugcon[,chardev=ID][,iobase=PORT][,romfile=FILE]",
      help: ["plug a device in"],
      values: ["VGA", "isa-serial,chardev=", "isa-debugcon,chardev="],
      config: { group: "device", implied: "driver" },
      apply: applyDevice,
    },
    {
      names: ["nodefaults"],
      argument: null,
      help: ["no serial port, monitor or display adapter unless asked for"],
      apply: (line) => {
        line.noDefaults = true;
      },
    },
    absent(["net", "nic"], "network adapter"),
    absent(["parallel"], "parallel port"),
  ],
};
