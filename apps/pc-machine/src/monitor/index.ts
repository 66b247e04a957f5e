/** The monitor. */
export { MonitorConsole } from "./console.js";
export type { MonitorTarget } from "./target.js";
