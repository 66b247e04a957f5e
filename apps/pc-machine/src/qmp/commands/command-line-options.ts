/** `query-command-line-options`: which options take which keys. */
import { command } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { qmp } from "../schema.js";

type ParameterType = "string" | "boolean" | "number" | "size";

/** Keys of an option, by type, in words with spaces between. */
type Keys = Readonly<Partial<Record<ParameterType, string>>>;

/** QEMU's options that are here, with the keys that are. Options that take devices have theirs elsewhere. */
const OPTIONS: Readonly<Record<string, Keys>> = {
  machine: {
    string: "type accel firmware kernel initrd append",
    boolean: "usb mem-merge dump-guest-core",
  },
  smbios: {},
  vnc: {
    string: "vnc share password-secret",
    boolean: "password",
    number: "to",
  },
  action: { string: "watchdog panic reboot shutdown" },
  fw_cfg: { string: "string file name" },
  icount: { string: "shift", boolean: "sleep align" },
  numa: {},
  name: { string: "guest process", boolean: "debug-threads" },
  object: {},
  "boot-opts": {
    string: "splash once order",
    boolean: "strict menu",
    number: "reboot-timeout splash-time",
  },
  "smp-opts": { number: "maxcpus threads cores dies sockets cpus" },
  memory: { size: "size maxmem", number: "slots" },
  accel: {},
  mon: { string: "chardev mode", boolean: "pretty" },
  global: { string: "value property driver" },
  rtc: { string: "clock base driftfix" },
  net: {},
  nic: {},
  netdev: {},
  device: {},
  chardev: {
    string: "logfile localport localaddr port host path backend",
    boolean: "logappend append signal mux telnet nodelay server wait",
    number: "reconnect rows cols height width",
    size: "size",
  },
  drive: {
    string: "werror rerror file if media aio format driver node-name detect-zeroes discard",
    boolean: "read-only snapshot cache.writeback cache.no-flush cache.direct auto-read-only",
    number: "index bus unit",
  },
};

/** The commands. */
export const commandLineCommands = [
  command({
    name: "query-command-line-options",
    early: true,
    members: { option: qmp.optional(qmp.str) },
    returns: qmp.array(
      qmp.object({
        parameters: qmp.array(
          qmp.object({
            name: qmp.str,
            type: qmp.enumeration(["string", "boolean", "number", "size"]),
          }),
        ),
        option: qmp.str,
      }),
    ),
    run: (_target, { option }) => {
      const asked = Object.entries(OPTIONS).filter(
        ([name]) => option === undefined || name === option,
      );
      if (asked.length === 0) throw new QmpError(`invalid option name: ${option ?? ""}`);
      return asked.map(([name, keys]) => ({
        parameters: Object.entries(keys).flatMap(([type, words]) =>
          words.split(" ").map((word) => ({ name: word, type })),
        ),
        option: name,
      }));
    },
  }),
];
