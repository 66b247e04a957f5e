import { declareOpcodes } from "./suite.js";

declareOpcodes(7);
