/** Options about the display and about devices in general. */
import { isUserCreatable } from "../../device/definition.js";
import { PropertySyntaxError } from "../../device/properties/property.js";
import { deviceHelp, devicesHelp } from "../../device/properties/help.js";
import { settleDevices } from "../../device/properties/settle.js";
import { builtinDevices } from "../../devices/builtin.js";
import { USER_OBJECT_TYPES, userObjectProperties } from "../../objects/user-objects.js";
import { isObject } from "../../qmp/json/json-value.js";
import { parseJson } from "../../qmp/json/parse-json.js";
import { didYouMean } from "../../text/nearest.js";
import { optionError } from "../cli-error.js";
import type { CommandLine } from "../command-line.js";
import { adapterNames } from "../display-adapters.js";
import { plainRequest } from "../back-ends/device-requests.js";
import { listOfJson } from "../json-list.js";
import { KeyValues } from "../key-values.js";
import { listing, type OptionGroup } from "./definition.js";
import { addVncServer, vncList } from "./vnc.js";

/** The types of objects, or the properties of one. */
function listObjects(value: string): readonly string[] | null {
  if (value === "help" || value === "?") {
    return ["List of user creatable objects:", ...USER_OBJECT_TYPES.map((name) => `  ${name}`)];
  }
  const [type = "", ...words] = value.split(",");
  const properties = userObjectProperties(type);
  if (properties === null || !words.includes("help")) return null;
  return [`${type} options:`, ...properties.map((property) => `  ${property}`)];
}

function applyObject(line: CommandLine, value: string, option: string): void {
  const typed = `${option} ${value}`;
  if (!value.startsWith("{")) {
    const keys = new KeyValues(option, value, "qom-type");
    line.objects.push({ values: keys.rest(), form: "text", option: typed });
    return;
  }
  const parsed = parseJson(value);
  if (parsed === null) throw optionError(typed, "JSON expected");
  if (!isObject(parsed)) throw optionError(typed, "a JSON object expected");
  const values = Object.fromEntries(Object.entries(parsed));
  line.objects.push({ values, form: "json", option: typed });
}

function applyDevice(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, listOfJson(option, value), "driver", value);
  const asked = keys.need("driver");
  const definition = builtinDevices.get(asked);
  // A device that was asked for by another name is known by its own from here on.
  const driver = definition?.name ?? asked;
  const id = keys.get("id") ?? null;
  const addr = keys.get("addr") ?? null;
  const bus = keys.get("bus");
  const device = {
    driver,
    id,
    addr,
    ...(bus === undefined ? {} : { bus }),
    properties: keys.rest(),
    option: `${option} ${value}`,
  };
  if (definition !== null && !isUserCreatable(definition)) {
    throw keys.error(`"${driver}" is soldered to the board: there can be no other one`);
  }
  // What is wrong with it by itself is told at once; who is in whose way, when all are known.
  const { problems } = settleDevices(builtinDevices, [plainRequest(device)], {
    functions: new Map(),
    ports: [],
    ids: new Set(),
    anyPlace: true,
    devices: [],
  });
  const [problem] = problems;
  if (problem !== undefined) {
    throw keys.error(`${problem.message}${definition === null ? "; see -device help" : ""}`);
  }
  line.devices.push(device);
}

/** Devices by the names of `-usbdevice`. */
const USB_DEVICES: Readonly<Record<string, string>> = {
  tablet: "usb-tablet",
  mouse: "usb-mouse",
  keyboard: "usb-kbd",
};

function applyUsbDevice(line: CommandLine, value: string, option: string): void {
  const driver = USB_DEVICES[value];
  if (driver === undefined) {
    throw optionError(`${option} ${value}`, `must be ${Object.keys(USB_DEVICES).join(" or ")}`);
  }
  line.usb = true;
  line.devices.push({ driver, id: null, addr: null, properties: {}, option: `${option} ${value}` });
}

/** `DRIVER.PROPERTY=VALUE` as three keys. */
function globalList(value: string): string {
  return value.replace(/^([\w-]+)\.([\w-]+)=/, "driver=$1,property=$2,value=");
}

function applyGlobal(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, globalList(value), null, value);
  const driver = keys.need("driver");
  const name = keys.need("property");
  const setting = keys.need("value");
  keys.finish();
  const definition = builtinDevices.get(driver);
  const names = builtinDevices.creatable.map((device) => device.name);
  if (definition === null) {
    // Command lines set properties of what another machine has: it is no mistake of this one.
    line.notes.push(
      `warning: global ${driver}.${name} has invalid class name${didYouMean(driver, names)}`,
    );
    return;
  }
  const known = Object.keys(definition.properties);
  const property = definition.properties[name];
  if (property === undefined) {
    throw keys.error(`there is no property ${driver}.${name}${didYouMean(name, known)}`);
  }
  try {
    if (property.kind === "value") property.parse(setting);
  } catch (error) {
    if (!(error instanceof PropertySyntaxError)) throw error;
    throw keys.error(error.message);
  }
  line.globals.push({ driver, property: name, value: setting });
}

/** `-device help`, and `-device NAME,help`. */
function listDevices(value: string): readonly string[] | null {
  const [driver = "", ...rest] = value.split(",");
  if (driver === "help" || driver === "?") return devicesHelp(builtinDevices);
  const definition = builtinDevices.get(driver);
  return definition !== null && rest.some((part) => part === "help" || part === "?")
    ? deviceHelp(definition)
    : null;
}

/** Everything about the display and other devices. */
export const deviceOptions: OptionGroup = {
  title: "Display and devices",
  options: [
    {
      names: ["vga"],
      argument: "std|cirrus|none",
      help: ["the display adapter (default std)"],
      values: adapterNames,
      list: listing([
        "std     VGA with the Bochs dispi interface (default)",
        "cirrus  Cirrus Logic GD5446",
        "none    no display adapter",
      ]),
      apply: (line, value, option) => {
        if (!adapterNames.includes(value)) {
          throw optionError(`${option} ${value}`, "the display adapter is std, cirrus or none");
        }
        line.vga = value;
      },
    },
    {
      names: ["display"],
      argument: "none|curses|vnc=DISPLAY[,...]",
      help: [
        "no window for the display (`screen` in the monitor shows its text); its text, and its keys,",
        "on this terminal; or a VNC server as -vnc makes it. All keep firmware from using the serial",
        "port instead",
      ],
      values: ["none", "curses", "vnc="],
      list: listing(["none", "curses", "vnc"]),
      apply: (line, value, option) => {
        const [type = "", display = ""] = value.split(/=(.*)/s);
        line.curses = /^curses(,charset=CP437)?$/i.test(value);
        if (line.curses) return;
        if (type === "vnc") {
          if (display === "") {
            throw optionError(
              `${option} ${value}`,
              "VNC requires a display argument vnc=<display>",
            );
          }
          addVncServer(line, display, `${option} ${value}`);
        } else if (value === "none") {
          line.displayNone = true;
        } else {
          throw optionError(`${option} ${value}`, "the display is none, curses or vnc=DISPLAY");
        }
      },
    },
    {
      names: ["vnc"],
      argument: "[HOST]:NUMBER|unix:PATH|none[,password=on|off][,share=POLICY][,to=NUMBER][,...]",
      help: [
        "show the display to VNC clients, with keys and pointer: at port 5900 + NUMBER of HOST",
        "(default 127.0.0.1), or at a socket; share: allow-exclusive, force-shared or ignore",
      ],
      values: [":0", "unix:", "none"],
      config: { group: "vnc", list: vncList, repeats: true },
      apply: (line, value, option) => addVncServer(line, value, `${option} ${value}`),
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
      argument: "NAME[,id=ID][,addr=SLOT.FUNCTION][,PROPERTY=VALUE...]",
      help: [
        "plug a device in: -device help lists the devices, -device NAME,help the properties",
        "of one; or JSON",
      ],
      values: () => builtinDevices.creatable.map(({ name }) => name),
      list: listDevices,
      config: { group: "device", implied: "driver", repeats: true },
      apply: applyDevice,
    },
    {
      names: ["usb"],
      argument: null,
      help: ["the chipset's USB controller, for -device usb-tablet and others; as -machine usb=on"],
      apply: (line) => {
        line.usb = true;
      },
    },
    {
      names: ["usbdevice"],
      argument: "tablet|mouse|keyboard",
      help: ["the controller with a device at it; -device usb-tablet is the newer way"],
      values: Object.keys(USB_DEVICES),
      apply: applyUsbDevice,
    },
    {
      names: ["object"],
      argument: "TYPE,id=ID[,PROPERTY=VALUE...]",
      help: [
        "an object below /objects: -object help lists the types, -object TYPE,help the properties",
        "of one; or JSON",
      ],
      values: USER_OBJECT_TYPES.map((name) => `${name},id=`),
      list: listObjects,
      config: { group: "object", implied: "qom-type", repeats: true },
      apply: applyObject,
    },
    {
      names: ["global"],
      argument: "NAME.PROPERTY=VALUE",
      help: ["a property of every device of a kind, also of one that comes by itself"],
      values: () =>
        builtinDevices.creatable.flatMap(({ name, properties }) =>
          Object.keys(properties).map((property) => `${name}.${property}=`),
        ),
      config: { group: "global", list: globalList, repeats: true },
      apply: applyGlobal,
    },
    {
      names: ["nodefaults"],
      argument: null,
      help: ["no serial port, monitor or display adapter unless asked for"],
      apply: (line) => {
        line.noDefaults = true;
      },
    },
  ],
};
