import { declareX87 } from "./x87-cases.js";

// MEM_X86_ORACLE=1000000 is the long form.
declareX87(Number(process.env["MEM_X86_ORACLE"] ?? 4000));
