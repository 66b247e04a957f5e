import { PROGRAMS } from "./harness/programs.js";
import { declareRecordings } from "./harness/suite.js";

declareRecordings("recordings of QEMU, beside the QEMU here", PROGRAMS);
