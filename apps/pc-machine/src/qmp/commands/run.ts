/** Commands on the machine as a whole: its state, its end, what it is called. */
import { WATCHDOG_ACTIONS } from "../../device/watchdog-actions.js";
import { command } from "../command.js";
import { EVENTS } from "../events.js";
import { introspect } from "../introspect.js";
import { QmpError } from "../qmp-error.js";
import { EMPTY, qmp } from "../schema.js";
import type { QmpTarget } from "../target.js";

const NO_UUID = "00000000-0000-0000-0000-000000000000";
const QEMU_VERSION = { micro: 22, minor: 2, major: 7 } as const;
const STATES = [
  ...(["debug", "inmigrate", "internal-error", "io-error", "paused", "postmigrate"] as const),
  ...(["prelaunch", "finish-migrate", "restore-vm", "running", "save-vm", "shutdown"] as const),
  ...(["suspended", "watchdog", "guest-panicked", "colo"] as const),
] as const;
const VERSION = qmp.object({
  qemu: qmp.object({ micro: qmp.int, minor: qmp.int, major: qmp.int }),
  package: qmp.str,
});

/** The version of QEMU whose protocol this is, and of the program that speaks it. */
export function versionOf({ version }: QmpTarget): Readonly<Record<string, unknown>> {
  return { qemu: QEMU_VERSION, package: `mem-pc ${version}` };
}

/** The commands. */
export const runCommands = [
  command({
    name: "qmp_capabilities",
    early: true,
    members: { enable: qmp.optional(qmp.array(qmp.enumeration(["oob"]))) },
    returns: EMPTY,
    // The connection keeps what was agreed on.
    run: () => ({}),
  }),
  command({
    name: "query-version",
    early: true,
    members: {},
    returns: VERSION,
    run: (target) => versionOf(target),
  }),
  command({
    name: "query-status",
    early: true,
    members: {},
    returns: qmp.object({
      status: qmp.enumeration(STATES),
      singlestep: qmp.bool,
      running: qmp.bool,
    }),
    run: ({ runState }) => ({
      status: runState,
      singlestep: false,
      running: runState === "running",
    }),
  }),
  command({
    name: "query-commands",
    early: true,
    members: {},
    returns: qmp.array(qmp.object({ name: qmp.str })),
    run: ({ commands }) => commands.map(({ name }) => ({ name })),
  }),
  command({
    name: "query-events",
    members: {},
    returns: qmp.array(qmp.object({ name: qmp.str })),
    run: () => [...EVENTS.keys()].map((name) => ({ name })),
  }),
  command({
    name: "query-qmp-schema",
    early: true,
    members: {},
    returns: qmp.array(qmp.any),
    run: ({ commands }) => introspect(commands),
  }),
  command({
    name: "query-name",
    early: true,
    members: {},
    returns: qmp.object({ name: qmp.optional(qmp.str) }),
    run: ({ name }) => (name === null ? {} : { name }),
  }),
  command({
    name: "query-uuid",
    early: true,
    members: {},
    returns: qmp.object({ UUID: qmp.str }),
    run: ({ uuid }) => ({ UUID: uuid ?? NO_UUID }),
  }),
  command({
    name: "query-kvm",
    members: {},
    returns: qmp.object({ enabled: qmp.bool, present: qmp.bool }),
    run: () => ({ enabled: false, present: false }),
  }),
  command({
    name: "query-target",
    members: {},
    returns: qmp.object({ arch: qmp.str }),
    run: () => ({ arch: "x86_64" }),
  }),
  command({
    name: "query-current-machine",
    members: {},
    returns: qmp.object({ "wakeup-suspend-support": qmp.bool }),
    run: ({ pc }) => ({ "wakeup-suspend-support": pc.board !== null }),
  }),
  command({ name: "stop", members: {}, returns: EMPTY, run: (target) => target.stop() }),
  command({
    name: "cont",
    members: {},
    returns: EMPTY,
    run: (target) => {
      if (target.runState === "shutdown") {
        throw new QmpError("Resetting the Virtual Machine is required");
      }
      target.cont();
    },
  }),
  command({
    name: "system_reset",
    members: {},
    returns: EMPTY,
    run: (target) => target.reset("host-qmp-system-reset"),
  }),
  command({
    name: "system_powerdown",
    members: {},
    returns: EMPTY,
    run: (target) => target.powerDown(),
  }),
  command({
    name: "system_wakeup",
    members: {},
    returns: EMPTY,
    run: ({ pc }) => {
      if (!pc.wakeUp()) {
        throw new QmpError("Unable to wake up: guest is not in suspended state");
      }
    },
  }),
  command({
    name: "quit",
    early: true,
    members: {},
    returns: EMPTY,
    run: (target) => target.quit("host-qmp-quit"),
  }),
  command({
    name: "inject-nmi",
    members: {},
    returns: EMPTY,
    run: ({ pc }) => pc.cpu?.raiseNmi?.(),
  }),
  command({
    name: "set-action",
    early: true,
    members: {
      reboot: qmp.optional(qmp.enumeration(["reset", "shutdown"])),
      shutdown: qmp.optional(qmp.enumeration(["poweroff", "pause"])),
      panic: qmp.optional(qmp.enumeration(["pause", "shutdown", "exit-failure", "none"])),
      watchdog: qmp.optional(qmp.enumeration(WATCHDOG_ACTIONS)),
    },
    returns: EMPTY,
    run: ({ actions }, { reboot, shutdown, panic, watchdog }) => {
      if (reboot !== undefined) actions.reboot = reboot;
      if (shutdown !== undefined) actions.shutdown = shutdown;
      if (panic !== undefined) actions.panic = panic;
      if (watchdog !== undefined) actions.watchdog = watchdog;
    },
  }),
  command({
    name: "watchdog-set-action",
    members: { action: qmp.enumeration(WATCHDOG_ACTIONS) },
    returns: EMPTY,
    run: ({ actions }, { action }) => {
      actions.watchdog = action;
    },
  }),
  command({
    name: "x-exit-preconfig",
    members: {},
    returns: EMPTY,
    early: true,
    run: (target) => {
      if (!target.preconfig) {
        throw new QmpError("The command is permitted only before machine initialization");
      }
      target.exitPreconfig();
    },
  }),
  command({
    name: "human-monitor-command",
    members: { "command-line": qmp.str, "cpu-index": qmp.optional(qmp.int) },
    returns: qmp.str,
    run: (target, args) => {
      const cpu = args["cpu-index"];
      if (cpu !== undefined && cpu !== 0) {
        throw new QmpError("Parameter 'cpu-index' expects a CPU number");
      }
      return target.monitor(args["command-line"]).replaceAll("\n", "\r\n");
    },
  }),
];
