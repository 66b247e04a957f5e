export * from "./check-options.js";
export * from "./closest.js";
export * from "./kinds.js";
