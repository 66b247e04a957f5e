import { memTxAttrs, MEMTXATTRS_UNSPECIFIED, type MemTxAttrs } from "@mem/core";
import type { OpFields } from "./op-fields.js";

/** The transaction attributes of an operation; without any they are unspecified. */
export function attrsOf(op: OpFields): MemTxAttrs {
  const given = op.recordOrNull("attrs");
  if (given === null) return MEMTXATTRS_UNSPECIFIED;
  return memTxAttrs({
    secure: given.flag("secure"),
    space: given.integer("space", 0),
    user: given.flag("user"),
    memory: given.flag("memory"),
    debug: given.flag("debug"),
    requesterId: given.integer("rid", 0),
    pid: given.integer("pid", 0),
    unspecified: given.flag("unspec"),
  });
}

/** Attributes as a log entry shows them: only what is not 0, as numbers. */
export function attrsEntry(attrs: MemTxAttrs): { readonly [key: string]: number } {
  const all: readonly (readonly [string, number])[] = [
    ["secure", Number(attrs.secure)],
    ["space", attrs.space],
    ["user", Number(attrs.user)],
    ["memory", Number(attrs.memory)],
    ["debug", Number(attrs.debug)],
    ["rid", attrs.requesterId],
    ["pid", attrs.pid],
    ["unspec", Number(attrs.unspecified)],
  ];
  return Object.fromEntries(all.filter(([, value]) => value !== 0));
}
