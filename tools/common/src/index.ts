/** What tools and tests share. */
export { parseOptions, UsageError, wholeNumber } from "./command-line.js";
export { inspected } from "./inspected.js";
export { NaiveRegion } from "./naive-region.js";
export {
  type NaiveNode,
  naiveRanges,
  type NaiveRange,
  naiveRoot,
  naiveShown,
  type NaiveShown,
} from "./naive-view.js";
export { Random, seeds } from "./random.js";
export { thrownBy, type WrongValue, wrongValues } from "./wrong-values.js";
