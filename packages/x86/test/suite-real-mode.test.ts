import { declareSuite } from "./harness/suite.js";
import { PROGRAMS } from "./harness/programs.js";

declareSuite(
  "programs in real mode",
  PROGRAMS.filter((program) => program.mode === 16),
);
