/** Commands on drives, nodes and media. */
import * as control from "../../../block/block-control.js";
import { BlockOptions } from "../../../block/block-options.js";
import { BlockdevError } from "../../../block/errors.js";
import { driveInfo, driveStatistics, nodeInfo, nodeStatistics } from "../../block-answers.js";
import { command } from "../../command.js";
import { QmpError } from "../../qmp-error.js";
import { EMPTY, qmp } from "../../schema.js";

const NAMED = { device: qmp.optional(qmp.str), id: qmp.optional(qmp.str) };
const RECORDS = qmp.array(qmp.object({}, true));

/** Do something with the block layer. @throws QmpError with what it says */
function tried<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof BlockdevError)) throw error;
    throw new QmpError(error.message, {
      errorClass: error.notFound ? "DeviceNotFound" : "GenericError",
    });
  }
}

/** The commands. */
export const blockCommands = [
  command({
    name: "query-block",
    early: true,
    members: {},
    returns: RECORDS,
    run: ({ blocks }) =>
      blocks.drives.filter(({ id, frontEnd }) => id !== null || frontEnd !== null).map(driveInfo),
  }),
  command({
    name: "query-named-block-nodes",
    early: true,
    members: { flat: qmp.optional(qmp.bool) },
    returns: RECORDS,
    run: ({ blocks }) => blocks.nodes.map(nodeInfo),
  }),
  command({
    name: "query-blockstats",
    early: true,
    members: { "query-nodes": qmp.optional(qmp.bool) },
    returns: RECORDS,
    run: ({ blocks }, args) =>
      args["query-nodes"] === true
        ? blocks.nodes.map(nodeStatistics)
        : blocks.drives.map(driveStatistics),
  }),
  command({
    name: "blockdev-add",
    early: true,
    members: { driver: qmp.str, "node-name": qmp.optional(qmp.str) },
    open: true,
    returns: EMPTY,
    run: ({ blocks }, args) => {
      const given = Object.fromEntries(
        Object.entries(args).filter(([, value]) => value !== undefined),
      );
      const add = (): void => tried(() => void blocks.addNode(new BlockOptions(given)));
      const prepared = blocks.prepare(given);
      return prepared === null ? add() : prepared.then(add);
    },
  }),
  command({
    name: "blockdev-del",
    early: true,
    members: { "node-name": qmp.str },
    returns: EMPTY,
    run: ({ blocks }, args) => tried(() => blocks.removeNode(args["node-name"])),
  }),
  command({
    name: "eject",
    members: { ...NAMED, force: qmp.optional(qmp.bool) },
    returns: EMPTY,
    run: ({ blocks }, { force = false, ...name }) =>
      tried(() => control.eject(blocks, control.driveNamed(blocks, name), force)),
  }),
  command({
    name: "blockdev-change-medium",
    members: {
      ...NAMED,
      filename: qmp.str,
      format: qmp.optional(qmp.str),
      force: qmp.optional(qmp.bool),
      "read-only-mode": qmp.optional(qmp.enumeration(control.READ_ONLY_MODES)),
    },
    returns: EMPTY,
    run: ({ blocks }, args) =>
      tried(() =>
        control.changeMedium(blocks, control.driveNamed(blocks, args), {
          filename: args.filename,
          format: args.format ?? null,
          mode: args["read-only-mode"] ?? "retain",
          force: args.force ?? false,
        }),
      ),
  }),
  command({
    name: "blockdev-open-tray",
    members: { ...NAMED, force: qmp.optional(qmp.bool) },
    returns: EMPTY,
    run: ({ blocks }, { force = false, ...name }) =>
      tried(() => control.openTray(control.driveNamed(blocks, name), force)),
  }),
  command({
    name: "blockdev-close-tray",
    members: NAMED,
    returns: EMPTY,
    run: ({ blocks }, name) => tried(() => control.closeTray(control.driveNamed(blocks, name))),
  }),
  command({
    name: "blockdev-remove-medium",
    members: { id: qmp.str },
    returns: EMPTY,
    run: ({ blocks }, { id }) =>
      tried(() => control.removeMedium(blocks, control.driveNamed(blocks, { id }))),
  }),
  command({
    name: "blockdev-insert-medium",
    members: { id: qmp.str, "node-name": qmp.str },
    returns: EMPTY,
    run: ({ blocks }, args) =>
      tried(() =>
        control.insertMedium(
          blocks,
          control.driveNamed(blocks, { id: args.id }),
          args["node-name"],
        ),
      ),
  }),
  command({
    name: "block_resize",
    early: true,
    members: { device: qmp.optional(qmp.str), "node-name": qmp.optional(qmp.str), size: qmp.int },
    returns: EMPTY,
    run: ({ blocks }, { device, size, "node-name": node }) =>
      tried(() => control.resize(blocks, { device, node }, size)),
  }),
];
