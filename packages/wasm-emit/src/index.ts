/** An encoder for WebAssembly, and its text. */
export { ByteWriter } from "./byte-writer.js";
export { CodeWriter } from "./code-writer.js";
export type { Label } from "./code-writer.js";
export { EmitError } from "./emit-error.js";
export { ModuleWriter } from "./module-writer.js";
export { MemoryOp, Op } from "./operations.js";
export { SimdLaneOp, SimdMemoryOp, SimdOp } from "./simd-operations.js";
export { formatBody, formatModule } from "./text.js";
export { EMPTY_BLOCK, ValueType } from "./types.js";
export type { BlockType, Limits } from "./types.js";
