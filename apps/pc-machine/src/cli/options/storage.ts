/** Options about disks. */
import type { BlockCache } from "../../block/block-node.js";
import { nestOptions, optionsOfName } from "../../block/block-options.js";
import { BlockdevError } from "../../block/errors.js";
import { BLOCK_DRIVERS } from "../../block/open-node.js";
import { ERROR_POLICIES, type ErrorPolicy } from "../../storage/drive-backend.js";
import { optionError } from "../cli-error.js";
import type { CommandLine, DiskRequest } from "../command-line.js";
import { KeyValues } from "../key-values.js";
import { parseNumber } from "../../text/size.js";
import { listing, type OptionDefinition, type OptionGroup } from "./definition.js";

const PLACES = 4;
const CDROM_PLACE = 2;
const PLACE_NAMES = [
  "primary master",
  "primary slave",
  "secondary master",
  "secondary slave",
] as const;

function diskOption(letter: string, place: number): OptionDefinition {
  return {
    names: [`hd${letter}`],
    argument: "FILE",
    help: [`disk image (raw or qcow2) as the ${PLACE_NAMES[place] ?? ""}`],
    values: "file",
    config: {
      group: "drive",
      implied: "file",
      fixed: { index: String(place), media: "disk" },
      whole: true,
    },
    apply: (line, path, option) => addDisk(line, path, place, `${option} ${path}`),
  };
}

/** An image in a file, with nothing else said of it. */
function plain(path: string, place: number | null): Omit<DiskRequest, "kind" | "option"> {
  const nothing = { snapshot: null, id: null, format: null, settings: {}, cache: {} };
  return { path, place, readonly: false, ...nothing };
}

/** Plug `path` in at `place`, read and write. */
export function addDisk(
  line: CommandLine,
  path: string,
  place: number | null,
  option: string,
): void {
  line.disks.push({ ...plain(path, place), option, kind: "disk" });
}

const FLOPPY_DRIVES = 2;

function floppyOption(letter: string, place: number): OptionDefinition {
  return {
    names: [`fd${letter}`],
    argument: "FILE",
    help: [`raw floppy image in drive ${letter.toUpperCase()}`],
    values: "file",
    config: {
      group: "drive",
      implied: "file",
      fixed: { index: String(place), if: "floppy" },
      whole: true,
    },
    apply: (line, path, option) => addFloppy(line, plain(path, place), `${option} ${path}`),
  };
}

/** Put an image into a drive, or into the first free one. @throws CliError when it is taken */
function addFloppy(
  line: CommandLine,
  request: Omit<DiskRequest, "kind" | "option">,
  option: string,
): void {
  const taken = (place: number): boolean => line.floppies.some((other) => other.place === place);
  const place = request.place ?? (taken(0) ? 1 : 0);
  if (place >= FLOPPY_DRIVES) throw optionError(option, "there are floppy drives 0 and 1");
  if (taken(place)) throw optionError(option, `floppy drive ${place} has an image already`);
  line.floppies.push({ ...request, option, kind: "disk", place });
}

/** Fill a flash chip, or the first free one. @throws CliError when it is taken */
function addFlash(
  line: CommandLine,
  request: Omit<DiskRequest, "kind" | "option">,
  option: string,
): void {
  const taken = (place: number): boolean => line.flash.some((other) => other.place === place);
  const place = request.place ?? (taken(0) ? 1 : 0);
  if (place >= FLASH_CHIPS) throw optionError(option, "there are flash chips 0 and 1");
  if (taken(place)) throw optionError(option, `flash chip ${place} has an image already`);
  line.flash.push({ ...request, option, kind: "disk", place });
}

/** Put a disk behind virtio: a drive, and a device that names it. @throws CliError when its place is taken */
function addVirtio(line: CommandLine, request: DiskRequest): void {
  const { option, place } = request;
  const id = request.id ?? `virtio${place ?? line.virtioDisks.length}`;
  if (line.drives.some((other) => other.id === id)) {
    throw optionError(option, `there is a drive "${id}" already`);
  }
  line.drives.push({ ...request, id });
  const driver = "virtio-blk-pci";
  line.virtioDisks.push({ driver, id: null, addr: null, properties: { drive: id }, option });
}

/** Keys of the node that holds a drive's medium which have no dot. */
const NODE_KEYS = [
  "node-name",
  "size",
  "offset",
  "read-zeroes",
  "config",
  "detect-zeroes",
] as const;
const CACHES: Readonly<Record<string, Partial<BlockCache>>> = {
  none: { direct: true },
  off: { direct: true },
  writeback: {},
  writethrough: { writeback: false },
  directsync: { direct: true, writeback: false },
  unsafe: { noFlush: true },
};
const INTERFACES = ["ide", "floppy", "pflash", "virtio", "none"] as const;
const FLASH_CHIPS = 2;
const POLICIES = ERROR_POLICIES.filter((policy) => policy !== "auto");

function applyDrive(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value);
  const type = keys.choice("if", INTERFACES) ?? "ide";
  const path = keys.get("file") ?? null;
  const format = keys.choice("format", BLOCK_DRIVERS) ?? keys.choice("driver", BLOCK_DRIVERS);
  const kind = keys.choice("media", ["disk", "cdrom"]) === "cdrom" ? "cdrom" : "disk";
  const readonly = keys.flag("readonly") ?? keys.flag("read-only") ?? kind === "cdrom";
  const snapshot = keys.flag("snapshot") ?? null;
  const place = placeOf(keys);
  const id = keys.get("id") ?? null;
  const cache = cacheOf(keys);
  keys.choice("aio", ["threads", "native", "io_uring"]);
  keys.choice("discard", ["ignore", "off", "unmap", "on"]);
  keys.flag("auto-read-only");
  keys.flag("copy-on-read");
  const errors = policiesOf(keys);
  const settings = nodeSettings(keys);
  keys.finish();
  const hasMedium = path !== null || "driver" in settings || (format ?? "raw") !== "raw";
  if (path === "" || (!hasMedium && (type === "ide" || type === "virtio") && kind === "disk")) {
    throw keys.error("file= is missing");
  }
  const request: DiskRequest = {
    option: `${option} ${value}`,
    path,
    kind: type === "floppy" || type === "pflash" ? "disk" : kind,
    place,
    readonly: readonly || kind === "cdrom",
    snapshot,
    id,
    format: format ?? null,
    settings,
    cache,
    ...errors,
  };
  if (type === "floppy") addFloppy(line, request, request.option);
  else if (type === "pflash") addFlash(line, request, request.option);
  else if (type === "virtio") addVirtio(line, request);
  else if (type === "none") line.drives.push(request);
  else line.disks.push(request);
}

function policiesOf(keys: KeyValues): { rerror?: ErrorPolicy; werror?: ErrorPolicy } {
  const policy = (key: string): ErrorPolicy | undefined => {
    const word = keys.choice(key, POLICIES);
    return POLICIES.find((one) => one === word);
  };
  const rerror = policy("rerror");
  const werror = policy("werror");
  return {
    ...(rerror === undefined ? {} : { rerror }),
    ...(werror === undefined ? {} : { werror }),
  };
}

function cacheOf(keys: KeyValues): Partial<BlockCache> {
  const word = keys.choice("cache", Object.keys(CACHES));
  const writeback = keys.flag("cache.writeback");
  const direct = keys.flag("cache.direct");
  const noFlush = keys.flag("cache.no-flush");
  return {
    ...(word === undefined ? {} : CACHES[word]),
    ...(writeback === undefined ? {} : { writeback }),
    ...(direct === undefined ? {} : { direct }),
    ...(noFlush === undefined ? {} : { noFlush }),
  };
}

/** The options of the node, nested: those with a dot, and a few without. */
function nodeSettings(keys: KeyValues): Readonly<Record<string, unknown>> {
  const flat: Record<string, string> = {};
  const names = [...NODE_KEYS, ...Object.keys(keys.rest()).filter((key) => key.includes("."))];
  for (const name of names) {
    const text = keys.get(name);
    if (text !== undefined) flat[name] = text;
  }
  try {
    return nestOptions(flat);
  } catch (error) {
    if (!(error instanceof BlockdevError)) throw error;
    throw keys.error(error.message);
  }
}

function applyBlockdev(line: CommandLine, value: string, option: string): void {
  const typed = `${option} ${value}`;
  try {
    if (!value.startsWith("{")) {
      const keys = new KeyValues(option, value, "driver");
      line.blockdevs.push({ options: nestOptions(keys.rest()), option: typed });
      return;
    }
    const parsed = optionsOfName(`json:${value}`);
    line.blockdevs.push({ options: parsed, option: typed });
  } catch (error) {
    if (!(error instanceof BlockdevError)) throw error;
    throw optionError(typed, error.message);
  }
}

/** The place that `index=`, or `bus=` and `unit=`, name; `null` for none. */
function placeOf(keys: KeyValues): number | null {
  const number = (key: string, count: number): number | null => {
    const text = keys.get(key);
    const found = text === undefined ? null : parseNumber(text);
    if (text !== undefined && (found === null || found >= count)) {
      throw keys.error(`${key}=${text}: must be 0 to ${count - 1}`);
    }
    return found;
  };
  const index = number("index", PLACES);
  const bus = number("bus", 2);
  const unit = number("unit", 2);
  if (index !== null && (bus !== null || unit !== null)) {
    throw keys.error("give either index=, or bus= and unit=");
  }
  return bus === null && unit === null ? index : (bus ?? 0) * 2 + (unit ?? 0);
}

/** Everything about disks. */
export const storageOptions: OptionGroup = {
  title: "Disks",
  options: [
    diskOption("a", 0),
    diskOption("b", 1),
    diskOption("c", 2),
    diskOption("d", 3),
    floppyOption("a", 0),
    floppyOption("b", 1),
    {
      names: ["cdrom"],
      argument: "FILE",
      help: ["CD image as the secondary master"],
      values: "file",
      config: {
        group: "drive",
        implied: "file",
        fixed: { index: String(CDROM_PLACE), media: "cdrom" },
        whole: true,
      },
      apply: (line, path, option) => {
        line.disks.push({
          ...plain(path, CDROM_PLACE),
          // A drive without a disc.
          path: path === "" ? null : path,
          option: `${option} ${path}`,
          kind: "cdrom",
          readonly: true,
        });
      },
    },
    {
      names: ["pflash"],
      argument: "FILE",
      help: ["firmware in a flash chip that the guest can program, in place of -bios; up to two"],
      values: "file",
      config: { group: "drive", implied: "file", fixed: { if: "pflash" }, whole: true },
      apply: (line, path, option) => addFlash(line, plain(path, null), `${option} ${path}`),
    },
    {
      names: ["drive"],
      argument: "[file=FILE][,format=raw|qcow2][,if=ide|virtio|floppy|none][,index=N][,id=ID]...",
      help: [
        "disk image at place N (0 to 3), or at the first free one; or behind virtio; or,",
        "with if=none, for a -device that names ID by drive=. -drive help lists the rest",
      ],
      values: ["file="],
      list: listing([
        "file=FILE      the image; also null-co://, blkdebug:RULES:FILE, json:{...}",
        `format=NAME    its format: ${BLOCK_DRIVERS.join(", ")}`,
        "if=NAME        ide (default), virtio, floppy, pflash (firmware), or none: a device names it by drive=",
        "index=N        its place, 0 to 3; or bus= and unit=",
        "rerror=, werror=  on errors: report, ignore, stop, enospc (werror)",
        "cache=none|writeback|writethrough|directsync|unsafe: what programs are told",
        "file.KEY=VALUE options of what holds the image",
        "media=disk|cdrom, readonly=on|off, snapshot=on|off, id=NAME",
      ]),
      config: { group: "drive", repeats: true },
      apply: applyDrive,
    },
    {
      names: ["blockdev"],
      argument: "[driver=]NAME,node-name=NAME[,KEY=VALUE...]",
      help: [
        "a node of the block layer, which a -device names by drive=; or its options as JSON.",
        `NAME is one of ${BLOCK_DRIVERS.join(", ")}`,
      ],
      values: BLOCK_DRIVERS.map((name) => `${name},node-name=`),
      list: listing(BLOCK_DRIVERS),
      apply: applyBlockdev,
    },
    {
      names: ["snapshot"],
      argument: null,
      help: ["keep what the guest writes to disks in memory; the images stay as they are"],
      apply: (line) => {
        line.snapshot = true;
      },
    },
  ],
};

/** Give each disk its place. @throws CliError when one is taken or none is left */
export function placeDisks(line: CommandLine): (CommandLine["disks"][number] | null)[] {
  const places: (CommandLine["disks"][number] | null)[] = [null, null, null, null];
  const put = (disk: CommandLine["disks"][number], place: number): void => {
    const holder = places[place];
    if (holder !== null && holder !== undefined) {
      throw optionError(disk.option, `place ${place} has a disk already (${holder.option})`);
    }
    places[place] = disk;
  };
  for (const disk of line.disks) {
    if (disk.place !== null) {
      put(disk, disk.place);
    }
  }
  for (const disk of line.disks) {
    if (disk.place === null) {
      const free = places.indexOf(null);
      if (free < 0) {
        throw optionError(disk.option, `there are ${PLACES} places for disks, all taken`);
      }
      put(disk, free);
    }
  }
  return places;
}
