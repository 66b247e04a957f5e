/** Queries whose answers are texts for people: QEMU's `x-query-...`, which show what `info` shows. */
import { command, type QmpCommand } from "../command.js";
import { QmpError } from "../qmp-error.js";
import { qmp } from "../schema.js";

const TEXT = qmp.object({ "human-readable-text": qmp.str });

/** Subjects of `info` by the queries that show them. */
const SUBJECTS: readonly (readonly [query: string, subject: string])[] = [
  ["x-query-irq", "irq"],
  ["x-query-roms", "roms"],
  ["x-query-numa", "numa"],
  ["x-query-ramblock", "ramblock"],
  ["x-query-rdma", "rdma"],
];

/** The commands. */
export const humanCommands: readonly QmpCommand[] = [
  ...SUBJECTS.map(([name, subject]) =>
    command({
      name,
      members: {},
      returns: TEXT,
      run: ({ monitor }) => ({ "human-readable-text": monitor(`info ${subject}`) }),
    }),
  ),
  command({
    name: "x-query-usb",
    members: {},
    returns: TEXT,
    run: ({ pc, monitor }) => {
      const has = pc.devices.some(({ definition }) => definition.childBus?.bus === "usb-bus");
      if (!has) throw new QmpError("USB support not enabled");
      return { "human-readable-text": monitor("info usb") };
    },
  }),
  command({
    name: "x-query-jit",
    members: {},
    returns: TEXT,
    run: ({ pc, monitor }) => {
      if ((pc.board?.translation ?? null) === null) {
        throw new QmpError("JIT information is only available with accel=tcg");
      }
      return { "human-readable-text": monitor("info jit") };
    },
  }),
  command({
    name: "x-query-opcount",
    members: {},
    returns: TEXT,
    run: ({ pc }) => {
      if ((pc.board?.translation ?? null) === null) {
        throw new QmpError("Opcode count information is only available with accel=tcg");
      }
      return { "human-readable-text": "[TCG profiler not compiled]\n" };
    },
  }),
  command({
    name: "x-query-profile",
    members: {},
    returns: TEXT,
    run: () => {
      throw new QmpError("Internal profiler not compiled");
    },
  }),
];
