/** QMP's events. */
import { EMPTY, qmp, type QmpType } from "./schema.js";

const CAUSES = [
  ...(["none", "host-error", "host-qmp-quit", "host-qmp-system-reset", "host-signal"] as const),
  ...(["host-ui", "guest-shutdown", "guest-reset", "guest-panic", "subsystem-reset"] as const),
] as const;
const PLACE = qmp.object({ host: qmp.str, service: qmp.str, family: qmp.str, websocket: qmp.bool });
const VNC_CLIENT = qmp.object({
  server: qmp.object({
    host: qmp.str,
    service: qmp.str,
    family: qmp.str,
    websocket: qmp.bool,
    auth: qmp.optional(qmp.str),
  }),
  client: PLACE,
});
const CAUSE = qmp.object({ guest: qmp.bool, reason: qmp.enumeration(CAUSES) });

/** The events there are, with the types of their data. */
export const EVENTS: ReadonlyMap<string, QmpType<unknown>> = new Map<string, QmpType<unknown>>([
  ["SHUTDOWN", CAUSE],
  ["POWERDOWN", EMPTY],
  ["RESET", CAUSE],
  ["SUSPEND", EMPTY],
  ["WAKEUP", EMPTY],
  ["STOP", EMPTY],
  ["RESUME", EMPTY],
  ["WATCHDOG", qmp.object({ action: qmp.str })],
  ["BALLOON_CHANGE", qmp.object({ actual: qmp.int })],
  ["VSERPORT_CHANGE", qmp.object({ id: qmp.str, open: qmp.bool })],
  ["GUEST_PANICKED", qmp.object({ action: qmp.str })],
  ["GUEST_CRASHLOADED", qmp.object({ action: qmp.str })],
  [
    "DUMP_COMPLETED",
    qmp.object({
      result: qmp.object({ status: qmp.str, completed: qmp.int, total: qmp.int }),
      error: qmp.optional(qmp.str),
    }),
  ],
  ["JOB_STATUS_CHANGE", qmp.object({ id: qmp.str, status: qmp.str })],
  ["RTC_CHANGE", qmp.object({ offset: qmp.int, "qom-path": qmp.str })],
  ["DEVICE_DELETED", qmp.object({ device: qmp.optional(qmp.str), path: qmp.str })],
  [
    "BLOCK_IO_ERROR",
    qmp.object({
      device: qmp.str,
      "node-name": qmp.optional(qmp.str),
      operation: qmp.enumeration(["read", "write"]),
      action: qmp.enumeration(["ignore", "report", "stop"]),
      nospace: qmp.optional(qmp.bool),
      reason: qmp.str,
    }),
  ],
  [
    "BLOCK_IMAGE_CORRUPTED",
    qmp.object({
      device: qmp.str,
      "node-name": qmp.optional(qmp.str),
      msg: qmp.str,
      offset: qmp.optional(qmp.int),
      size: qmp.optional(qmp.int),
      fatal: qmp.bool,
    }),
  ],
  ["VNC_CONNECTED", VNC_CLIENT],
  ["VNC_INITIALIZED", VNC_CLIENT],
  ["VNC_DISCONNECTED", VNC_CLIENT],
  ["DEVICE_TRAY_MOVED", qmp.object({ device: qmp.str, id: qmp.str, "tray-open": qmp.bool })],
]);

/** Events of which one second has one at most, the last, for each `id` that they tell: milliseconds between two. */
export const RATE_MS: ReadonlyMap<string, number> = new Map([
  ["RTC_CHANGE", 1000],
  ["WATCHDOG", 1000],
  ["BALLOON_CHANGE", 1000],
  ["VSERPORT_CHANGE", 1000],
]);
