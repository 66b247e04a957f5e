/**
 * Commands that move a machine, or save its state. Nothing here can: each says so as QEMU does of a machine with
 * a part that cannot be moved.
 */
import { STATE_STAYS } from "../../text/state-stays.js";
import { command, type QmpCommand } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp, type QmpType } from "../schema.js";
import type { QmpTarget } from "../target.js";
import { CAPABILITIES, PARAMETERS } from "./migration-settings.js";

const PROTOCOL = /^(?:tcp|unix|exec|fd|vsock|rdma):/;
const CAPABILITY = qmp.object({
  state: qmp.bool,
  capability: qmp.enumeration(CAPABILITIES),
});

function typeOf(usual: unknown): QmpType<unknown> {
  if (typeof usual === "boolean") return qmp.bool;
  return typeof usual === "number" ? qmp.int : qmp.str;
}

const PARAMETER_TYPES = Object.fromEntries(
  Object.entries(PARAMETERS).map(([name, usual]) => [name, qmp.optional(typeOf(usual))]),
);

/** A command that starts a job on snapshots; the job fails. */
function snapshotJob(name: string, withState: boolean): QmpCommand {
  return command({
    name,
    members: {
      "job-id": qmp.str,
      tag: qmp.str,
      ...(withState ? { vmstate: qmp.str } : {}),
      devices: qmp.array(qmp.str),
    },
    returns: EMPTY,
    run: ({ jobs, blocks }: QmpTarget, values: Readonly<Record<string, unknown>>) => {
      const { "job-id": id, devices, vmstate } = values;
      const nodes = [...(Array.isArray(devices) ? devices : []), vmstate ?? []].flat().map(String);
      const missing = nodes.find((node) => blocks.node(node) === null);
      const error = missing === undefined ? STATE_STAYS : `No block device node '${missing}'`;
      jobs.fail(String(id), name, error);
    },
  });
}

/** The commands. */
export const migrationCommands: readonly QmpCommand[] = [
  command({
    name: "query-migrate",
    members: {},
    returns: qmp.object({ "blocked-reasons": qmp.optional(qmp.array(qmp.str)) }, true),
    run: () => ({ "blocked-reasons": [STATE_STAYS] }),
  }),
  command({
    name: "query-migrate-capabilities",
    members: {},
    returns: qmp.array(CAPABILITY),
    run: ({ migration }) =>
      CAPABILITIES.map((capability) => ({
        state: migration.capabilities.has(capability),
        capability,
      })),
  }),
  command({
    name: "migrate-set-capabilities",
    members: { capabilities: qmp.array(CAPABILITY) },
    returns: EMPTY,
    run: ({ migration }, { capabilities }) => {
      for (const { capability, state } of capabilities) {
        if (state) migration.capabilities.add(capability);
        else migration.capabilities.delete(capability);
      }
    },
  }),
  command({
    name: "query-migrate-parameters",
    members: {},
    returns: qmp.object(PARAMETER_TYPES),
    run: ({ migration }) => migration.parameters,
  }),
  command({
    name: "migrate-set-parameters",
    members: PARAMETER_TYPES,
    returns: EMPTY,
    run: ({ migration }, values) => {
      const given = Object.entries(values).filter(([, value]) => value !== undefined);
      migration.parameters = { ...migration.parameters, ...Object.fromEntries(given) };
    },
  }),
  command({
    name: "migrate",
    members: {
      uri: qmp.str,
      blk: qmp.optional(qmp.bool),
      inc: qmp.optional(qmp.bool),
      detach: qmp.optional(qmp.bool),
      resume: qmp.optional(qmp.bool),
    },
    returns: EMPTY,
    run: (_target, { uri }) => {
      throw new QmpError(
        PROTOCOL.test(uri) ? STATE_STAYS : "Parameter 'uri' expects a valid migration protocol",
      );
    },
  }),
  command({
    name: "migrate-continue",
    members: { state: qmp.str },
    returns: EMPTY,
    run: () => {
      throw new QmpError("Migration not in expected state: none");
    },
  }),
  snapshotJob("snapshot-save", true),
  snapshotJob("snapshot-load", true),
  snapshotJob("snapshot-delete", false),
];
