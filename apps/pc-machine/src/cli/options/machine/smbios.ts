/** The option `-smbios`: texts by which systems tell machines apart. */
import type { SmbiosSettings } from "../../../smbios/settings.js";
import { readWhole } from "../../images/firmware.js";
import { optionError } from "../../cli-error.js";
import { KeyValues, splitList } from "../../key-values.js";
import type { CommandLine } from "../../command-line.js";
import type { OptionDefinition } from "../definition.js";
import { parseUuid } from "./machine-properties.js";

const MOST_MEGAHERTZ = 0xffff;
const HEADER_BYTES = 4;

/** `-smbios file=FILE` and `-smbios type=N,...`. */
export const smbiosOption: OptionDefinition = {
  names: ["smbios"],
  argument: "type=N,KEY=VALUE[,...]",
  help: [
    "texts of the SMBIOS tables: type 0 (firmware), 1 (system), 2 (board), 3 (case), 4",
    "(processors), 11 (texts for the guest: value=TEXT), 17 (memory); file=FILE adds a structure",
  ],
  config: { group: "smbios", repeats: true },
  apply: applySmbios,
};

function applySmbios(line: CommandLine, value: string, option: string): void {
  const { smbios } = line;
  const keys = new KeyValues(option, value);
  const file = keys.get("file");
  if (file !== undefined) {
    keys.finish();
    const structure = readWhole(file, `${option} ${value}`);
    if (structure.length < HEADER_BYTES + 2) {
      throw optionError(`${option} ${value}`, "that is no structure of SMBIOS");
    }
    line.smbios = { ...smbios, structures: [...(smbios.structures ?? []), structure] };
    return;
  }
  const type = keys.need("type");
  if (!/^\d+$/.test(type)) throw keys.error(`type=${type}: must be a number`);
  const read = READERS[Number(type)];
  if (read === undefined) {
    throw keys.error(`type=${type}: there are ${Object.keys(READERS).join(", ")}`);
  }
  line.smbios = { ...smbios, ...read({ keys, line, smbios, value, option }) };
  keys.finish();
}

/** Source of a type's keys. */
interface Source {
  readonly keys: KeyValues;
  readonly line: CommandLine;
  readonly smbios: SmbiosSettings;
  readonly value: string;
  readonly option: string;
}

const READERS: Readonly<Record<number, (source: Source) => SmbiosSettings>> = {
  0: ({ keys, smbios }) => {
    const release = keys.get("release");
    const uefi = keys.flag("uefi");
    return {
      firmware: {
        ...smbios.firmware,
        ...texts(keys, ["vendor", "version", "date"]),
        ...(release === undefined ? {} : { release: releaseOf(keys, release) }),
        ...(uefi === undefined ? {} : { uefi }),
      },
    };
  },
  1: ({ keys, line, smbios, option, value }) => {
    const uuid = keys.get("uuid");
    if (uuid !== undefined) line.uuid = parseUuid(`${option} ${value}`, uuid);
    return {
      system: {
        ...smbios.system,
        ...texts(keys, ["manufacturer", "product", "version", "serial", "sku", "family"]),
      },
    };
  },
  2: ({ keys, smbios }) => ({
    board: {
      ...smbios.board,
      ...texts(keys, ["manufacturer", "product", "version", "serial", "asset", "location"]),
    },
  }),
  3: ({ keys, smbios }) => ({
    chassis: {
      ...smbios.chassis,
      ...texts(keys, ["manufacturer", "version", "serial", "asset", "sku"]),
    },
  }),
  4: ({ keys, smbios }) => ({
    processor: {
      ...smbios.processor,
      ...texts(keys, ["manufacturer", "version", "serial", "asset", "part"]),
      ...renamed(keys, "sock_pfx", "socketPrefix"),
      ...speed(keys, "max-speed", "maxSpeed"),
      ...speed(keys, "current-speed", "currentSpeed"),
    },
  }),
  11: ({ keys, smbios, value }) => {
    keys.get("value");
    // A key that may come several times.
    const added = splitList(value).flatMap((part) =>
      part.startsWith("value=") ? part.slice("value=".length) : [],
    );
    return { oemStrings: [...(smbios.oemStrings ?? []), ...added] };
  },
  17: ({ keys, smbios }) => ({
    memoryDevice: {
      ...smbios.memoryDevice,
      ...texts(keys, ["bank", "manufacturer", "serial", "asset", "part"]),
      ...renamed(keys, "loc_pfx", "locatorPrefix"),
      ...speed(keys, "speed", "speed"),
    },
  }),
};

function texts<Key extends string>(
  keys: KeyValues,
  names: readonly Key[],
): Partial<Record<Key, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = keys.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Partial<Record<Key, string>>;
}

function renamed<Name extends string>(
  keys: KeyValues,
  key: string,
  name: Name,
): Partial<Record<Name, string>> {
  const value = keys.get(key);
  return value === undefined ? {} : ({ [name]: value } as Record<Name, string>);
}

function speed<Name extends string>(
  keys: KeyValues,
  key: string,
  name: Name,
): Partial<Record<Name, number>> {
  const value = keys.get(key);
  if (value === undefined) return {};
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= MOST_MEGAHERTZ)) {
    throw keys.error(`${key}=${value}: must be a number from 0 to ${MOST_MEGAHERTZ}`);
  }
  return { [name]: number } as Record<Name, number>;
}

function releaseOf(keys: KeyValues, text: string): { major: number; minor: number } {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(text) ?? [];
  const release = { major: Number(major), minor: Number(minor) };
  if (!(release.major <= 255 && release.minor <= 255)) {
    throw keys.error(`release=${text}: must be MAJOR.MINOR, each from 0 to 255`);
  }
  return release;
}
