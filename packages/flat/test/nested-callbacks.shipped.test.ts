import { declareBoundOfCallbacks } from "./nested-callbacks-suite.js";

declareBoundOfCallbacks(["store", "read", "write"]);
