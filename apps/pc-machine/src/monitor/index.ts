/** The monitor. */
export { Monitor, PROMPT } from "./monitor.js";
export type { MonitorTarget } from "./target.js";
