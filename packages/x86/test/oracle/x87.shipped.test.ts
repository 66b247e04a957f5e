import { declareX87 } from "./x87-cases.js";

declareX87(20_000);
