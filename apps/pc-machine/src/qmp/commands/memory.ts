/** Commands on memory backends, and on objects that come and go. */
import { UserObjectError } from "../../objects/user-objects.js";
import { command } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";

/** Do something with objects. @throws QmpError with what they say */
function tried(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UserObjectError)) throw error;
    throw new QmpError(error.message);
  }
}

function memdev(id: string, size: number, share: boolean): Readonly<Record<string, unknown>> {
  return {
    share,
    reserve: true,
    prealloc: false,
    "host-nodes": [],
    size,
    merge: true,
    dump: true,
    policy: "default",
    id,
  };
}

/** The commands. */
export const memoryCommands = [
  command({
    name: "query-memdev",
    early: true,
    members: {},
    returns: qmp.array(qmp.any),
    run: ({ pc, objects }) => [
      ...objects.memory.map(({ id, size, share }) => memdev(id, size, share)),
      ...(pc.ramSize === 0
        ? []
        : [memdev(pc.board === null ? "ram" : "pc.ram", pc.ramSize, false)]),
    ],
  }),
  command({
    name: "query-iothreads",
    members: {},
    returns: qmp.array(
      qmp.object({
        "poll-shrink": qmp.int,
        "thread-id": qmp.int,
        "poll-grow": qmp.int,
        "poll-max-ns": qmp.int,
        id: qmp.str,
        "aio-max-batch": qmp.int,
      }),
    ),
    run: ({ objects }) =>
      [...objects.iothreads].map(([id, values]) => ({
        "poll-shrink": values["poll-shrink"],
        "thread-id": 0,
        "poll-grow": values["poll-grow"],
        "poll-max-ns": values["poll-max-ns"],
        id,
        "aio-max-batch": values["aio-max-batch"],
      })),
  }),
  command({
    name: "object-add",
    early: true,
    members: { "qom-type": qmp.str, id: qmp.str },
    open: true,
    returns: EMPTY,
    run: ({ objects }, args: Readonly<Record<string, unknown>>) =>
      tried(() => objects.add(args, "json")),
  }),
  command({
    name: "object-del",
    early: true,
    members: { id: qmp.str },
    returns: EMPTY,
    run: ({ objects }, { id }) => tried(() => objects.remove(id)),
  }),
];
