/** A command line after parsing. */
import type { NetdevLine } from "./options/user-network.js";
import type { AcpiOem } from "../acpi/table.js";
import type { SmbiosSettings } from "../smbios/settings.js";
import { CpuModel } from "@mem/x86";

import type { JitSettings } from "../board/options/options.js";
import type { BlockCache } from "../block/block-node.js";
import type { ErrorPolicy } from "../storage/drive-backend.js";
import type { SessionActions } from "./run/session.js";
import type { VncLine } from "./back-ends/vnc-line.js";
import type { BackendSpec } from "../chardev/backend-spec.js";
import type { ValueForm } from "../objects/object-types.js";

/** Destination of the bytes of a serial port, a debug console or the monitor. */
export type CharacterTarget =
  /** Nowhere, but the port is there. */
  | { readonly kind: "null" }
  /** The port is not there at all. */
  | { readonly kind: "none" }
  /** The terminal. With `mux`, shared with others and with the escape keys. */
  | { readonly kind: "stdio"; readonly mux: boolean }
  /** A file, written from its beginning, or appended to. */
  | { readonly kind: "file"; readonly path: string; readonly append: boolean }
  /** A socket, a pipe, a buffer in memory. With `mux`, shared with others and with escape keys. */
  | { readonly kind: "backend"; readonly spec: BackendSpec; readonly mux: boolean }
  /** The character device that `-chardev` names. */
  | { readonly kind: "chardev"; readonly id: string };

/** A QMP server. */
export interface ControlLine {
  readonly target: CharacterTarget;
  /** Answers are indented. */
  readonly pretty: boolean;
  /** The option that asked for it, for messages. */
  readonly option: string;
}

/** A drive with its medium. */
export interface DiskRequest {
  /** The option that asked for it, for messages. */
  readonly option: string;
  /** Name of the image; `null` for no medium, or for one that {@link DiskRequest.settings} describe. */
  readonly path: string | null;
  readonly kind: "disk" | "cdrom";
  /** 0 to 3: primary master and slave, secondary master and slave. `null`: the first free one. */
  readonly place: number | null;
  readonly readonly: boolean;
  /** Writes are kept in memory; `null`: as `-snapshot` says. */
  readonly snapshot: boolean | null;
  /** Its name, `null` for the one that its place gives it. */
  readonly id?: string | null;
  /** Format of the image, `null` to find out. */
  readonly format?: string | null;
  /** Further options of the node that holds the medium, nested. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly cache?: Partial<BlockCache>;
  readonly rerror?: ErrorPolicy;
  readonly werror?: ErrorPolicy;
}

/** A device to plug in, with its properties as they were typed. */
export interface DeviceLine {
  readonly driver: string;
  readonly id: string | null;
  /** Its place on the PCI bus; `null` for the first free one. */
  readonly addr: string | null;
  /** The bus that it goes on; absent for the one that it fits. */
  readonly bus?: string;
  readonly properties: Readonly<Record<string, string>>;
  /** The option that asked for it, for messages. */
  readonly option: string;
}

/** A property of every device of a kind. */
export interface GlobalLine {
  readonly driver: string;
  readonly property: string;
  readonly value: string;
}

/** Contents of `-boot` besides the order. */
export interface BootLine {
  /** The order until the first reset; `null`: the usual one. */
  once: string | null;
  /** True if nothing is tried but devices that have a `bootindex`. */
  strict: boolean;
  /** Time that firmware waits before it starts anew where nothing boots, in ms; `null` or -1: for ever. */
  rebootTimeoutMs: number | null;
  /** Time that the boot menu or the picture shows, in ms. */
  splashTimeMs: number | null;
  /** True if the first sector of a floppy disk is looked at before it is booted. */
  floppyCheck: boolean;
}

/** A kernel to start in place of a boot loader, as it was typed. */
export interface KernelLine {
  image: string | null;
  /** A path; with Multiboot, several with arguments, and commas between them. */
  initrd: string | null;
  append: string | null;
}

/** A node of a command line. */
export interface NumaNodeLine {
  readonly id: number;
  /** Bytes, or the object that has them; `null`: none. */
  readonly memory: number | { readonly object: string } | null;
  readonly cpus: number[];
  readonly option: string;
}

/** Nodes and distances of a command line. */
export interface NumaLine {
  readonly nodes: NumaNodeLine[];
  readonly distances: {
    readonly from: number;
    readonly to: number;
    readonly value: number;
    readonly option: string;
  }[];
}

/** Consequence of a feature that the processor is meant to have and lacks: a warning, the end of the program, or none. */
export type CpuChecks = "warn" | "enforce" | "off";

/** The whole of it. Fields are in the order of the help. */
export interface CommandLine {
  /** The PC, or nothing at all. */
  machine: "pc" | "none";
  ramSize: number;
  /** True if an option told its size. */
  ramGiven: boolean;
  /** Nodes of memory. */
  numa: NumaLine;
  /** Objects to add: `qom-type`, `id` and properties. */
  objects: {
    readonly values: Readonly<Record<string, unknown>>;
    readonly form: ValueForm;
    readonly option: string;
  }[];
  firmware:
    { kind: "search" } | { kind: "embedded" } | { kind: "file"; path: string; option: string };
  /** Kernel of `-kernel`, `-initrd` and `-append`. */
  kernel: KernelLine;
  /** True if there is an HPET. */
  hpet: boolean;
  /** VMware's back door and its mouse. */
  vmport: boolean;
  bootOrder: string | null;
  bootMenu: boolean;
  /** Settings of booting besides the order. */
  boot: BootLine;
  /** The machine's UUID, which SMBIOS and fw_cfg tell; `null`: nothing, which is all zeros. */
  uuid: string | null;
  /** Networks of `-netdev`, by their IDs. */
  readonly netdevs: Map<string, NetdevLine>;
  /** Network cards of `-nic`, which are made before `devices`. */
  readonly nics: DeviceLine[];
  /** Parts that `-net` puts together: the ID of its network, and the place of its card in `nics`. */
  readonly hub: { network: string | null; card: number | null };
  /** True unless something was said about networks: there is a card then, as on QEMU's board. */
  defaultNic: boolean;
  /** Texts of the SMBIOS tables. */
  smbios: SmbiosSettings;
  /** Names of whoever made the ACPI tables. */
  acpiOem: AcpiOem;
  /** Options that are accepted though they have no effect, to be told in a line each. */
  notes: string[];
  /** A file that the number of the process is written to. */
  pidFile: string | null;
  /** Further places to look for firmware in. */
  dataDirectories: string[];
  name: string | null;
  /** The calendar at power-on: UTC or the local time of the host, or milliseconds since 1970. */
  rtcBase: "utc" | "localtime" | number;
  /** Model and features of the processor. */
  cpu: CpuModel;
  cpuChecks: CpuChecks;
  /** Number of processors. */
  cpus: number;
  /** Execution of guest code. */
  accel: "jit" | "interp" | "qtest";
  /** True if an option chose it. */
  accelAsked: boolean;
  /** True if firmware shows on a display what it has to say. */
  graphics: boolean;
  /** Settings of the translator. */
  jit: JitSettings;
  /** 2 to this power is the time in ns an instruction takes; `null`: real time. */
  icountShift: number | null;
  fwCfgFiles: { name: string; source: { file: string } | { text: string } }[];
  disks: DiskRequest[];
  /** Floppy images by their drives' numbers. */
  floppies: DiskRequest[];
  /** Contents of flash chips 0 and 1. */
  flash: DiskRequest[];
  /** Names of the drives or nodes with the contents of flash chips 0 and 1, where `-machine` tells them. */
  flashDrives: (string | undefined)[];
  /** Drives that devices name. */
  drives: DiskRequest[];
  /** Nodes of the block layer. */
  blockdevs: { readonly options: Readonly<Record<string, unknown>>; readonly option: string }[];
  snapshot: boolean;
  /** The display adapter by its name for `-vga`; `null`: not asked for. */
  vga: string | null;
  devices: DeviceLine[];
  /** Disks of `-drive if=virtio`, which come behind `devices`. */
  virtioDisks: DeviceLine[];
  /** True if the chipset's USB controller is there. */
  usb: boolean;
  globals: GlobalLine[];
  /** `-display none` was said. */
  displayNone: boolean;
  /** True if the terminal is the display. */
  curses: boolean;
  /** VNC servers. */
  vnc: VncLine[];
  nographic: boolean;
  serial: CharacterTarget[];
  parallel: CharacterTarget[];
  monitor: CharacterTarget | null;
  /** The option that said so, for messages. */
  monitorOption: string;
  /** The target of the first serial port, with the monitor on it: what `-serial mon:` says. */
  monitorShares: CharacterTarget | null;
  /** Control monitors of `-qmp` and `-mon mode=control`. */
  controls: ControlLine[];
  /** Source of qtest's commands. */
  qtest: { readonly target: CharacterTarget; readonly option: string } | null;
  /** Place where gdb connects. */
  gdb: { readonly target: CharacterTarget; readonly option: string } | null;
  /** The file of the log of qtest's commands; `null`: standard error. */
  qtestLog: string | null;
  /** Target of `-debugcon`. */
  debugcon: CharacterTarget | null;
  chardevs: Map<string, CharacterTarget>;
  noDefaults: boolean;
  startStopped: boolean;
  /** The machine is made when `x-exit-preconfig` says so. */
  preconfig: boolean;
  noReboot: boolean;
  noShutdown: boolean;
  /** Action on a guest that has crashed. */
  panic: SessionActions["panic"];
  /** Action on a guest that does not feed its watchdog. */
  watchdog: SessionActions["watchdog"];
  log: Set<"guest_error" | "unimp">;
  logFile: string | null;
}

const MIB = 2 ** 20;
const DEFAULT_RAM_MIB = 128;

/** Settings of an empty command line. */
export function emptyCommandLine(): CommandLine {
  return {
    machine: "pc",
    ramSize: DEFAULT_RAM_MIB * MIB,
    ramGiven: false,
    numa: { nodes: [], distances: [] },
    objects: [],
    firmware: { kind: "search" },
    kernel: { image: null, initrd: null, append: null },
    hpet: true,
    vmport: true,
    bootOrder: null,
    bootMenu: false,
    boot: {
      once: null,
      strict: false,
      rebootTimeoutMs: null,
      splashTimeMs: null,
      floppyCheck: true,
    },
    uuid: null,
    netdevs: new Map(),
    nics: [],
    hub: { network: null, card: null },
    defaultNic: true,
    smbios: {},
    acpiOem: {},
    notes: [],
    pidFile: null,
    dataDirectories: [],
    name: null,
    rtcBase: "utc",
    cpu: CpuModel.parse("max"),
    cpuChecks: "warn",
    cpus: 1,
    accel: "jit",
    accelAsked: false,
    graphics: true,
    jit: {},
    icountShift: null,
    fwCfgFiles: [],
    disks: [],
    floppies: [],
    flash: [],
    flashDrives: [],
    drives: [],
    blockdevs: [],
    snapshot: false,
    vga: null,
    devices: [],
    virtioDisks: [],
    usb: false,
    globals: [],
    displayNone: false,
    curses: false,
    vnc: [],
    nographic: false,
    serial: [],
    parallel: [],
    monitor: null,
    monitorOption: "-monitor",
    monitorShares: null,
    controls: [],
    qtest: null,
    gdb: null,
    qtestLog: null,
    debugcon: null,
    chardevs: new Map(),
    noDefaults: false,
    startStopped: false,
    preconfig: false,
    noReboot: false,
    noShutdown: false,
    panic: "shutdown",
    watchdog: "reset",
    log: new Set(),
    logFile: null,
  };
}
