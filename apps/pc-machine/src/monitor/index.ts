/** The monitor. */
export { MonitorConsole, REMOTE_CONSOLE } from "./console.js";
export type { MonitorTarget } from "./target.js";
