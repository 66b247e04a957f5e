import { declareHostile } from "./suite.js";

declareHostile(150_000);
