import { declareBytes } from "./suites/bytes.js";

// MEM_X86_ORACLE=1000000 is the long form, MEM_X86_ORACLE_SEED another beginning.
declareBytes(Number(process.env["MEM_X86_ORACLE"] ?? 3_000));
