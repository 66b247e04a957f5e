/** The monitor. */
export { Monitor } from "./monitor.js";
export type { MonitorTarget } from "./target.js";
