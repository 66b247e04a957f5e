/** The monitor. */
export { MonitorConsole, REMOTE_CONSOLE, type ConsoleTexts } from "./console.js";
export type { MonitorTarget } from "./target.js";
