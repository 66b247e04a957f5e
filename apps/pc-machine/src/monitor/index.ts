/** The monitor. */
export { MonitorConsole } from "./console.js";
export { Monitor } from "./monitor.js";
export type { MonitorTarget } from "./target.js";
