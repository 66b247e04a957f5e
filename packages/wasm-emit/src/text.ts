/** Modules and functions as text, one instruction a line. */
import { check, someBytes } from "./arguments.js";
import { ByteReader } from "./byte-reader.js";
import { MemoryOp, Op } from "./operations.js";
import { SimdLaneOp, SimdMemoryOp, SimdOp } from "./simd-operations.js";
import { ValueType } from "./types.js";

const PLAIN = names(Op);
const MEMORY = names(MemoryOp);
const SIMD = names(SimdOp);
const SIMD_LANE = names(SimdLaneOp);
const SIMD_MEMORY = names(SimdMemoryOp);
const TYPES = new Map<number, string>(
  Object.entries(ValueType).map(([name, code]) => [code, name]),
);
const KINDS = ["func", "table", "memory", "global"];

/** Instructions with one unsigned number; those by a table have two, in the order of the text. */
const WITH_NUMBER: Readonly<Record<number, string>> = {
  0x0c: "br",
  0x0d: "br_if",
  0x10: "call",
  0x11: "call_indirect",
  0x12: "return_call",
  0x13: "return_call_indirect",
  0x20: "local.get",
  0x21: "local.set",
  0x22: "local.tee",
  0x23: "global.get",
  0x24: "global.set",
  0x3f: "memory.size",
  0x40: "memory.grow",
};

/** `i32Load8U` is `i32.load8_u` in the text format, `v128AnyTrue` `v128.any_true`. */
function names(operations: Readonly<Record<string, number>>): Map<number, string> {
  return new Map(Object.entries(operations).map(([name, code]) => [code, textName(name)]));
}
function textName(name: string): string {
  const shape =
    /^(i8x16|i16x8|i32x4|i64x2|f32x4|f64x2|v128|[if](?:32|64))(?=[A-Z])/.exec(name)?.[0] ?? "";
  const rest = name
    .slice(shape.length)
    .replace(/([A-Z])(?!x)/g, "_$1")
    .toLowerCase();
  return shape === "" ? rest : `${shape}.${rest.replace(/^_/, "")}`;
}

/**
 * The body of a function, as {@link CodeWriter.finish} makes it, as text: its locals, then an
 * instruction a line, indented by blocks.
 * @see {@link CodeWriter}
 */
export function formatBody(body: Uint8Array): string {
  check(body, someBytes, "formatBody", "the body");
  const reader = new ByteReader(body);
  const lines: string[] = [];
  let count = reader.u32();
  while (count-- > 0 && !reader.done) {
    const many = reader.u32();
    lines.push(`(local ${many} x ${typeName(reader.byte())})`);
  }
  let indent = 0;
  while (!reader.done) {
    const text = instruction(reader);
    if (text === "end" || text === "else") indent--;
    if (reader.done && text === "end") break;
    lines.push("  ".repeat(Math.max(0, indent)) + text);
    if (text === "else" || /^(block|loop|if)\b/.test(text)) indent++;
  }
  return lines.join("\n");
}

/**
 * A module as text: types, imports, exports, and its functions by {@link formatBody}.
 * @see {@link ModuleWriter}
 */
export function formatModule(bytes: Uint8Array): string {
  check(bytes, someBytes, "formatModule", "the module");
  const reader = new ByteReader(bytes, 8);
  const lines: string[] = ["(module"];
  let functions = 0;
  while (!reader.done) {
    const id = reader.byte();
    const length = reader.u32();
    const part = new ByteReader(bytes, reader.at, reader.at + length);
    reader.at += length;
    if (id === 0) continue;
    for (let count = part.u32(); count > 0 && !part.done; count--) {
      if (id === 1) lines.push(`  (type ${functionType(part)})`);
      else if (id === 2) {
        const [text, isFunction] = importEntry(part);
        if (isFunction) functions++;
        lines.push(`  ${text}`);
      } else if (id === 7)
        lines.push(`  (export "${part.name()}" (${KINDS[part.byte()]} ${part.u32()}))`);
      else if (id === 10) {
        const body = formatBody(part.raw(part.u32()));
        lines.push(`  (func ${functions++}`, body.replace(/^/gm, "    ") + ")");
      } else break;
    }
  }
  return lines.join("\n") + ")";
}

function typeName(code: number): string {
  return TYPES.get(code) ?? `type ${code}`;
}
function functionType(part: ByteReader): string {
  part.byte();
  const list = (): string => Array.from(part.raw(part.u32()), typeName).join(" ");
  const parameters = list();
  const results = list();
  return `(func${parameters && ` (param ${parameters})`}${results && ` (result ${results})`})`;
}
function importEntry(part: ByteReader): [text: string, isFunction: boolean] {
  const name = `"${part.name()}" "${part.name()}"`;
  const kind = part.byte();
  let what = "";
  if (kind === 0) what = ` (type ${part.u32()})`;
  else if (kind === 3) what = ` ${typeName(part.byte())}${part.byte() === 1 ? " mutable" : ""}`;
  else {
    if (kind === 1) part.byte();
    const flags = part.byte();
    what = ` ${part.u32()}${(flags & 1) !== 0 ? ` ${part.u32()}` : ""}${(flags & 2) !== 0 ? " shared" : ""}`;
  }
  return [`(import ${name} (${KINDS[kind]}${what}))`, kind === 0];
}

function instruction(r: ByteReader): string {
  const code = r.byte();
  const plain = PLAIN.get(code);
  if (plain !== undefined) return plain;
  const memory = MEMORY.get(code);
  if (memory !== undefined) return memory + memarg(r);
  const name = WITH_NUMBER[code];
  if (name !== undefined) return name + numbers(r, name.endsWith("indirect") ? 2 : 1);
  switch (code) {
    case 0x02:
      return `block${blockType(r)}`;
    case 0x03:
      return `loop${blockType(r)}`;
    case 0x04:
      return `if${blockType(r)}`;
    case 0x05:
      return "else";
    case 0x0b:
      return "end";
    case 0x0e:
      return `br_table${numbers(r, r.u32() + 1)}`;
    case 0x41:
      return `i32.const ${r.signed()}`;
    case 0x42:
      return `i64.const ${r.signed()}`;
    case 0x43:
      return `f32.const ${dataView(r.raw(4)).getFloat32(0, true)}`;
    case 0x44:
      return `f64.const ${dataView(r.raw(8)).getFloat64(0, true)}`;
    case 0xfc:
      return bulk(r);
    case 0xfd:
      return vector(r);
    default:
      return `byte 0x${code.toString(16)}`;
  }
}
/** So many unsigned numbers, or as many as there are. */
function numbers(r: ByteReader, count: number): string {
  let text = "";
  for (let left = count; left > 0 && !r.done; left--) text += ` ${r.u32()}`;
  return text;
}
function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
function blockType(r: ByteReader): string {
  const type = r.byte();
  return type === 0x40 ? "" : ` (result ${typeName(type)})`;
}
function memarg(r: ByteReader): string {
  const align = r.u32();
  const offset = r.unsigned();
  return `${offset === 0n ? "" : ` offset=${offset}`}${align === 0 ? "" : ` align=${2 ** align}`}`;
}
function bulk(r: ByteReader): string {
  const code = r.u32();
  if (code === 10) return (r.raw(2), "memory.copy");
  if (code === 11) return (r.raw(1), "memory.fill");
  return `byte 0xfc ${code}`;
}
function vector(r: ByteReader): string {
  const code = r.u32();
  const memory = SIMD_MEMORY.get(code);
  if (memory !== undefined) return memory + memarg(r);
  const lane = SIMD_LANE.get(code);
  if (lane !== undefined) return `${lane} ${r.byte()}`;
  if (code === 12 || code === 13) {
    const bytes = Array.from(r.raw(16), (byte) => ` ${byte}`).join("");
    return code === 12 ? `v128.const i8x16${bytes}` : `i8x16.shuffle${bytes}`;
  }
  return SIMD.get(code) ?? `byte 0xfd ${code}`;
}
