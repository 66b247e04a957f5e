import { declareBytes } from "./suites/bytes.js";
import { declareLong } from "./suites/long.js";
import { declareMmx } from "./suites/mmx.js";
import { declareSse } from "./suites/sse.js";
import { declareX87 } from "./suites/x87.js";

const SETS = 100_000;

declareX87(SETS);
declareSse(SETS);
declareMmx(SETS);
declareLong(SETS);
// Those of the quick test and some more: with other seeds the host's runner may not come back.
declareBytes(20_000);
