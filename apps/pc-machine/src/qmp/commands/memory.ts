/** Commands on memory backends. */
import { command } from "../command.js";
import { MEMORY_BACKEND_RAM } from "../memory-backends.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_.-]*$/;
/** Members of `object-add` about memory besides its size. */
const KNOWN = ["qom-type", "id", "size", "share", "prealloc", "merge", "dump", "reserve"];

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
    run: ({ pc, memory }) => [
      ...memory.all.map(({ id, size, share }) => memdev(id, size, share)),
      ...(pc.board === null ? [] : [memdev("pc.ram", Number(pc.board.map.ram.size), false)]),
    ],
  }),
  command({
    name: "object-add",
    early: true,
    members: { "qom-type": qmp.str, id: qmp.str },
    open: true,
    returns: EMPTY,
    run: ({ memory }, args: Readonly<Record<string, unknown>>) => {
      const { id, size, share } = args;
      const type = args["qom-type"];
      if (type !== MEMORY_BACKEND_RAM) {
        throw new QmpError(`Parameter 'qom-type' does not accept value '${String(type)}'`);
      }
      if (size === undefined) throw new QmpError("Parameter 'size' is missing");
      const extra = Object.keys(args).find((name) => !KNOWN.includes(name));
      if (extra !== undefined) throw new QmpError(`Parameter '${extra}' is unexpected`);
      const bytes = qmp.int.check(size, "size");
      const shared = qmp.optional(qmp.bool).check(share, "share");
      if (typeof id !== "string" || !IDENTIFIER.test(id)) {
        throw new QmpError("Parameter 'id' expects an identifier");
      }
      memory.add(id, bytes, shared ?? false);
    },
  }),
  command({
    name: "object-del",
    early: true,
    members: { id: qmp.str },
    returns: EMPTY,
    run: ({ memory }, { id }) => memory.remove(id),
  }),
];
