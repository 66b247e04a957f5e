/** Actions when a watchdog was not fed, as QEMU names them. */
export const WATCHDOG_ACTIONS = [
  ...(["reset", "shutdown", "poweroff", "pause", "debug", "none", "inject-nmi"] as const),
] as const;

/** One of them. */
export type WatchdogAction = (typeof WATCHDOG_ACTIONS)[number];
