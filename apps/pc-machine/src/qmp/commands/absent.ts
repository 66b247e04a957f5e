/**
 * Queries about what this machine does not have: QEMU's answers where there is none of it. What QEMU
 * leaves out of its schema when it is built without it (SPICE) is not here: the command is not found.
 */
import { command } from "../command.js";
import { QmpError, type QmpErrorClass } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";
import type { QmpCommand } from "../command.js";

/** Of each there are none. */
const NONE = [
  "query-block-jobs",
  ...["query-tpm", "query-tpm-models", "query-tpm-types", "query-fdsets"],
  ...["query-memory-devices", "query-pr-managers", "query-block-exports"],
  ...["query-vcpu-dirty-limit", "query-stats-schemas", "query-yank"],
];

/** Features that are off. */
const OFF: readonly (readonly [name: string, answer: Readonly<Record<string, unknown>>])[] = [
  ["query-replay", { icount: 0, mode: "none" }],
  ["query-display-options", { type: "none" }],
  ["query-colo-status", { "last-mode": "none", mode: "none", reason: "none" }],
  [
    "query-dirty-rate",
    {
      status: "unstarted",
      "sample-pages": 0,
      mode: "page-sampling",
      "start-time": 0,
      "calc-time": 0,
    },
  ],
  [
    "query-sev",
    {
      enabled: false,
      "api-minor": 0,
      handle: 0,
      state: "uninit",
      "api-major": 0,
      "build-id": 0,
      policy: 0,
    },
  ],
];

/** Features that have to be there first. */
const MISSING: readonly (readonly [name: string, what: string, of: QmpErrorClass])[] = [
  ["query-sev-capabilities", "KVM not enabled", "GenericError"],
  ["query-sev-launch-measure", "SEV launch measurement is not available", "GenericError"],
  ["query-sgx-capabilities", "SGX is not enabled in KVM", "GenericError"],
];

/** The commands. */
export const absentCommands: readonly QmpCommand[] = [
  ...NONE.map((name) => command({ name, members: {}, returns: qmp.array(qmp.any), run: () => [] })),
  command({
    name: "query-acpi-ospm-status",
    members: {},
    returns: qmp.array(qmp.any),
    run: ({ pc }) => {
      if (pc.board === null) {
        throw new QmpError("command is not supported, missing ACPI device");
      }
      return [];
    },
  }),
  command({
    name: "query-sgx",
    members: {},
    returns: qmp.object({}, true),
    run: ({ pc }) => {
      throw new QmpError(
        pc.board === null
          ? "SGX is only supported on PC machines"
          : "No EPC regions defined, SGX not available",
      );
    },
  }),
  command({
    name: "migrate-pause",
    members: {},
    oob: true,
    returns: EMPTY,
    run: () => {
      throw new QmpError(
        "migrate-pause is currently only supported during postcopy-active or postcopy-recover state",
      );
    },
  }),
  ...OFF.map(([name, answer]) =>
    command({ name, members: {}, returns: qmp.object({}, true), run: () => answer }),
  ),
  ...MISSING.map(([name, what, of]) =>
    command({
      name,
      members: {},
      returns: qmp.object({}, true),
      run: () => {
        throw new QmpError(what, { errorClass: of });
      },
    }),
  ),
];
