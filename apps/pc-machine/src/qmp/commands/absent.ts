/** Queries about what this machine does not have: QEMU's answers where there is none of it. */
import { command } from "../command.js";
import { QmpError, type QmpErrorClass } from "../qmp-error.js";
import { qmp } from "../schema.js";
import type { QmpCommand } from "../command.js";

/** Of each there are none. */
const NONE = [
  ...["query-iothreads", "query-rx-filter", "query-named-block-nodes", "query-block-jobs"],
  ...["query-jobs", "query-tpm", "query-tpm-models", "query-tpm-types", "query-fdsets"],
  ...["query-memory-devices", "query-acpi-ospm-status", "query-pr-managers", "query-block-exports"],
  ...["query-vnc-servers", "query-vcpu-dirty-limit", "query-stats-schemas", "query-yank"],
];

/** Features that are off. */
const OFF: readonly (readonly [name: string, answer: Readonly<Record<string, unknown>>])[] = [
  ["query-vnc", { enabled: false }],
  ["query-migrate", {}],
  ["query-replay", { icount: 0, mode: "none" }],
  ["query-dump", { total: 0, status: "none", completed: 0 }],
  ["query-display-options", { type: "none" }],
];

/** Features that have to be there first. */
const MISSING: readonly (readonly [name: string, what: string, of: QmpErrorClass])[] = [
  ["query-vm-generation-id", "VM Generation ID device not found", "GenericError"],
  ["query-balloon", "No balloon device has been activated", "DeviceNotActive"],
];

/** The commands. */
export const absentCommands: readonly QmpCommand[] = [
  ...NONE.map((name) => command({ name, members: {}, returns: qmp.array(qmp.any), run: () => [] })),
  ...OFF.map(([name, answer]) =>
    command({ name, members: {}, returns: qmp.object({}, true), run: () => answer }),
  ),
  ...MISSING.map(([name, what, of]) =>
    command({
      name,
      members: {},
      returns: qmp.object({}, true),
      run: () => {
        throw new QmpError(what, of);
      },
    }),
  ),
];
