import { declareSuite } from "./harness/suite.js";
import { PROGRAMS } from "./harness/programs.js";

declareSuite(
  "programs in protected mode",
  PROGRAMS.filter((program) => program.mode === 32),
);
