import { declareRobustness } from "./robustness-suite.js";

declareRobustness(300);
