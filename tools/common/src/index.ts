/** What tools and tests share. */
export { parseOptions, UsageError, wholeNumber } from "./command-line.js";
export { Random, seeds } from "./random.js";
