/** The bytes that are decoded where a unit is to begin. */
import type { CodePage, EngineHost } from "@mem/x86";
import { MODE_FPU, MODE_IF, MODE_SSE, MODE_USER } from "@mem/x86";
import { type CodeBytes, LONGEST_INSTRUCTION } from "../../decode/code-bytes.js";
import { decode } from "../../decode/decode.js";
import type { Context } from "../contexts.js";

/** The bytes of the page of a linear address, with nothing known of the next page. */
export function codeBytes(
  host: EngineHost,
  { mode, unitMode }: Context,
  linear: number,
  code: CodePage,
): CodeBytes {
  return {
    bytes: code.bytes,
    at: code.at,
    following: null,
    page: linear & -4096,
    longPage: unitMode.isLong ? linear - (linear & 0xfff) : null,
    code32: unitMode.code32,
    sse: (mode & MODE_SSE) !== 0,
    fpu: (mode & MODE_FPU) !== 0,
    changesIf: (mode & MODE_IF) !== 0,
    usesPorts: (mode & (MODE_IF | MODE_USER)) === MODE_IF,
    tellsPause: host.tellsPause,
    hasFeature: (name) => host.hasFeature(name),
  };
}
/** Does the instruction at a linear address reach into the next page? */
export function isCut(bytes: CodeBytes, linear: number): boolean {
  const offset = linear & 0xfff;
  return offset > 0x1000 - LONGEST_INSTRUCTION && decode(bytes, offset).isCut;
}
/** The same bytes, with those that follow them in the next page. */
export function withFollowing(bytes: CodeBytes, next: CodePage): CodeBytes {
  return { ...bytes, following: next.bytes.subarray(next.at, next.at + LONGEST_INSTRUCTION) };
}
