import { declareHostile } from "./suite.js";

/** Other programs than those of the quick test. */
declareHostile(1_500_000, 100_000);
