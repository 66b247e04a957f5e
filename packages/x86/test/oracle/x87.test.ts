import { declareX87 } from "./suites/x87.js";

// MEM_X86_ORACLE=1000000 is the long form, MEM_X86_ORACLE_SEED another beginning.
declareX87(Number(process.env["MEM_X86_ORACLE"] ?? 2_500));
