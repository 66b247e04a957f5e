import { declareRobustness } from "./robustness-suite.js";

declareRobustness(Number(process.env["MEM_PROPERTY_CASES"] ?? 40));
