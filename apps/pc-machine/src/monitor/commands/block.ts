/** Commands on drives and their media. */
import * as control from "../../block/block-control.js";
import type { BlockDrive } from "../../block/block-drive.js";
import type { BlockGraph } from "../../block/block-graph.js";
import { BlockOptions, nestOptions } from "../../block/block-options.js";
import { BlockdevError } from "../../block/errors.js";
import { ioCommand } from "../../block/io-command.js";
import { legacyOptions } from "../../block/open-node.js";
import { BlockError } from "../../storage/block-backend.js";
import { parseSize } from "../../text/size.js";
import { driveText, nodeText, statisticsText } from "../text/block-text.js";
import type { Command, CommandContext } from "../command.js";
import { MonitorError } from "../monitor-error.js";
import { snapshotsText } from "../text/snapshot-text.js";
import { simple } from "./info/simple.js";
import { changesVnc } from "./vnc.js";

const MIB = "M";

/** The block layer. @throws MonitorError where there is none */
function graphOf({ target }: CommandContext): BlockGraph {
  if (target.blocks === undefined) {
    throw new MonitorError("Error: there is no block layer", { usage: false });
  }
  return target.blocks;
}

/** @throws MonitorError with what the block layer says, in QEMU's words */
function tried<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof BlockdevError || error instanceof BlockError)) throw error;
    throw new MonitorError(`Error: ${error.message}`, { usage: false });
  }
}

/** Arguments, and options of one letter before them. A text in quotes is one. */
function words(argument: string): { readonly flags: string; readonly rest: readonly string[] } {
  const all = [...argument.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "",
  );
  const flags = all.filter((word) => /^-[a-z]$/.test(word)).map((word) => word.slice(1));
  return { flags: flags.join(""), rest: all.filter((word) => !/^-[a-z]$/.test(word)) };
}

function named(context: CommandContext, name: string | undefined, command: string): BlockDrive {
  if (name === undefined) throw new MonitorError(`${command}: a drive expected`);
  const drive = graphOf(context).find(name);
  if (drive === null) throw new MonitorError(`Error: Device '${name}' not found`, { usage: false });
  return drive;
}

function driveNames({ target }: CommandContext): readonly string[] {
  return (target.blocks?.drives ?? []).map(control.nameOf);
}

/** `drive_add`: a drive as `-drive` makes it, but for devices to name; or, with -n, a node. */
function addDrive(context: CommandContext, argument: string): void {
  const graph = graphOf(context);
  const { flags, rest } = words(argument);
  const text = rest.at(-1);
  if (text === undefined) throw new MonitorError("drive_add: options expected");
  const pairs = text.split(",").map((part) => {
    const equals = part.indexOf("=");
    return equals < 0 ? ["file", part] : [part.slice(0, equals), part.slice(equals + 1)];
  });
  const flat: Record<string, string> = Object.fromEntries(pairs);
  if (flags.includes("n")) {
    graph.addNode(new BlockOptions(nestOptions(flat)));
    return;
  }
  const { if: type = "none", id = null, file, format, readonly, snapshot, media, ...others } = flat;
  if (type !== "none") {
    throw new MonitorError(`Can't hot-add drive to type ${type}`, { usage: false });
  }
  for (const name of ["cache", "aio", "rerror", "werror", "index", "bus", "unit"]) {
    delete others[name];
  }
  const medium =
    file === undefined && !("driver" in others)
      ? null
      : legacyOptions(file ?? null, format ?? null, nestOptions(others));
  graph.addDrive({
    id,
    medium,
    readonly: readonly === "on" || media === "cdrom",
    snapshot: snapshot === "on",
  });
  context.print("OK\n");
}

function drive(
  names: readonly string[],
  parameters: string,
  help: string,
  run: (context: CommandContext, argument: string) => void,
): Command {
  return {
    names,
    parameters,
    help,
    complete: (context, typed) => (typed.length > 1 ? [] : driveNames(context)),
    run: (context, argument) => tried(() => run(context, argument)),
  };
}

/** The commands. */
export const blockCommands: readonly Command[] = [
  drive(
    ["eject"],
    "[-f] device",
    "eject a removable medium (use -f to force it)",
    (context, argument) => {
      const { flags, rest } = words(argument);
      const [name] = rest;
      control.eject(graphOf(context), named(context, name, "eject"), flags.includes("f"));
    },
  ),
  drive(
    ["change"],
    "[-f] device filename [format [read-only-mode]]",
    "change a removable medium, optional format, use -f to force it",
    (context, argument) => {
      const { flags, rest } = words(argument);
      if (changesVnc(context, rest)) return;
      const [name, filename, format, modeText = "retain"] = rest;
      const found = named(context, name, "change");
      if (filename === undefined) throw new MonitorError("change: a file expected");
      const mode = control.READ_ONLY_MODES.find((one) => one === modeText);
      if (mode === undefined) {
        throw new MonitorError(`Error: invalid parameter value: ${modeText}`, { usage: false });
      }
      control.changeMedium(graphOf(context), found, {
        filename,
        format: format ?? null,
        mode,
        force: flags.includes("f"),
      });
    },
  ),
  drive(
    ["drive_add"],
    "[-n] [[<domain>:]<bus>:]<slot> [file=file][,if=type][,format=f]...",
    "add drive to PCI storage controller",
    addDrive,
  ),
  drive(["drive_del"], "device", "remove host block device", (context, argument) => {
    const graph = graphOf(context);
    const name = argument.trim();
    const found = graph.drive(name);
    if (found !== null) graph.removeDrive(found);
    else if (graph.node(name) !== null) graph.removeNode(name);
    else throw new BlockdevError(`Device '${name}' not found`);
  }),
  drive(
    ["block_resize"],
    "device size",
    "resize a block image (in megabytes, unless a unit is given)",
    (context, argument) => {
      const [device, size = ""] = words(argument).rest;
      const bytes = parseSize(size, MIB);
      if (bytes === null) throw new MonitorError("block_resize: invalid size");
      control.resize(graphOf(context), { device }, bytes);
    },
  ),
  drive(
    ["qemu-io"],
    'device "[command]"',
    "run a command of qemu-io on a drive: break, resume, flush, length, read, write",
    (context, argument) => {
      const [name, text = ""] = words(argument).rest;
      context.print(ioCommand(named(context, name, "qemu-io"), text));
    },
  ),
];

/** Subjects of `info`. */
export const blockSubjects: readonly Command[] = [
  {
    names: ["block"],
    parameters: "[-n] [-v] [device]",
    help: "show info of one block device or all block devices (-n: show named nodes; -v: show details)",
    complete: driveNames,
    run: (context, argument) => {
      const graph = context.target.blocks;
      if (graph === undefined) return;
      const { flags, rest } = words(argument);
      const [name] = rest;
      const verbose = flags.includes("v");
      const texts = flags.includes("n")
        ? graph.nodes
            .filter((node) => name === undefined || node.name === name)
            .map((node) => nodeText(node, verbose))
        : graph.drives
            .filter(({ id, frontEnd }) => id !== null || frontEnd !== null)
            .filter((one) => name === undefined || control.nameOf(one) === name)
            .map((one) => driveText(one, verbose));
      context.print(texts.join("\n"));
    },
  },
  simple("blockstats", "show block device statistics", ({ target }) =>
    (target.blocks?.drives ?? []).map(statisticsText).join(""),
  ),
  simple("snapshots", "show the saved snapshots", (context) => snapshotsText(graphOf(context))),
];
