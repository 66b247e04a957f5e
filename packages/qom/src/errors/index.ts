export * from "./mem-error.js";
export * from "./qom-error.js";
export * from "./argument-error.js";
export * from "./type-errors.js";
export * from "./property-errors.js";
export * from "./tree-errors.js";
export * from "./lifecycle-errors.js";
