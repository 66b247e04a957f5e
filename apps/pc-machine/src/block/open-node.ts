/** From options to nodes: the drivers that there are. */
import { BlockError, SECTOR_BYTES, type BlockBackend } from "../storage/block-backend.js";
import { ConfigSyntaxError, parseConfig } from "../text/ini.js";
import type { BlockFiles } from "./block-files.js";
import { BlockNode, type BlockCache, type ImageDetails } from "./block-node.js";
import { BlockOptions, optionsOfName } from "./block-options.js";
import { BlockdevError, errnoName, errnoText } from "./errors.js";
import { FaultImage } from "./fault-image.js";
import { FaultRules } from "./fault-rules.js";
import { NullImage } from "./null-image.js";
import { isQcow2 } from "./qcow2/header/header.js";
import { openQcow2 } from "./qcow2/open-qcow2.js";
import { WindowImage } from "./window-image.js";

/** The drivers, by name. */
export const BLOCK_DRIVERS = ["blkdebug", "file", "null-aio", "null-co", "qcow2", "raw"] as const;

/** In place of a driver: qcow2 or raw, as the file begins. */
const PROBE = "probe";

type DriverName = (typeof BLOCK_DRIVERS)[number];

/** The nodes that a new one may be put on, and the files. */
export interface NodeNames {
  readonly files: BlockFiles;
  /** The node of a name. @throws BlockdevError when there is none */
  find(name: string): BlockNode;
  /** A name for a node that was given none. */
  invent(): string;
  /** Check a name that was given. @throws BlockdevError when it is taken, or no name */
  check(name: string): void;
  /** A node was opened. */
  add(node: BlockNode): void;
  /** The tables of an image turned out to be damaged: it is not used any more. */
  damaged(image: BlockBackend, message: string, place: DamagedPlace | null): void;
}

/** Place of a write that would have destroyed a table, in bytes. */
export interface DamagedPlace {
  readonly offset: number;
  readonly bytes: number;
}

/** Settings that a node hands on to those beneath it. */
export interface Inherited {
  readonly readonly: boolean;
  readonly cache: BlockCache;
}

const DEFAULT_NULL_BYTES = 2 ** 30;

interface Opened {
  readonly image: BlockBackend;
  readonly filename: string;
  readonly children?: readonly BlockNode[];
  readonly backing?: BlockNode | null;
  readonly details?: () => ImageDetails;
}

/** Open the node of `options`. @throws BlockdevError when it cannot be */
export function openNode(names: NodeNames, options: BlockOptions, inherited: Inherited): BlockNode {
  const asked = options.choice("driver", [...BLOCK_DRIVERS, PROBE]);
  if (asked === undefined) throw new BlockdevError("Parameter 'driver' is missing");
  const given = options.text("node-name");
  if (given !== undefined) names.check(given);
  const settings = {
    readonly: options.flag("read-only") ?? inherited.readonly,
    cache: cacheOf(options, inherited.cache),
  };
  options.flag("auto-read-only");
  options.flag("force-share");
  options.choice("discard", ["ignore", "unmap", "off", "on"]);
  const detectZeroes = options.choice("detect-zeroes", ["off", "on", "unmap"]) ?? "off";
  const file = asked === PROBE ? childOf(names, options, "file", settings) : null;
  const driver = asked === PROBE ? probed(file) : asked;
  const opened = OPEN[driver](names, options, settings, file);
  const { children = [], backing = null, details } = opened;
  for (const child of children) child.users++;
  const node = new BlockNode({
    name: given ?? names.invent(),
    named: given !== undefined,
    driver,
    detectZeroes,
    cache: settings.cache,
    image: opened.image,
    filename: opened.filename,
    children,
    backing,
    details,
  });
  names.add(node);
  return node;
}

/** The format of an image that nobody has told. */
function probed(file: BlockNode | null): DriverName {
  try {
    return file !== null && isQcow2(file.image) ? "qcow2" : "raw";
  } catch (error) {
    // What cannot be read is for whoever uses it to tell.
    if (!(error instanceof BlockError)) throw error;
    return "raw";
  }
}

function cacheOf(options: BlockOptions, inherited: BlockCache): BlockCache {
  const cache = options.child("cache");
  if (cache === undefined || typeof cache === "string") return inherited;
  const settled = {
    writeback: cache.flag("writeback") ?? inherited.writeback,
    direct: cache.flag("direct") ?? inherited.direct,
    noFlush: cache.flag("no-flush") ?? inherited.noFlush,
  };
  cache.finish();
  return settled;
}

function childOf(
  names: NodeNames,
  options: BlockOptions,
  name: string,
  settings: Inherited,
): BlockNode {
  const child = options.needChild(name);
  return typeof child === "string" ? names.find(child) : openNode(names, child, settings);
}

const OPEN: Readonly<
  Record<
    DriverName,
    (
      names: NodeNames,
      options: BlockOptions,
      settings: Inherited,
      probedFile: BlockNode | null,
    ) => Opened
  >
> = {
  file: ({ files }, options, settings) => {
    const filename = options.needText("filename");
    options.choice("aio", ["threads", "native", "io_uring"]);
    options.choice("locking", ["auto", "on", "off"]);
    options.finish();
    try {
      return { image: files.open(filename, settings), filename };
    } catch (cause) {
      const words =
        cause instanceof BlockError && cause.cause instanceof BlockError
          ? cause.cause.message
          : errnoText(errnoName(cause));
      throw new BlockdevError(`Could not open '${filename}': ${words}`, { cause });
    }
  },
  qcow2: (names, options, settings, probedFile) => {
    const file = probedFile ?? childOf(names, options, "file", settings);
    const { image, backing, details } = openQcow2({
      options,
      file,
      readonly: settings.readonly,
      inflate: names.files.inflate?.bind(names.files),
      onDamage: (message, place) => names.damaged(file.image, message, place),
      openBacking: (child) =>
        typeof child === "string"
          ? names.find(child)
          : openNode(names, child, { ...settings, readonly: true }),
    });
    const children = backing === null ? [file] : [file, backing];
    return { image, filename: file.filename, children, backing, details };
  },
  raw: (names, options, settings, probedFile) => {
    const file = probedFile ?? childOf(names, options, "file", settings);
    const offset = options.number("offset") ?? 0;
    const size = options.number("size") ?? null;
    options.finish();
    if (offset % SECTOR_BYTES !== 0) {
      throw new BlockdevError("Specified offset is not multiple of 512");
    }
    if (size !== null && offset + size > file.image.sectors * SECTOR_BYTES) {
      throw new BlockdevError(
        "The sum of offset and size has to be smaller or equal to the actual size of the containing file",
      );
    }
    const image = new WindowImage(file.image, {
      offset,
      size,
      readonly: settings.readonly,
      // A guest must not turn an image into one that names files of the host.
      staysRaw: probedFile !== null,
    });
    return { image, filename: file.filename, children: [file] };
  },
  "null-co": openNull,
  "null-aio": openNull,
  blkdebug: (names, options, settings) => {
    const config = options.text("config");
    const rules = rulesOf(names.files, options, config);
    for (const name of [
      "align",
      "max-transfer",
      "opt-write-zero",
      "max-write-zero",
      "opt-discard",
      "max-discard",
    ]) {
      options.number(name);
    }
    const beneath = childOf(names, options, "image", settings);
    options.finish();
    const image = new FaultImage(beneath.image, rules, settings);
    return {
      image,
      filename: `blkdebug:${config ?? ""}:${beneath.filename}`,
      children: [beneath],
    };
  },
};

function openNull(_names: NodeNames, options: BlockOptions, settings: Inherited): Opened {
  const size = options.number("size") ?? DEFAULT_NULL_BYTES;
  const zeroes = options.flag("read-zeroes") ?? false;
  options.number("latency-ns");
  options.finish();
  const image = new NullImage(size, { zeroes, readonly: settings.readonly });
  return { image, filename: "null-co://" };
}

/** The rules of a file and of options. @throws BlockdevError for what is none */
function rulesOf(files: BlockFiles, options: BlockOptions, config: string | undefined): FaultRules {
  const errors = [...options.list("inject-error")];
  const states = [...options.list("set-state")];
  if (config !== undefined) {
    for (const { group, values } of rulesFile(files, config)) {
      const rule = new BlockOptions(Object.fromEntries(values));
      if (group === "inject-error") errors.push(rule);
      else if (group === "set-state") states.push(rule);
      else
        throw new BlockdevError(
          `Could not parse blkdebug config file: There is no option group '${group}'`,
        );
    }
  }
  return new FaultRules(errors, states);
}

function rulesFile(files: BlockFiles, path: string): ReturnType<typeof parseConfig> {
  try {
    return parseConfig(files.readText(path));
  } catch (error) {
    const why =
      error instanceof ConfigSyntaxError
        ? `${path}:${error.line}: ${error.message}`
        : errnoText(errnoName(error));
    throw new BlockdevError(`Could not read blkdebug config file: ${why}`, { cause: error });
  }
}

/**
 * The options of a legacy drive: `file=NAME` with a format, or `driver=` with what it takes.
 * @param name     the file, `null` where the driver needs none
 * @param settings the other keys, nested
 */
export function legacyOptions(
  name: string | null,
  format: string | null,
  settings: Readonly<Record<string, unknown>>,
): BlockOptions {
  if (name === null) {
    return new BlockOptions({ ...settings, ...(format === null ? {} : { driver: format }) });
  }
  const { file, ...rest } = settings;
  const extra = typeof file === "object" && file !== null ? file : {};
  const beneath = { ...optionsOfName(name), ...extra };
  return new BlockOptions({ ...rest, driver: format ?? PROBE, file: beneath });
}
