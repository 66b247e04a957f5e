import { declareLong } from "./suites/long.js";
import { declareMmx } from "./suites/mmx.js";
import { declareSse } from "./suites/sse.js";
import { declareX87 } from "./suites/x87.js";

const SETS = 100_000;

declareX87(SETS);
declareSse(SETS);
declareMmx(SETS);
declareLong(SETS);
