import { declareMmx } from "./suites/mmx.js";

// MEM_X86_ORACLE=1000000 is the long form, MEM_X86_ORACLE_SEED another beginning.
declareMmx(Number(process.env["MEM_X86_ORACLE"] ?? 4_000));
