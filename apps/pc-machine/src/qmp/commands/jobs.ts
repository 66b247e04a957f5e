/** Commands on jobs, exports and files handed over, of which there never is one: QEMU's words for those that are not there. */
import { command, type QmpCommand } from "../command.js";
import { QmpError, type QmpErrorClass } from "../qmp-error.js";
import { EMPTY, qmp, type QmpMembers } from "../schema.js";

const FORCE = qmp.optional(qmp.bool);

/** A command that finds nothing to do something with. */
function missing<const M extends QmpMembers>(
  name: string,
  members: M,
  what: (values: Readonly<Record<string, unknown>>) => string,
  errorClass: QmpErrorClass = "GenericError",
): QmpCommand {
  return command({
    name,
    members,
    returns: EMPTY,
    run: (_target, values) => {
      throw new QmpError(what(values), { errorClass });
    },
  });
}

const jobs = ["cancel", "pause", "resume", "complete", "finalize"].map((verb) =>
  command({
    name: `job-${verb}`,
    members: { id: qmp.str },
    returns: EMPTY,
    run: (target, { id }) => target.jobs.refuse(id, verb),
  }),
);

/** The block layer's own jobs, by what names them. */
const blockJobs = [
  missing("block-job-cancel", { device: qmp.str, force: FORCE }, noJob, "DeviceNotActive"),
  missing("block-job-set-speed", { device: qmp.str, speed: qmp.int }, noJob, "DeviceNotActive"),
  ...["pause", "resume", "complete"].map((verb) =>
    missing(`block-job-${verb}`, { device: qmp.str }, noJob, "DeviceNotActive"),
  ),
  ...["dismiss", "finalize"].map((verb) =>
    missing(`block-job-${verb}`, { id: qmp.str }, noJob, "DeviceNotActive"),
  ),
];

function noJob({ device, id }: Readonly<Record<string, unknown>>): string {
  return `Block job '${String(device ?? id)}' not found`;
}

/** The commands. */
export const jobCommands: readonly QmpCommand[] = [
  ...jobs,
  command({
    name: "job-dismiss",
    members: { id: qmp.str },
    returns: EMPTY,
    run: (target, { id }) => target.jobs.dismiss(id),
  }),
  command({
    name: "query-jobs",
    members: {},
    returns: qmp.array(qmp.any),
    run: (target) => target.jobs.all,
  }),
  ...blockJobs,
  missing("nbd-server-stop", {}, () => "NBD server not running"),
  missing(
    "block-export-del",
    { id: qmp.str, mode: qmp.optional(qmp.enumeration(["safe", "hard"])) },
    ({ id }) => `Export '${String(id)}' is not found`,
  ),
  missing(
    "closefd",
    { fdname: qmp.str },
    ({ fdname }) => `File descriptor named '${String(fdname)}' not found`,
  ),
  missing("getfd", { fdname: qmp.str }, () => "No file descriptor supplied via SCM_RIGHTS"),
  missing(
    "add-fd",
    { "fdset-id": qmp.optional(qmp.int), opaque: qmp.optional(qmp.str) },
    () => "No file descriptor supplied via SCM_RIGHTS",
  ),
  missing(
    "remove-fd",
    { "fdset-id": qmp.int, fd: qmp.optional(qmp.int) },
    ({ "fdset-id": set, fd }) =>
      `File descriptor named 'fdset-id:${String(set)}${fd === undefined ? "" : `, fd:${String(fd)}`}' not found`,
  ),
  missing(
    "set-numa-node",
    { type: qmp.enumeration(["node", "dist", "cpu", "hmat-lb", "hmat-cache"]) },
    () => "The command is permitted only before the machine has been created",
  ),
  missing(
    "migrate-incoming",
    { uri: qmp.str },
    () => "'-incoming' was not specified on the command line",
  ),
  missing(
    "migrate-recover",
    { uri: qmp.str },
    () => "Migrate recover can only be run when postcopy is paused.",
  ),
  missing(
    "migrate-start-postcopy",
    {},
    () => "Enable postcopy with migrate_set_capability before the start of migration",
  ),
  // There is nothing to cancel, and nobody to announce to.
  command({ name: "migrate_cancel", members: {}, returns: EMPTY, run: () => undefined }),
  command({ name: "rtc-reset-reinjection", members: {}, returns: EMPTY, run: () => undefined }),
  command({
    name: "announce-self",
    members: {
      initial: qmp.int,
      max: qmp.int,
      rounds: qmp.int,
      step: qmp.int,
      interfaces: qmp.optional(qmp.array(qmp.str)),
      id: qmp.optional(qmp.str),
    },
    returns: EMPTY,
    run: () => undefined,
  }),
  command({
    name: "query-stats",
    members: {
      target: qmp.enumeration(["vm", "vcpu"]),
      vcpus: qmp.optional(qmp.array(qmp.str)),
      providers: qmp.optional(qmp.any),
    },
    returns: qmp.array(qmp.any),
    run: () => [],
  }),
];
