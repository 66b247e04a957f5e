/** Options about disks. */
import { optionError } from "../cli-error.js";
import type { CommandLine, DiskRequest } from "../command-line.js";
import { KeyValues } from "../key-values.js";
import { parseNumber } from "../size.js";
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
    help: [`raw disk image as the ${PLACE_NAMES[place] ?? ""}`],
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

/** Plug `path` in at `place`, read and write. */
export function addDisk(
  line: CommandLine,
  path: string,
  place: number | null,
  option: string,
): void {
  line.disks.push({ option, path, kind: "disk", place, readonly: false, snapshot: null });
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
    apply: (line, path, option) =>
      addFloppy(line, { path, place, readonly: false, snapshot: null }, `${option} ${path}`),
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

function applyDrive(line: CommandLine, value: string, option: string): void {
  const keys = new KeyValues(option, value);
  const path = keys.need("file");
  keys.choice("format", ["raw"]);
  const floppy = keys.choice("if", ["ide", "floppy"]) === "floppy";
  const kind = keys.choice("media", ["disk", "cdrom"]) === "cdrom" ? "cdrom" : "disk";
  const readonly = keys.flag("readonly") ?? keys.flag("read-only") ?? kind === "cdrom";
  const snapshot = keys.flag("snapshot") ?? null;
  const index = placeOf(keys);
  keys.get("id");
  keys.get("cache");
  keys.finish();
  if (floppy) {
    const disk = { path, place: index, readonly, snapshot };
    addFloppy(line, disk, `${option} ${value}`);
    return;
  }
  line.disks.push({
    option: `${option} ${value}`,
    path,
    kind,
    place: index,
    readonly: readonly || kind === "cdrom",
    snapshot,
  });
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
          option: `${option} ${path}`,
          path,
          kind: "cdrom",
          place: CDROM_PLACE,
          readonly: true,
          snapshot: null,
        });
      },
    },
    {
      names: ["drive"],
      argument:
        "file=FILE[,format=raw][,if=ide|floppy][,index=N][,media=cdrom][,readonly=on][,snapshot=on]",
      help: ["raw disk image at place N (0 to 3), or at the first free one; or in a floppy drive"],
      values: ["file="],
      list: listing([
        "file=FILE      the image, raw",
        "format=raw     its format",
        "if=ide         the controller",
        "index=N        its place, 0 to 3; or bus= and unit=",
        "media=disk|cdrom, readonly=on|off, snapshot=on|off, id=NAME",
      ]),
      config: { group: "drive" },
      apply: applyDrive,
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
